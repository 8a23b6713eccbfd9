"""The actions as an expert would write them for this one database: plain SQL through mysqlclient.

The same locks, the same isolation and durability, the same rows, the same signed chain, so
that `verify_events` is content with it; no checks but those that the statements themselves make.
"""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import MySQLdb  # type: ignore[import-untyped]
from django.conf import settings
from django.db import connection

from queues.models import Counter, Patient
from queues.rules.keyring import keyring
from queues.rules.links import hashed, link_secret, nonce
from queues.rules.rights import Actor

VISIT_OF_NOW = """
SELECT v.id FROM queues_visit v LEFT JOIN queues_token t ON t.visit_id = v.id
WHERE (t.live = 1 OR v.day = %s) AND v.clinic_id = %s AND v.patient_id = %s
ORDER BY v.day, v.id LIMIT 1"""
HOLD_BOOK = """
SELECT id, seq, head, last_number, still_held FROM queues_daybook
WHERE clinic_id = %s AND ledger = %s AND day = %s FOR UPDATE"""
SETTINGS = """
SELECT state, policy, head_starts, hours, last_issue, daily_limit, assigns_at_issue
FROM queues_department WHERE id = %s"""
NEW_VISIT = """
INSERT INTO queues_visit
(public_id, clinic_id, patient_id, day, label, nonce, link_hash, language, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, '', %s)"""
NEW_TOKEN = """
INSERT INTO queues_token
(public_id, visit_id, department_id, daybook_id, issued_by, issued_seq, status, live, priority,
 band, `rank`, recalls, closed_by_clock, arrived_at, ranked_from, changed_at)
VALUES (%s, %s, %s, %s, %s, %s, 'waiting', 1, 'walk_in', 1, %s, 0, 0, %s, %s, %s)"""
ISSUED_ON = """
UPDATE queues_daybook
SET seq = %s, head = %s, last_number = %s, issued = issued + 1, last_arrival = %s WHERE id = %s"""
NEXT = """
SELECT t.id, t.public_id FROM queues_token t
LEFT JOIN queues_counter c ON c.id = t.assigned_id
WHERE t.department_id = %s AND t.status = 'waiting' AND t.doctor_id IS NULL
  AND (t.assigned_id IS NULL OR t.assigned_id = %s OR c.is_open = 0)
  AND NOT EXISTS (SELECT 1 FROM queues_token o WHERE o.visit_id = t.visit_id AND o.in_hand = 1)
ORDER BY t.band, t.`rank`, t.issued_seq LIMIT 1"""
CALL = """
UPDATE queues_token
SET status = 'called', counter_id = %s, called_at = %s, announced_at = %s, in_hand = 1,
    changed_at = %s
WHERE id = %s AND status = 'waiting'"""
TAKE = """
UPDATE queues_counter SET current_id = %s WHERE id = %s AND current_id IS NULL AND is_open = 1"""
HOLD_TOKEN = "SELECT status FROM queues_token WHERE id = %s FOR UPDATE"
COMPLETE = """
UPDATE queues_token
SET status = 'completed', ended_at = %s, live = NULL, in_hand = NULL, changed_at = %s
WHERE id = %s AND status IN ('called', 'serving')"""
RELEASE = "UPDATE queues_counter SET current_id = NULL WHERE id = %s AND current_id = %s"
NEW_EVENT = """
INSERT INTO queues_event
(daybook_id, seq, kind, at, actor_kind, actor, origin, subject, counter, `before`, `after`,
 note, note_digest, previous_hash, `key`, hash)
VALUES (%s, %s, %s, %s, 'user', %s, 'desk', %s, %s, %s, %s, '', '', %s, %s, %s)"""
WRITTEN_ON = "UPDATE queues_daybook SET seq = %s, head = %s WHERE id = %s"


