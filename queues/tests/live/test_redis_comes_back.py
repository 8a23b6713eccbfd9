"""A Redis that is started again: its subscriptions are gone, and hints must be heard all the same."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from redis import Redis

from queues import hints
from queues.live import hub as hubs
from queues.models import Clinic, Department
from queues.tests.live.audience import PATIENCE, Looker, wall
from queues.tests.story import people, waiting

pytestmark = pytest.mark.django_db(transaction=True)

Looking = Callable[[Looker], Looker]
REDIS = settings.BASE_DIR / "var" / "redis-server"


@contextmanager
def redis(socket: Path) -> Iterator[None]:
    """A Redis of this test's own, which may come and go."""
    command = [str(REDIS), "--port", "0", "--unixsocket", str(socket), "--save", ""]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until(socket.exists)
        yield
    finally:
        server.terminate()
        server.wait()


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def is_heard(socket: Path) -> bool:
    """Whether screens listen at this Redis: they join this group last."""
    with Redis(unix_socket_path=str(socket)) as client:
        channels = client.pubsub_channels()
    return any(hints.AWAY.encode() in channel for channel in channels)


def test_hints_are_heard_again_after_a_restart(
    looking: Looking,
    layer_at: Callable[[Path], None],
    socket: Path,
    clinic: Clinic,
    opd: Department,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asha, ben, chen = people(clinic, "Asha", "Ben", "Chen")
    layer_at(socket)
    with redis(socket):
        screen = looking(wall(opd))
        screen.until(lambda: screen.boards)
        wait_until(lambda: is_heard(socket))
        monkeypatch.setattr(hubs, "COMPARED_EVERY", 3600.0)
        time.sleep(2.5)  # from now on nothing but a hint brings a board
        waiting(asha, opd)
        screen.until(lambda: "A-001" in screen.last()["html"])
    waiting(ben, opd)
    with redis(socket):
        wait_until(lambda: is_heard(socket))
        waiting(chen, opd)
        screen.until(lambda: "A-003" in screen.last()["html"])
