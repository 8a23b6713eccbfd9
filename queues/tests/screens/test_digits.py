"""Numbers and times are written as the reader of a language writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from queues.screens.digits import clock, digits

AFTERNOON = datetime(2026, 11, 21, 10, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "number", "minutes", "time"),
    [
        ("en", "120", "10–15", "4:05\u202fPM"),
        ("es", "120", "10–15", "16:05"),
        ("fr", "120", "10–15", "16:05"),
        ("hi", "120", "10–15", "4:05\N{NO-BREAK SPACE}pm"),
        ("ta", "120", "10–15", "4:05\N{NO-BREAK SPACE}PM"),
        ("ar", "١٢٠", "١٠–١٥", "٤:٠٥\N{NO-BREAK SPACE}م"),
    ],
)
def test_as_the_reader_writes_them(language: str, number: str, minutes: str, time: str) -> None:
    with translation.override(language), timezone.override(ZoneInfo("Asia/Kolkata")):
        assert digits(120) == number
        assert digits("10–15") == minutes
        assert clock(AFTERNOON) == time


def test_templates_have_both() -> None:
    page = Template("{% load digits %}{{ n|digits }} {{ at|clock }}")
    with translation.override("ar"), timezone.override(ZoneInfo("Asia/Kolkata")):
        assert page.render(Context({"n": 7, "at": AFTERNOON})) == "٧ ٤:٠٥\N{NO-BREAK SPACE}م"


def test_no_language_at_all_is_ours() -> None:
    with translation.override(None):
        assert digits(120) == "120"
