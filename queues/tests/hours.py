"""A clinic in whose zone it is ten in the morning, whenever the test runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from queues.models import Clinic

TEN = 10


def at_ten(clinic: Clinic) -> Clinic:
    ahead = (TEN - datetime.now(UTC).hour + 12) % 24 - 12  # hours before Greenwich
    clinic.time_zone = f"Etc/GMT{-ahead:+d}" if ahead else "UTC"  # whose names count westwards
    clinic.save(update_fields=["time_zone"])
    return clinic


def today(clinic: Clinic, hour: int = 11) -> datetime:
    local = timezone.now().astimezone(clinic.zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=hour)
