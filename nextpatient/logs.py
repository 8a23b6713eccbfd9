"""How the log is written, and what stays out of it.

Addresses open doors: the secret in a patient's link, the pass by which a screen listens. And what
an error says of itself may quote a name or a phone number, so only its kind is written, with the
lines of code that it came through.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.http import HttpRequest

from nextpatient.routes import route_of

SECRET = re.compile(r"(/(?:t|a|w|m|join|key/\w+)/)[\w:-]{16,}|(\bpass=)[^\s&\"']+")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

request_id: ContextVar[str] = ContextVar("request_id", default="")


class MaskLinks(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = SECRET.sub(r"\1\2…", message)
        if masked != message:
            record.msg, record.args = masked, None
        return True


class NameRoutes(logging.Filter):
    """Django writes the path of what went wrong; asyncio writes the whole task with its error."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            named = (route_of(request) if arg == request.path else arg for arg in record.args)
            record.args = tuple(named)
        if record.name == "asyncio":
            record.msg, record.args = record.getMessage().partition("\n")[0], None
        return True


class Line(logging.Formatter):
    """For people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_id.get() or "-"
        return super().format(record)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's own name
        return "\n".join(told(ei[1])) if ei[1] else ""


class JsonLine(logging.Formatter):
    """For programs that gather logs: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        written: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if name := request_id.get():
            written["request"] = name
        written |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1]:
            written["error"] = list(told(record.exc_info[1]))
        return json.dumps(written, ensure_ascii=False, default=str)


def told(error: BaseException) -> Iterator[str]:
    """What went wrong and where, the cause first: neither what it says nor any value."""
    if earlier := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        yield from told(earlier)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}: {frame.line}"
    yield type(error).__qualname__
