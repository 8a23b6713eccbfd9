"""A booking as an expert would write it for this one database, in plain SQL through mysqlclient.

It seats whoever finds room and refuses the others: nobody gives way, nobody waits, nobody is told.
The same locks and rows otherwise, the same chain of hashes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from django.conf import settings

from bench._by_hand import ByHand, _column
from queues.models import Counter, Slot
from queues.rules.links import hashed, link_secret, nonce
from queues.rules.rights import Actor

LOOK = "SELECT booked < capacity AND is_open FROM queues_slot WHERE id = %s"
HOLD_SLOT = "SELECT booked < capacity AND is_open FROM queues_slot WHERE id = %s FOR UPDATE"
SIT = "UPDATE queues_slot SET booked = booked + 1, is_free = booked < capacity WHERE id = %s"
LAST = """
SELECT COALESCE(MAX(number), 0) + 1 FROM queues_appointment WHERE doctor_id = %s AND day = %s"""
LAST_SEQUENCE = """
SELECT COALESCE(MAX(sequence), 3.6) + 0.1 FROM queues_appointment
WHERE doctor_id = %s AND day = %s AND priority = 'online'"""
NEW_APPOINTMENT = """
INSERT INTO queues_appointment
(public_id, clinic_id, department_id, doctor_id, slot_id, status, source, priority, urgency,
 number, sequence, day, starts_at, ends_at, reason, holds, once, nonce, link_hash, language,
 booked_by, booked_at, changed_at)
VALUES (%s, %s, %s, %s, %s, 'scheduled', 'online', 'online', 4, %s, %s, %s, %s, %s, '', 1, 1,
        %s, %s, '', %s, %s, %s)"""


class BookByHand(ByHand):
    def __init__(self, counter: Counter, by: Actor) -> None:
        super().__init__(counter, by)
        self.execute("SET SESSION innodb_lock_wait_timeout = 30")

    def book(self, slot: Slot) -> bool:
        """Whether there was room."""
        for look in (LOOK, HOLD_SLOT):  # without a lock first, as ours does
            self.execute(look, (slot.pk,))
            (has_room,) = self.cursor.fetchone()
            if not has_room:
                self.connection.rollback()
                return False
        book, seq, head, *_ = self._hold_book()
        self.execute(LAST, (slot.doctor_id, slot.day))
        (number,) = self.cursor.fetchone()
        self.execute(LAST_SEQUENCE, (slot.doctor_id, slot.day))
        (sequence,) = self.cursor.fetchone()
        self._insert(slot, number, min(float(sequence), 3.999999))
        self.execute(SIT, (slot.pk,))
        after = {"status": "scheduled", "priority": "online", "number": number}
        before = dict.fromkeys(after)
        new = self._write(book, seq, head, "booked", self.public_id, "", before, after)
        self.execute(
            "UPDATE queues_daybook SET seq = %s, head = %s WHERE id = %s", (seq + 1, new, book)
        )
        self.connection.commit()
        return True

    def _insert(self, slot: Slot, number: int, sequence: float) -> None:
        self.public_id, its_nonce, now = uuid4().hex, nonce(), _column(datetime.now(UTC))
        secret = hashed(link_secret(settings.LINK_KEY, its_nonce))
        times = (_column(slot.starts_at), _column(slot.ends_at))
        whose = (self.clinic, self.department, slot.doctor_id, slot.pk)
        row = (self.public_id, *whose, number, sequence, slot.day, *times)
        self.execute(NEW_APPOINTMENT, (*row, its_nonce, secret, self.actor, now, now))
