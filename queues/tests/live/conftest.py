"""Screens that leave when the test ends, and a channel layer that may be away."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from channels.layers import channel_layers
from channels_redis.pubsub import RedisPubSubChannelLayer

from queues.tests.live.audience import Looker


@pytest.fixture
def looking() -> Iterator[Callable[[Looker], Looker]]:
    """`looking(wall(opd))`: a screen that was let in."""
    here: list[Looker] = []

    def look(screen: Looker) -> Looker:
        assert screen.connect()
        here.append(screen)
        return screen

    yield look
    for screen in here:
        screen.leave()


# The run without Redis has none that could come back.
collect_ignore = [] if os.environ.get("REDIS_URL") else ["test_redis_comes_back.py"]


@pytest.fixture
def socket() -> Iterator[Path]:
    """Where a Redis may listen: the path of a socket has to be short."""
    with tempfile.TemporaryDirectory(prefix="np-") as folder:
        yield Path(folder) / "redis.sock"


@pytest.fixture
def layer_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    def use(socket: Path) -> None:
        layer = RedisPubSubChannelLayer(hosts=[f"unix://{socket}"])
        monkeypatch.setitem(channel_layers.backends, "default", layer)

    return use
