"""Whether somebody at a kiosk waits for help, and who went to them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

from django.utils.translation import gettext as _

from queues.models import Alarm, Clinic
from queues.models.statements import Question, hole

TOLD_FOR = timedelta(minutes=5)


def who_went(alarm: Alarm) -> str:
    by = alarm.answered_by
    return by.shown_name if by else _("Somebody")


def latest(clinic: Clinic, now: datetime) -> Alarm | None:
    """The alarm that rings, or for a while the one that somebody went to."""
    alarm = _raised().first(clinic=clinic)
    if alarm and (alarm.rings or (alarm.answered_at and alarm.answered_at > now - TOLD_FOR)):
        return alarm
    return None


@cache
def _raised() -> Question[Alarm]:
    at_clinic = Alarm.objects.filter(clinic=hole("clinic", Alarm))
    return Question(at_clinic.order_by("-raised_at"), "answered_by")


def ringing_at(clinics: Collection[int]) -> set[int]:
    """Of these clinics, those at which somebody waits for help."""
    return set(
        Alarm.objects.filter(clinic__in=clinics, rings=True).values_list("clinic", flat=True)
    )