class ByHand:
    """Knows its department by heart and keeps one connection of its own, as Django's is made."""

    def __init__(self, counter: Counter, by: Actor) -> None:
        department = counter.department
        self.department, self.prefix = department.pk, department.prefix
        self.clinic, self.ledger = department.clinic_id, str(department.pk)
        self.day = department.clinic.service_day()
        self.counter, self.counter_code = counter.pk, counter.code
        self.actor = str(by.public_id)
        self.key = keyring(settings.EVENT_KEYS).signs
        options = connection.get_connection_params()
        options.pop("conv")  # Django's own conversions
        self.connection = MySQLdb.connect(**options)
        self.cursor = self.connection.cursor()
        self.cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        self.execute = self.cursor.execute
        self.connection.autocommit(False)

    def issue(self, patient: Patient) -> None:
        self.execute(VISIT_OF_NOW, (self.day, self.clinic, patient.pk))
        assert not self.cursor.fetchone()
        book, seq, head, number, _still_held = self._hold_book()
        self.execute(SETTINGS, (self.department,))
        state, *_rules = self.cursor.fetchone()
        assert state == "open"
        now, number = datetime.now(UTC), number + 1
        at, rank = _column(now), int(now.timestamp() * 1_000_000)
        its_nonce = nonce()
        secret = hashed(link_secret(settings.LINK_KEY, its_nonce))
        visit = (str(uuid4()), self.clinic, patient.pk, self.day, f"{self.prefix}-{number:03}")
        self.execute(NEW_VISIT, (*visit, its_nonce, secret, at))
        token = str(uuid4())
        keys = (token, self.cursor.lastrowid, self.department, book, self.actor, seq + 1)
        self.execute(NEW_TOKEN, (*keys, rank, at, at, at))
        after = {
            "status": "waiting",
            "priority": "walk_in",
            "band": 1,
            "rank": rank,
            "ranked_from": now.isoformat(),
            "recalls": 0,
            "closed_by_clock": False,
        }
        new = self._write(book, seq, head, "issued", token, "", dict.fromkeys(after), after)
        self.execute(ISSUED_ON, (seq + 1, new, number, at, book))
        self.connection.commit()

    def call(self) -> None:
        self.execute(NEXT, (self.department, self.counter))
        self.token, self.public_id = self.cursor.fetchone()
        now = datetime.now(UTC)
        at, moment = _column(now), now.isoformat()
        assert self.execute(CALL, (self.counter, at, at, at, self.token))
        assert self.execute(TAKE, (self.token, self.counter))
        after = {
            "status": "called",
            "counter": self.counter_code,
            "called_at": moment,
            "announced_at": moment,
        }
        before = {**dict.fromkeys(after), "status": "waiting"}
        self._record("called", before, after)

    def complete(self) -> None:
        self.execute(HOLD_TOKEN, (self.token,))
        (status,) = self.cursor.fetchone()
        now = datetime.now(UTC)
        at = _column(now)
        assert self.execute(COMPLETE, (at, at, self.token))
        assert self.execute(RELEASE, (self.counter, self.token))
        before = {"status": status, "ended_at": None}
        self._record("completed", before, {"status": "completed", "ended_at": now.isoformat()})

    def _record(self, kind: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        book, seq, head, *_ = self._hold_book()
        subject = str(self.public_id)
        new = self._write(book, seq, head, kind, subject, self.counter_code, before, after)
        self.execute(WRITTEN_ON, (seq + 1, new, book))
        self.connection.commit()

    def _hold_book(self) -> tuple[int, int, str, int, str]:
        self.execute(HOLD_BOOK, (self.clinic, self.ledger, self.day))
        book: tuple[int, int, str, int, str] = self.cursor.fetchone()
        return book

    def _write(
        self,
        book: int,
        seq: int,
        head: str,
        kind: str,
        subject: str,
        counter: str,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> str:
        now = datetime.now(UTC)
        facts = {
            "ledger": self.ledger,
            "day": self.day.isoformat(),
            "seq": seq + 1,
            "kind": kind,
            "at": now.isoformat(),
            "actor": ["user", self.actor],
            "origin": "desk",
            "subject": subject,
            "counter": counter,
            "before": before,
            "after": after,
            "note": "",
            "key": self.key.id,
        }
        text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        new = hmac.digest(self.key.for_events, f"{head}\n{text}".encode(), "sha256").hex()
        told = (kind, _column(now), self.actor, subject, counter)
        changed, signed = (json.dumps(before), json.dumps(after)), (head, self.key.id, new)
        self.execute(NEW_EVENT, (book, seq + 1, *told, *changed, *signed))
        return new


def _column(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ")
