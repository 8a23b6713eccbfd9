"""All that is held about a patient, as it is handed out to them: plain values, and no keys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from queues.models import Consultation, Patient
from queues.models.holdings import Holdings

RECORD = (
    *("public_id", "number", *Patient.RECORD, "registered_on", "registered_at__code"),
    *("may_be_duplicate", "created_at", "anonymised_at"),
)
CORRECTION = ("patient__number", "values", "replaced_at")
VISIT = ("public_id", "clinic__code", "day", "label", "language", "created_at")
TOKEN = (
    *("public_id", "visit__public_id", "department__code", "doctor__name", "counter__code"),
    *("status", "priority", "recalls", "closed_by_clock", "closed_on_paper", "arrived_at"),
    *("called_at", "announced_at", "started_at", "ended_at"),
)
APPOINTMENT = (
    *("public_id", "clinic__code", "department__code", "doctor__name", "status", "source"),
    *("priority", "number", "day", "starts_at", "ends_at", "reason", "language", "booked_at"),
    *("checked_in_at", "changed_at"),
)
WAIT = (
    *("public_id", "clinic__code", "doctor__name", "specialty", "places", "source", "priority"),
    *("earliest", "latest", "times_of_day", "reason", "status", "offer_ends_at", "joined_at"),
    "language",
)
CONSULTATION = (
    *("public_id", "clinic__code", "department__code", "doctor__name", "status"),
    *(*Consultation.WRITTEN, "started_at", "changed_at", "completed_at"),
)
ADDENDUM = ("consultation__public_id", "text", "written_by_name", "written_at")
NOTICE = ("public_id", "clinic__code", "about", "facts", "language", "made_at", "sent_at")
EVENT = (
    *("daybook__day", "daybook__ledger", "seq", "kind", "at", "actor_kind", "origin", "subject"),
    *("counter", "before", "after", "note"),
)


def export(held: Holdings, now: datetime) -> dict[str, Any]:
    """One list for each kind of thing, the oldest first."""
    rows = {
        "records": (held.records, RECORD),
        "corrections": (held.former_records, CORRECTION),
        "visits": (held.visits, VISIT),
        "tokens": (held.tokens, TOKEN),
        "appointments": (held.appointments, APPOINTMENT),
        "waitlist": (held.waits, WAIT),
        "consultations": (held.consultations, CONSULTATION),
        "addenda": (held.addenda, ADDENDUM),
        "notices": (held.notices, NOTICE),
        "events": (held.events, EVENT),
    }
    told = {name: _rows(found, columns) for name, (found, columns) in rows.items()}
    return {"exported_at": now.isoformat(), **told}


def _rows(found: QuerySet[Any], columns: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {_key(name): _plain(value) for name, value in zip(columns, row, strict=True)}
        for row in found.values_list(*columns)
    ]


def _key(column: str) -> str:
    """`id` for a public id, and of what is related its own name: `clinic`, `doctor` …"""
    owner, _related, of_daybook = column.partition("__")
    if owner == "public_id":
        return "id"
    return of_daybook if owner == "daybook" else owner


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
