"""Which kiosks and walls there are, and which of them are alive: two queries, however many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from queues.models import Clinic, Device
from queues.models.device import DeviceQuerySet

STILL_SHOWN = timedelta(days=7)  # once it was sent away


@dataclass(frozen=True)
class Row:
    device: Device
    places: str


def devices(seen: DeviceQuerySet, clinic: Clinic, now: datetime) -> dict[str, Any]:
    here = Q(revoked_at=None) | Q(revoked_at__gt=now - STILL_SHOWN)
    found = seen.filter(here, clinic=clinic).newest_first()
    rows = [
        _row(one) for one in found.select_related("approved_by").prefetch_related("departments")
    ]
    return {
        "clinic": clinic,
        "now": now,
        "rows": [row for row in rows if row.device.revoked_at is None],
        "sent_away": [row for row in rows if row.device.revoked_at],
        "alive": sum(row.device.is_alive for row in rows if row.device.revoked_at is None),
    }


def _row(device: Device) -> Row:
    return Row(device, ", ".join(one.name for one in device.departments.all()))
