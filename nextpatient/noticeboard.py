"""What everybody may read, told again by the door: a glance at a notice costs nobody inside a step.

An answer to a public question is asked of Django once. It is kept as finished bytes, plain and
packed, until what it rests on moves. Of what moves in this process the board hears before the
answer to the change is sent; of the rest by hints, and every other second by comparing with the
database (`nextpatient/news.py`). What is asked by somebody we know, or by a page of another site,
goes inside.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import secrets
import time
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from nextpatient import meters
from nextpatient.limits import public
from nextpatient.news import News
from nextpatient.porter import SANE
from queues import hints
from queues.actions.limits import TooMany
from queues.rules.networks import network_of
from queues.rules.topics import Rests

READS = ("/api/now_serving", "/api/queue", "/api/availability", "/api/providers")
LONGEST_QUESTION = 300
MOST = 10_000  # notices
LARGEST = 256 * 1024
MOST_BYTES = 64 * 2**20  # of all notices
SMALL = 500  # bytes; less is sent as it is
LASTS = 30.0  # seconds at most, whatever a notice rests on
# Where a question that many ask has cost this share of a second, its answer is told as it was until
# the second is over. Whoever changes something and looks, and does so again, is never one of many.
SHARE, MANY = 0.25, 50
NOT_ANYBODY = frozenset({b"authorization", b"cookie", b"origin", b"content-length", b"range"})


class Question(NamedTuple):
    scheme: str
    host: bytes
    path: str
    query: bytes
    language: bytes


class Asked(NamedTuple):
    question: Question
    knows: bytes  # If-None-Match
    unpacks: bool
    id: bytes


Header = tuple[bytes, bytes]


@dataclass
class Notice:
    """A finished answer; and how much it has cost of late to read it anew."""

    body: bytes
    packed: bytes
    etag: bytes
    plain_headers: list[Header]
    packed_headers: list[Header]
    unchanged_headers: list[Header]
    on: frozenset[str]
    ends: float
    route: str
    moved: bool = False
    spent: float = 0.0
    asked: int = 0
    since: float = 0.0
    told: dict[int, Any] = field(default_factory=dict)  # a meter for each status

    def holds(self, now: float) -> bool:
        if now >= self.ends:
            return False
        if not self.moved:
            return True
        return self.spent > SHARE and self.asked > MANY and now < self.since + 1.0

    def remember(self, before: Notice | None, began: float) -> None:
        """What this question has cost in this second."""
        now = time.monotonic()
        goes_on = before is not None and now < before.since + 1.0
        self.since = before.since if before and goes_on else began
        self.spent = (now - began) + (before.spent if before and goes_on else 0.0)
        self.asked = before.asked if before and goes_on else 0

    def count(self, status: int) -> None:
        meter = self.told.get(status)
        if meter is None:
            meter = self.told[status] = meters.requests.labels("GET", self.route, status)
        meter.inc()
        self.asked += 1


class NoticeBoard:
    def __init__(self, application: Any) -> None:
        self.application = application
        self.news = News(self.hear)
        self.notices: dict[Question, Notice] = {}
        self.bytes = 0
        self._on: defaultdict[str, set[Question]] = defaultdict(set)
        self._being_read: dict[Question, Reading] = {}
        self._lock = Lock()
        self._hosts: set[bytes] = set()
        self._ids, self._prefix = itertools.count(), secrets.token_hex(4)
        hints.hear(self.hear)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        if path.startswith(READS) and scope["method"] in ("GET", "HEAD"):
            asked = self._asked(scope)
            if asked and self._may(scope):
                notice = self.notices.get(asked.question)
                if notice is None or not notice.holds(time.monotonic()):
                    notice = await self._read(asked.question, scope)
                if notice:
                    await self._tell(notice, asked, scope["method"], send)
                    return
        await self.application(scope, receive, send)

    def _asked(self, scope: Any) -> Asked | None:
        """What is asked, if it is anybody's question."""
        host = knows = language = name = b""
        unpacks = False
        for key, value in scope["headers"]:
            if key in NOT_ANYBODY:
                return None
            if key == b"host":
                host = value
            elif key == b"if-none-match":
                knows = value
            elif key == b"accept-encoding":
                unpacks = b"gzip" in value
            elif key == b"accept-language":
                language = value
            elif key == b"x-request-id":
                name = value
        query = scope["query_string"]
        if len(query) + len(language) > LONGEST_QUESTION or not self._is_ours(host):
            return None
        question = Question(scope.get("scheme", "http"), host, scope["path"], query, language)
        return Asked(question, knows, unpacks, name)

    def _is_ours(self, host: bytes) -> bool:
        if host not in self._hosts:
            domain, _port = split_domain_port(host.decode("latin1"))
            if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
                return False
            if len(self._hosts) < 100:
                self._hosts.add(host)
        return True

    def _may(self, scope: Any) -> bool:
        """Whoever comes too often hears so inside."""
        try:
            public.spend(network_of((scope.get("client") or ("",))[0]))
        except TooMany:
            return False
        return True

    async def _tell(self, notice: Notice, asked: Asked, method: str, send: Any) -> None:
        status, body = 200, b"" if method == "HEAD" else notice.body
        if asked.knows and is_known(notice.etag, asked.knows):
            status, headers, body = 304, notice.unchanged_headers, b""
        elif asked.unpacks and notice.packed:
            headers, body = notice.packed_headers, body and notice.packed
        else:
            headers = notice.plain_headers
        notice.count(status)
        name = asked.id
        if not name or not SANE.fullmatch(name):
            name = b"%s-%x" % (self._prefix.encode(), next(self._ids))
        start = {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, (b"x-request-id", name)],
        }
        await send(start)
        await send({"type": "http.response.body", "body": body})

    # How a notice comes here, and goes

    async def _read(self, question: Question, scope: Any) -> Notice | None:
        """Asked inside, once for all who ask at the same moment; None where it is not to be kept."""
        reading = self._being_read.get(question)
        if reading is None or reading.moved:
            before = self.notices.get(question)
            with self._lock:
                reading = self._being_read[question] = Reading(before.on if before else None)
            reading.task = asyncio.ensure_future(self._ask(question, reading, dict(scope)))
        return await asyncio.shield(reading.task)

    async def _ask(self, question: Question, reading: Reading, scope: Any) -> Notice | None:
        self.news.begin()
        before, began = self.notices.get(question), time.monotonic()
        heard = Heard()
        scope["method"] = "GET"
        scope["headers"] = [(k, v) for k, v in scope["headers"] if k != b"if-none-match"]
        try:
            await self.application(scope, nothing_more, heard)
        finally:
            with self._lock:
                if self._being_read.get(question) is reading:
                    del self._being_read[question]
        rests: Rests | None = scope.get("rests")
        if heard.status != 200 or rests is None or len(heard.body) > LARGEST:
            self._drop(question)
            return None
        notice = made(heard, rests, scope["route"])
        notice.remember(before, began)
        self._keep(question, notice, reading)
        return notice

    def _keep(self, question: Question, notice: Notice, reading: Reading) -> None:
        with self._lock:
            notice.moved = not notice.on.isdisjoint(reading.heard)
            self._take_down(question)
            self.notices[question] = notice
            self.bytes += len(notice.body)
            for topic in notice.on:
                self._on[topic].add(question)
            while len(self.notices) > MOST or self.bytes > MOST_BYTES:
                self._take_down(next(iter(self.notices)))

    def _drop(self, question: Question) -> None:
        with self._lock:
            self._take_down(question)

    def _take_down(self, question: Question) -> None:
        if notice := self.notices.pop(question, None):
            self.bytes -= len(notice.body)
            for topic in notice.on:
                self._on[topic].discard(question)
                if not self._on[topic]:
                    del self._on[topic]

    def hear(self, topics: Collection[str] | None) -> None:
        """In whichever thread: these have moved; None: all may have, as after a restore."""
        with self._lock:
            for reading in self._being_read.values():
                reading.hear(topics)
            if topics is None:
                asked = list(self.notices)
            else:
                asked = [one for topic in topics for one in self._on.get(topic, ())]
            for question in asked:
                self.notices[question].moved = True


