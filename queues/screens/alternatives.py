"""What a doctor can offer instead of a place that is gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from queues.models import Slot

OFFERED = 5


def next_free(instead_of: Slot, now: datetime) -> list[dict[str, Any]]:
    """The same doctor's next times at the same clinic."""
    theirs = {"doctor": instead_of.doctor_id, "clinic": instead_of.clinic_id}
    soonest = Slot.objects.free(now).filter(**theirs).soonest_first()
    clinic = instead_of.session.department.clinic
    return [
        {
            "slot_id": str(slot.public_id),
            "starts_at": clinic.on_its_clock(slot.starts_at),
            "ends_at": clinic.on_its_clock(slot.ends_at),
        }
        for slot in soonest[:OFFERED]
    ]
