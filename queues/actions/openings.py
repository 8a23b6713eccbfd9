"""Who opened which patient's record, and when, is history too: in the clinic's own ledger.

One entry for each who looks, each record, each part of it and each quarter of an hour: whoever
works with a record opens it again and again, and the ledger is to tell that they did, not how
often. Two at one moment may both be written, which harms nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from django.utils import timezone

from queues import journal
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, Event, Kind, Patient
from queues.rules.rights import Actor

TOLD_AGAIN_AFTER = timedelta(minutes=15)


class Part(StrEnum):
    """What of a record was opened, or handed out by the API."""

    RECORD = "record"
    APPOINTMENTS = "appointments"
    CONSULTATIONS = "consultations"


def opened(patients: Iterable[Patient], part: Part, clinic: Clinic, *, by: Actor) -> int:
    """Look first, without a lock: most of what is opened was opened a moment ago."""
    subjects = {patient.public_id for patient in patients}
    if not subjects:
        return 0
    told = Event.objects.filter(
        subject__in=subjects,
        kind=Kind.RECORD_OPENED,
        actor=by.public_id,
        at__gt=timezone.now() - TOLD_AGAIN_AFTER,
    )
    after = {"part": part.value}
    known = {subject for subject, was in told.values_list("subject", "after") if was == after}
    entries = [
        Entry(Kind.RECORD_OPENED, by, clinic, subject, after=after)
        for subject in sorted(subjects - known)
    ]
    if entries:
        _tell(entries)
    return len(entries)


@transacted
def _tell(entries: list[Entry]) -> None:
    journal.record(*entries)