class Reading:
    """A question on its way inside, and what moved meanwhile."""

    def __init__(self, on: frozenset[str] | None) -> None:
        self.on = on  # what the last answer rested on; unknown the first time
        self.task: asyncio.Task[Notice | None]
        self.moved = False
        self.heard: set[str] = set()

    def hear(self, topics: Collection[str] | None) -> None:
        self.heard.update(topics or ())
        if topics is None or self.on is None or not self.on.isdisjoint(topics):
            self.moved = True


class Heard:
    """Listens to an answer instead of whoever asked."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[Header] = []
        self.body = b""

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")


async def nothing_more() -> dict[str, Any]:
    """A question has no body, and whoever asked does not leave."""
    return {"type": "http.request", "body": b"", "more_body": False}


def made(heard: Heard, rests: Rests, route: str) -> Notice:
    named = dict(heard.headers)
    keeps = [
        (name, value)
        for name, value in heard.headers
        if name not in (b"content-length", b"x-request-id", b"vary")
    ]
    keeps.append((b"vary", b"accept-encoding, " + named.get(b"vary", b"accept-language, origin")))
    packed = gzip.compress(heard.body, 6, mtime=0) if len(heard.body) > SMALL else b""
    lasts = (rests.until - timezone.now()).total_seconds() if rests.until else LASTS
    return Notice(
        body=heard.body,
        packed=packed,
        etag=named.get(b"etag", b""),
        plain_headers=[*keeps, (b"content-length", b"%d" % len(heard.body))],
        packed_headers=[
            *keeps,
            (b"content-encoding", b"gzip"),
            (b"content-length", b"%d" % len(packed)),
        ],
        unchanged_headers=[one for one in keeps if one[0] != b"content-type"],
        on=rests.on,
        ends=time.monotonic() + min(lasts, LASTS),
        route=route,
    )


def is_known(etag: bytes, knows: bytes) -> bool:
    """Compared as weak ones are: how the bytes are packed makes no difference."""
    if knows.strip() == b"*":
        return True
    bare = etag.removeprefix(b"W/")
    return any(one.strip().removeprefix(b"W/") == bare for one in knows.split(b","))
