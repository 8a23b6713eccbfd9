"""A log line never opens a patient's page."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import resolve

from nextpatient.logs import JsonLine, Line, MaskLinks, NameRoutes, request_id

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
    assert all(handler["filters"] == ["routes", "mask"] for handler in handlers)
    assert logging_settings["loggers"]["django"]["handlers"] == []


def failure() -> logging.LogRecord:
    """Of one thing that went wrong because of another; both quote a patient."""
    try:
        try:
            name, phone = "Asha Visitor", "9845012345"
            raise KeyError(name)
        except KeyError as cause:
            raise ValueError(f"no such phone: {phone}") from cause
    except ValueError:
        return logging.LogRecord("queues", logging.ERROR, "", 0, "It failed", (), sys.exc_info())


@pytest.mark.parametrize("formatter", [JsonLine(), Line("{request_id} {message}", style="{")])
def test_of_an_error_its_kind_is_told_and_where_it_came_through(
    formatter: logging.Formatter,
) -> None:
    written = formatter.format(failure())
    assert written.index("KeyError") < written.index("ValueError"), "the cause first"
    assert "test_logs.py" in written
    assert "Asha" not in written.replace('"Asha Visitor", "9845012345"', "")  # its line of code
    assert "no such phone: 9845012345" not in written


def test_a_json_line_is_one_object() -> None:
    token = request_id.set("4fd19ca07")
    try:
        record = logging.LogRecord("queues", logging.INFO, "", 0, "two\nlines: %s", ("é",), None)
        record.facts = {"ms": 1.5}
        written = JsonLine().format(record)
    finally:
        request_id.reset(token)
    assert "\n" not in written
    told = json.loads(written)
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "level": "INFO",
        "logger": "queues",
        "message": "two\nlines: é",
        "request": "4fd19ca07",
        "ms": 1.5,
    }


def test_django_names_the_route_and_not_the_path() -> None:
    request = RequestFactory().get("/desk/main/OPD/find/")
    request.resolver_match = resolve(request.path)
    record = logging.LogRecord("django.request", 40, "", 0, "Oh: %s", (request.path,), None)
    record.request = request
    assert NameRoutes().filter(record)
    assert record.getMessage() == "Oh: desk/<slug:clinic>/<str:department>/find/"


def test_asyncio_does_not_quote_an_error() -> None:
    said = "Task exception was never retrieved\nfuture: <Task exception=ValueError('Asha')>"
    record = logging.LogRecord("asyncio", logging.ERROR, "", 0, said, (), None)
    assert NameRoutes().filter(record)
    assert record.getMessage() == "Task exception was never retrieved"
