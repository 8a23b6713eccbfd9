"""Whether somebody at a kiosk waits for help."""

from __future__ import annotations

from queues.models import Alarm, Clinic


def ringing(clinic: Clinic) -> Alarm | None:
    """The alarm that nobody has answered yet."""
    return Alarm.objects.filter(clinic=clinic, rings=True).first()
