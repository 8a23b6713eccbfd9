"""What everybody may read, told again by the door: a glance at a notice costs nobody inside a step.

An answer to a public question is asked of Django once. It is kept as finished bytes, plain and
packed, until what it rests on moves; then it is read anew, without the way through Django where it
knows how (`Published.again`). Of what moves in this process the board hears before the answer to
the change is sent; of the rest by hints, and every second by comparing with the database
(`nextpatient/news.py`). What is asked by somebody we know, or by a page of another site, goes inside.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
import secrets
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, close_old_connections, connection
from django.http.request import split_domain_port, validate_host

from nextpatient.limits import public
from nextpatient.news import News
from nextpatient.notices import Header, Notice, is_known, made, said_always
from nextpatient.porter import SANE
from queues import hints
from queues.actions.limits import TooMany
from queues.actions.refusals import Refused
from queues.rules.networks import network_of
from queues.screens.published import Published

PLACE, QUEUE = "/api/place", "/api/queue"
READS = ("/api/now_serving", QUEUE, PLACE, "/api/availability", "/api/providers")
LABEL = re.compile(rb"(?:^|&)label=([A-Za-z0-9-]{1,12})(?=&|$)")
LONGEST_QUESTION = 300
MOST = 10_000  # notices
LARGEST = 256 * 1024
MOST_BYTES = 64 * 2**20  # of all notices
# Where this share of a second went into reading anew, for as many as no single person could be, what
# has moved is told as it was, for a second at most: else all who ask would wait for each other.
SHARE, MANY = 0.25, 100
NOT_ANYBODY = frozenset({b"authorization", b"cookie", b"origin", b"content-length", b"range"})

Again = Callable[[], Published | None]
DriversError: Any = connection.Database.Error  # type: ignore[attr-defined] # of a cursor that closes
InTurn = Callable[..., Awaitable[Notice | None]]
log = logging.getLogger(__name__)


class Question(NamedTuple):
    scheme: str
    host: bytes
    path: str
    query: bytes
    language: bytes


class Asked(NamedTuple):
    question: Question
    label: str  # of whom alone it is asked, or of all
    knows: bytes  # If-None-Match
    unpacks: bool
    id: bytes


class NoticeBoard:
    def __init__(self, application: Any, in_turn: InTurn) -> None:
        self.application = application
        self.in_turn = in_turn  # in a thread that has a connection to the database
        self.news = News(self.hear)
        self.notices: dict[Question, Notice] = {}
        self.bytes = 0
        self.effort = Effort()
        self._on: defaultdict[str, set[Question]] = defaultdict(set)
        self._being_read: dict[Question, Reading] = {}
        self._lock = Lock()
        self._hosts: set[bytes] = set()
        self._ids, self._prefix = itertools.count(), secrets.token_hex(4).encode()
        hints.hear(self.hear)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].startswith(READS) and scope["method"] in ("GET", "HEAD"):
            asked = self._asked(scope)
            if asked and self._may(scope):
                notice = await self._notice(asked, scope)
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
        path, query, label = scope["path"], scope["query_string"], ""
        if len(query) + len(language) > LONGEST_QUESTION or not self._is_ours(host):
            return None
        if path == PLACE:  # is cut out of the whole queue, which stands here for all who are in it
            found = LABEL.search(query)
            if found is None:
                return None
            path, label = QUEUE, found[1].decode().upper()
            query = (query[: found.start()] + query[found.end() :]).removeprefix(b"&")
        question = Question(scope.get("scheme", "http"), host, path, query, language)
        return Asked(question, label, knows, unpacks, name)

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

    async def _notice(self, asked: Asked, scope: Any) -> Notice | None:
        """None: to be answered inside."""
        self.effort.asked += 1
        notice = self.notices.get(asked.question)
        if notice is None or (notice.is_old and not self._is_told_once_more(notice)):
            notice = await self._read(asked.question, scope)
        return notice.part(asked.label, PLACE.lstrip("/")) if notice and asked.label else notice

    def _is_told_once_more(self, notice: Notice) -> bool:
        return notice.may_be_told_once_more() and self.effort.is_too_much()

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
            name = b"%s-%x" % (self._prefix, next(self._ids))
        start = {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, (b"x-request-id", name)],
        }
        await send(start)
        await send({"type": "http.response.body", "body": body})

    # How a notice comes here, and goes

    async def _read(self, question: Question, scope: Any) -> Notice | None:
        """Once for all who ask at the same moment; None where it is not to be kept."""
        reading = self._being_read.get(question)
        if reading is None or reading.moved:
            before = self.notices.get(question)
            with self._lock:
                reading = self._being_read[question] = Reading(before.on if before else None)
            reading.task = asyncio.ensure_future(self._anew(question, reading, before, scope))
        return await asyncio.shield(reading.task)

    async def _anew(
        self, question: Question, reading: Reading, before: Notice | None, scope: Any
    ) -> Notice | None:
        self.news.begin()
        try:
            notice = await self._again(before) if before else None
            notice = notice or await self._inside(question, scope)
        finally:
            with self._lock:
                if self._being_read.get(question) is reading:
                    del self._being_read[question]
        if notice:
            self._keep(question, notice, reading)
        else:
            self._drop(question)
        return notice

    async def _again(self, notice: Notice) -> Notice | None:
        again = notice.published.again
        if again is None or not notice.may_be_read_again:
            return None
        return await self.in_turn(self._read_again, notice, again)

    def _read_again(self, notice: Notice, again: Again) -> Notice | None:
        """Where that fails, the question goes inside, where whoever asks hears why."""
        began = time.monotonic()
        try:
            found = again()
        except (Error, DriversError, Refused, ObjectDoesNotExist) as error:
            log.info("not read again: %s", type(error).__name__)
            close_old_connections()  # if it was the connection that failed
            return None
        self.effort.spend(time.monotonic() - began)
        return notice.renewed(found.that_can_be_read(again)) if found else None

    async def _inside(self, question: Question, scope: Any) -> Notice | None:
        began, heard = time.monotonic(), Heard()
        headers = [one for one in scope["headers"] if one[0] != b"if-none-match"]
        scope = {
            **scope,
            "method": "GET",
            "path": question.path,
            "raw_path": question.path.encode(),
            "query_string": question.query,
            "headers": headers,
        }
        await self.application(scope, nothing_more, heard)
        self.effort.spend(time.monotonic() - began)
        published: Published | None = scope.get("published")
        if heard.status != 200 or published is None or published.rests is None:
            return None
        if len(heard.body) > LARGEST:
            return None
        return made(published, said_always(heard.headers), scope["route"])

    def _keep(self, question: Question, notice: Notice, reading: Reading) -> None:
        with self._lock:
            if reading.may_have_moved(notice.on):
                notice.move()
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
        """In whichever thread: these have moved; None: all may have, as after a restore, and what
        was known of whom a question names may be wrong too."""
        with self._lock:
            for reading in self._being_read.values():
                reading.hear(topics)
            if topics is None:
                for notice in self.notices.values():
                    notice.may_be_read_again = False
                    notice.move()
                return
            for topic in topics:
                for question in self._on.get(topic, ()):
                    self.notices[question].move()


class Effort:
    """What it has cost in this second to read anew, and how many have asked."""

    def __init__(self) -> None:
        self.since = 0.0
        self.spent = 0.0
        self.asked = 0

    def spend(self, seconds: float) -> None:
        self._turn()
        self.spent += seconds

    def is_too_much(self) -> bool:
        self._turn()
        return self.spent > SHARE and self.asked > MANY

    def _turn(self) -> None:
        now = time.monotonic()
        if now >= self.since + 1.0:
            self.since, self.spent, self.asked = now, 0.0, 0


class Reading:
    """A question on its way inside, and what moved meanwhile."""

    def __init__(self, on: frozenset[str] | None) -> None:
        self.on = on  # what the last answer rested on; unknown the first time
        self.task: asyncio.Task[Notice | None]
        self.moved = False  # as far as that is known before the answer is
        self.heard: set[str] = set()
        self.all_moved = False

    def hear(self, topics: Collection[str] | None) -> None:
        if topics is None:
            self.all_moved = True
        self.heard.update(topics or ())
        if self.on is None or self.may_have_moved(self.on):
            self.moved = True

    def may_have_moved(self, on: frozenset[str]) -> bool:
        return self.all_moved or not on.isdisjoint(self.heard)


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
