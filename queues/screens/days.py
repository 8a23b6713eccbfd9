"""A day as the reader of a language writes it, and as they would say it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from queues.screens.digits import clock, digits


def in_full(day: date) -> str:
    """Monday, November 23, 2026."""
    return digits(_full(day, get_language() or "en"))


def in_short(day: date) -> str:
    """Mon, Nov 23."""
    return digits(_short(day, get_language() or "en"))


def near(day: date, today: date) -> str:
    """What everybody says instead of its date; or nothing."""
    if day == today:
        return _("Today")
    return _("Tomorrow") if day == today + timedelta(days=1) else ""


def clock_at(moment: datetime, zone: ZoneInfo) -> str:
    """The time of day where it happens, whatever zone is active."""
    with timezone.override(zone):
        return clock(moment)


@lru_cache(maxsize=1_000)
def _full(day: date, language: str) -> str:
    return format_date(day, "full", locale=to_locale(language))


@lru_cache(maxsize=1_000)
def _short(day: date, language: str) -> str:
    return format_skeleton("MMMEd", day, locale=to_locale(language))
