"""A notice: the finished answer to a public question, as bytes that are ready to be sent."""

from __future__ import annotations

import gzip
import time
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from nextpatient import meters
from queues.screens.published import Published

SMALL = 500  # bytes; less is sent as it is
LASTS = 30.0  # seconds at most, whatever a notice rests on
OLD_AT_MOST = 1.0  # seconds, where nothing can be read anew just now

Header = tuple[bytes, bytes]
OF_THE_BODY = frozenset({b"content-length", b"etag"})
OF_THE_ASKING = frozenset({b"x-request-id", b"vary"})


@dataclass
class Notice:
    published: Published
    headers: list[Header]  # what every answer to this question says
    route: str
    body: bytes
    packed: bytes
    plain_headers: list[Header]
    packed_headers: list[Header]
    unchanged_headers: list[Header]
    ends: float
    moved_at: float | None = None
    may_be_read_again: bool = True
    parts: dict[str, Notice] = field(default_factory=dict)
    _told: dict[int, Any] = field(default_factory=dict)  # a meter for each status

    @property
    def on(self) -> frozenset[str]:
        """The topics that make it old."""
        return self.published.rests.on if self.published.rests else frozenset()

    @property
    def etag(self) -> bytes:
        return self.published.etag.encode()

    @property
    def is_old(self) -> bool:
        return self.moved_at is not None or time.monotonic() >= self.ends

    def may_be_told_once_more(self) -> bool:
        """It has moved, but only just."""
        now = time.monotonic()
        return self.moved_at is not None and now < min(self.moved_at + OLD_AT_MOST, self.ends)

    def move(self) -> None:
        if self.moved_at is None:
            self.moved_at = time.monotonic()

    def renewed(self, published: Published) -> Notice:
        """The same question's answer, read anew."""
        return made(published, self.headers, self.route)

    def part(self, label: str, route: str) -> Notice | None:
        """What it says of one label."""
        if label not in self.parts:
            said = self.published.part(label) if self.published.part else None
            if said is None:
                return None
            self.parts[label] = made(said, self.headers, route)
        return self.parts[label]

    def count(self, status: int) -> None:
        meter = self._told.get(status)
        if meter is None:
            meter = self._told[status] = meters.requests.labels("GET", self.route, status)
        meter.inc()


def made(published: Published, headers: list[Header], route: str) -> Notice:
    body = published.body
    packed = gzip.compress(body, 6, mtime=0) if len(body) > SMALL else b""
    rests = published.rests
    lasts = (rests.until - timezone.now()).total_seconds() if rests and rests.until else LASTS
    said = [*headers, (b"etag", published.etag.encode())]
    return Notice(
        published=published,
        headers=headers,
        route=route,
        body=body,
        packed=packed,
        plain_headers=[*said, (b"content-length", b"%d" % len(body))],
        packed_headers=[
            *said,
            (b"content-encoding", b"gzip"),
            (b"content-length", b"%d" % len(packed)),
        ],
        unchanged_headers=[one for one in said if one[0] != b"content-type"],
        ends=time.monotonic() + min(lasts, LASTS),
    )


def said_always(headers: list[Header]) -> list[Header]:
    """Of an answer's headers those that the next answer to the same question says too."""
    vary = dict(headers).get(b"vary", b"accept-language, origin")
    keeps = [one for one in headers if one[0] not in OF_THE_BODY and one[0] not in OF_THE_ASKING]
    return [*keeps, (b"vary", b"accept-encoding, " + vary)]


def is_known(etag: bytes, knows: bytes) -> bool:
    """Compared as weak ones are: how the bytes are packed makes no difference."""
    if knows.strip() == b"*":
        return True
    bare = etag.removeprefix(b"W/")
    return any(one.strip().removeprefix(b"W/") == bare for one in knows.split(b","))
