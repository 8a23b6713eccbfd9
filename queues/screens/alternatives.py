"""What a doctor can offer instead of a place that is gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from queues.models import Doctor, Slot

OFFERED = 5


def next_free(doctor: Doctor, now: datetime) -> list[dict[str, Any]]:
    soonest = Slot.objects.free(now).filter(doctor=doctor).soonest_first()
    return [
        {
            "slot_id": str(slot.public_id),
            "starts_at": slot.starts_at.isoformat(),
            "ends_at": slot.ends_at.isoformat(),
        }
        for slot in soonest[:OFFERED]
    ]
