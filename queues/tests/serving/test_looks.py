"""What hangs is looked at once, however many ask, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from nextpatient import looks
from nextpatient.looks import Look


def test_who_asks_at_one_moment_shares_one_look() -> None:
    looks_taken = count(1)

    async def ask_ten_times() -> list[int | None]:
        with ThreadPoolExecutor(4) as threads:
            look = Look(lambda: next(looks_taken), threads)
            return list(await asyncio.gather(*(look() for _one in range(10))))

    assert asyncio.run(ask_ten_times()) == [1] * 10


def test_what_hangs_is_given_up_and_not_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "PATIENCE", 0.05)
    monkeypatch.setattr(looks, "REMEMBERED_FOR", 0.0)
    gate, begun = threading.Event(), []

    def hang() -> str:
        begun.append(1)
        gate.wait(60)
        return "seen"

    async def ask() -> list[str | None]:
        with ThreadPoolExecutor(4) as threads:
            look = Look(hang, threads)
            told = [await look(), await look()]
            gate.set()
            while told[-1] is None:
                told.append(await look())
            return told

    told = asyncio.run(ask())
    assert told[:2] == [None, None]
    assert told[-1] == "seen"
    assert len(begun) == 1
