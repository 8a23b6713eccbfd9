"""Redis carries hints between processes. While it is away screens are late by seconds, not wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from queues.live import hub as hubs
from queues.models import Department, Patient
from queues.tests.live.audience import Looker, wall
from queues.tests.story import waiting

pytestmark = pytest.mark.django_db(transaction=True)

Looking = Callable[[Looker], Looker]
LATE = hubs.COMPARED_EVERY * 5


def test_while_redis_is_away_changes_still_arrive(
    looking: Looking,
    layer_at: Callable[[Path], None],
    socket: Path,
    opd: Department,
    asha: Patient,
) -> None:
    layer_at(socket)
    screen = looking(wall(opd))
    screen.until(lambda: screen.boards)
    waiting(asha, opd)
    screen.until(lambda: "A-001" in screen.last()["html"], patience=LATE)
