"""A log line never opens a patient's page."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.conf import settings

from nextpatient.logs import MaskLinks

SECRET = "xlQFyXkiRYH-CmdzSfMx928R9NqsgEqVRnMlWmLVLJ0"


@pytest.mark.parametrize(
    ("message", "args", "expected"),
    [
        ("Internal Server Error: %s", (f"/t/{SECRET}/",), "Internal Server Error: /t/…/"),
        (
            f"GET https://queue.example.org/t/{SECRET}/?a=1",
            (),
            "GET https://queue.example.org/t/…/?a=1",
        ),
        (
            '%s - "WebSocket %s" [accepted]',
            ("10.0.0.9", "/live/?pass=eyJzIjp9%3A1vM:h-3_x&a=1"),
            '10.0.0.9 - "WebSocket /live/?pass=…&a=1" [accepted]',
        ),
        ("bypass=1 and pass, pass = 1", (), "bypass=1 and pass, pass = 1"),
        ("%d tokens in %s", (3, "OPD"), "3 tokens in OPD"),
    ],
)
def test_what_opens_a_door_is_masked(message: str, args: tuple[object, ...], expected: str) -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, message, args, None)
    assert MaskLinks().filter(record)
    assert record.getMessage() == expected


def test_every_handler_masks() -> None:
    logging_settings: Any = settings.LOGGING
    handlers = logging_settings["handlers"].values()
    assert all("mask" in handler["filters"] for handler in handlers)
    assert logging_settings["loggers"]["django"]["handlers"] == []
