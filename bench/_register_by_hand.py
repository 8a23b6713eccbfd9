"""A registration as an expert would write it for this one database: in the clinic's own ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from bench._by_hand import WRITTEN_ON, ByHand, _column
from queues.journal import CLINIC_LEDGER
from queues.models import Counter
from queues.rules.people import new_number
from queues.rules.rights import Actor

WHO_MAY_THIS_BE = """
SELECT id FROM queues_patient WHERE phone = %s AND birth_year IN (%s, %s, %s)"""
NEW_PATIENT = """
INSERT INTO queues_patient
(public_id, number, name, phone, birth_year, age_when_registered, registered_on, registered_at_id,
 gender, address, language, is_active, is_identified, may_be_duplicate, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, 1, %s, %s)"""


class RegisterByHand(ByHand):
    def __init__(self, counter: Counter, by: Actor) -> None:
        super().__init__(counter, by)
        self.ledger = CLINIC_LEDGER

    def register(self, person: dict[str, Any]) -> int:
        """The key of their row."""
        year = person["birth_year"]
        self.execute(WHO_MAY_THIS_BE, (person["phone"], year - 1, year, year + 1))
        is_known, public_id = bool(self.cursor.fetchall()), str(uuid4())
        of_age = (year, person["age_when_registered"])
        whose = (person["gender"], person["address"], person["language"])
        named = (public_id, new_number(), person["name"], person["phone"], *of_age)
        now = _column(datetime.now(UTC))
        self.execute(NEW_PATIENT, (*named, self.day, self.clinic, *whose, is_known, now))
        patient: int = self.cursor.lastrowid
        book, seq, head, *_ = self._hold_book()
        new = self._write(book, seq, head, "patient_registered", public_id, "", {}, {"matches": []})
        self.execute(WRITTEN_ON, (seq + 1, new, book))
        self.connection.commit()
        return patient
