"""What moved elsewhere: heard by hints of other processes, and found by comparing with the database.

A hint may be lost, and without Redis other processes send none: so every second what is written on
the last days' pages is compared with what it was.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error, close_old_connections
from django.db.models import Count, Sum
from django.utils import timezone
from redis import RedisError

from queues import hints
from queues.models import Clinic, DayBook, Doctor
from queues.rules import topics

log = logging.getLogger(__name__)
COMPARED_EVERY = 1.0  # seconds
TRIED_AGAIN_AFTER = 2.0
Versions = dict[str, Any]


class News:
    def __init__(self, tell: Callable[[Collection[str] | None], None]) -> None:
        self.tell = tell
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="news")

    def begin(self) -> None:
        """Whatever was kept on another loop, nobody told it what moved since."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        self._loop = loop
        self.tell(None)
        duties = [self._compare, *([self._listen] if settings.REDIS_URL else [])]
        self._tasks = [loop.create_task(_kept_up(duty)) for duty in duties]

    async def _compare(self) -> None:
        loop, known = asyncio.get_running_loop(), None
        while True:
            now_is = await loop.run_in_executor(self._thread, versions)
            if known is None or known[EPOCH] != now_is[EPOCH]:
                self.tell(None)
            elif moved := [name for name, value in now_is.items() if known.get(name) != value]:
                self.tell(moved)
            known = now_is
            await asyncio.sleep(COMPARED_EVERY)

    async def _listen(self) -> None:
        layer: Any = get_channel_layer()
        channel = await layer.new_channel("news")
        await layer.group_add(hints.MOVED, channel)
        self.tell(None)  # of what was sent before, nothing was heard
        while True:
            hint = await layer.receive(channel)
            if hint["process"] != hints.PROCESS:
                self.tell(hint["topics"])


EPOCH = "epoch"


def versions() -> Versions:
    """How far everything has come that a public answer rests on."""
    close_old_connections()  # one that broke is opened anew
    near = (timezone.now() - timedelta(days=3)).date()
    pages = DayBook.objects.filter(day__gte=near).order_by("day")
    found: defaultdict[str, Any] = defaultdict(int)
    for clinic, department, day, seq, places in pages.values_list(
        "clinic", "department__public_id", "day", "seq", "places_seq"
    ):
        found[topics.places_of(clinic)] += places
        found[topics.ALL_PLACES] += places
        topic = topics.of_department(department) if department else topics.of_clinic(clinic)
        found[topic] = (day, seq)
    weeks = Doctor.objects.aggregate(Sum("week"), Count("pk"))
    found[topics.ALL_WEEKS] = tuple(weeks.values())
    found[EPOCH] = Clinic.objects.order_by("pk").values_list("epoch", flat=True).first()
    return dict(found)


async def _kept_up(duty: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Begun again whatever stops it; meanwhile notices end by their time."""
    while True:
        try:
            await duty()
        except (Error, RedisError, OSError) as error:
            log.warning("%s: %s, tried again", duty.__name__.strip("_"), type(error).__name__)
        except Exception:
            log.exception("%s failed, and is tried again", duty.__name__.strip("_"))
        await asyncio.sleep(TRIED_AGAIN_AFTER)
