"""The statements of our actions through Django's ORM and nothing else: what the framework costs.

No checks, no retry, no hash, no hint. `core` tells when the statements are no longer ours.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from queues.models import Counter, DayBook, Department, Event, Kind, Patient, Token, Visit
from queues.rules.priority import Priority
from queues.rules.rights import Actor
from queues.rules.status import Status

WAITS = {"status": "waiting", "priority": "walk_in", "band": 1, "rank": 1795213550679000}
HASH = "0" * 64


class Bare:
    def __init__(self, counter: Counter, by: Actor) -> None:
        self.counter, self.by = counter, by
        self.connection = connection
        self.department = counter.department
        self.day = self.department.clinic.service_day()

    @transaction.atomic
    def issue(self, patient: Patient) -> None:
        now = timezone.now()
        department, clinic = self.department, self.department.clinic
        Patient.objects.select_for_update().get(pk=patient.pk)
        Visit.objects.of_now(patient, clinic, self.day)
        book = self._book()
        department.refresh_from_db(fields=Department.SETTINGS)
        number = book.last_number + 1
        visit = Visit.objects.create(
            clinic=clinic,
            patient=patient,
            day=self.day,
            label=f"{department.prefix}-{number:03}",
            link_hash=f"{number:064}",
        )
        token = Token(
            visit=visit,
            department=department,
            daybook=book,
            issued_by=self.by.public_id,
            issued_seq=book.seq + 1,
            priority=Priority.WALK_IN,
            band=1,
            rank=book.seq,
            ranked_from=now,
            arrived_at=now,
            changed_at=now,
        )
        token.save(force_insert=True)
        book.last_number, book.issued, book.last_arrival = number, number, now
        self._record(Kind.ISSUED, token, book, "", dict.fromkeys(WAITS), WAITS)

    @transaction.atomic
    def call(self) -> None:
        now = timezone.now()
        first = Token.objects.open_to(self.counter).in_call_order().select_related("visit")
        token = first.first()
        assert token
        Token.objects.filter(pk=token.pk, status__in=[Status.WAITING]).update(
            status=Status.CALLED,
            started_at=None,
            counter=self.counter,
            called_at=now,
            announced_at=now,
            live=True,
            in_hand=True,
            changed_at=now,
        )
        free = Counter.objects.filter(pk=self.counter.pk, current=None, is_open=True)
        free.update(current=token)
        before, after = {"status": "waiting"}, {"status": "called", "called_at": now.isoformat()}
        self._record(Kind.CALLED, token, self._book(), self.counter.code, before, after)
        self.called = token

    @transaction.atomic
    def complete(self) -> None:
        now = timezone.now()
        token = self.called
        held = Token.objects.select_for_update().filter(pk=token.pk)
        held.values(*Token.CHANGING, "changed_at").get()
        here = Token.objects.filter(pk=token.pk, status__in=[Status.CALLED, Status.SERVING])
        here.update(status=Status.COMPLETED, ended_at=now, live=None, in_hand=None, changed_at=now)
        Counter.objects.filter(pk=self.counter.pk, current=token).update(current=None)
        before, after = {"status": "called"}, {"status": "completed", "ended_at": now.isoformat()}
        self._record(Kind.COMPLETED, token, self._book(), self.counter.code, before, after)

    def _book(self) -> DayBook:
        page = {"clinic": self.department.clinic, "ledger": str(self.department.pk)}
        book = DayBook.objects.select_for_update().filter(**page, day=self.day).first()
        assert book
        return book

    def _record(
        self,
        kind: Kind,
        token: Token,
        book: DayBook,
        counter: str,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        book.seq, book.head = book.seq + 1, HASH
        event = Event(
            daybook=book,
            seq=book.seq,
            kind=kind,
            at=timezone.now(),
            actor_kind=self.by.kind,
            actor=self.by.public_id,
            origin=self.by.origin,
            subject=token.public_id,
            counter=counter,
            before=before,
            after=after,
            previous_hash=HASH,
            hash=HASH,
        )
        Event.objects.bulk_create([event])
        book.save(update_fields=["seq", "head", "last_number", "last_arrival", "issued"])
