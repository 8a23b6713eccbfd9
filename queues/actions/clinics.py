"""A clinic changes its zone, its day, its languages."""

from __future__ import annotations

from typing import Any

from queues import journal
from queues.actions.changing import change_row
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, Kind
from queues.rules.rights import Actor


@transacted
def change(clinic: Clinic, settings: dict[str, Any], *, by: Actor) -> Clinic:
    held = Clinic.objects.select_for_update().get(pk=clinic.pk)
    before, after = change_row(held, settings)
    if after:
        journal.record(
            Entry(Kind.CLINIC_CHANGED, by, held, held.public_id, before=before, after=after)
        )
    return held
