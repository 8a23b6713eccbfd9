"""A waiting time in words, short enough to be shown large: the same on every screen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from queues.rules.waiting_time import Estimate
from queues.screens.digits import digits


def wait(estimate: Estimate | None) -> str:
    if estimate is None:
        return "—"
    early, late = estimate.from_minutes, estimate.to_minutes
    if not late:
        return _("no wait")
    if early == late:
        return ngettext("about %(count)s min", "about %(count)s min", late) % {
            "count": digits(late)
        }
    return ngettext("%(early)s–%(late)s min", "%(early)s–%(late)s min", late) % {
        "early": digits(early),
        "late": digits(late),
    }


def expected(estimate: Estimate | None, since: datetime) -> datetime | None:
    """By the clock, where it is for their own time that they wait, reckoned at that moment."""
    if estimate is None or not estimate.by_time:
        return None
    return since + timedelta(seconds=estimate.middle)


def to_come(estimate: Estimate | None, now: datetime) -> str:
    """For a desk."""
    if at := expected(estimate, now):
        return digits(time_format(timezone.localtime(at), "H:i"))
    return wait(estimate)


def late(minutes: int) -> str:
    """What is said of a doctor's delay."""
    if not minutes:
        return ""
    return ngettext(
        "The doctor is about %(minutes)s minute late.",
        "The doctor is about %(minutes)s minutes late.",
        minutes,
    ) % {"minutes": digits(minutes)}
