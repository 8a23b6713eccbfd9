"""After a commit, whoever watches a department hears that something changed; never what."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers, get_channel_layer
from django.db import transaction

from queues import hints
from queues.actions import calling, issuing, tokens
from queues.actions.refusals import Refused
from queues.models import Clinic, Counter, DayBook, Department, Patient, Token
from queues.rules.rights import SYSTEM, Role
from queues.tests import cast
from queues.tests.conftest import ApiClient

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 0.2  # seconds
PATIENCE = 20
Hint = dict[str, Any]


class Watcher:
    """A screen's ear for these departments, on the loop on which hints are sent."""

    def __init__(self, *departments: Department) -> None:
        self.heard: list[Hint] = []
        self.loop = hints._own_loop()
        self.ready: Future[None] = Future()
        self.task = asyncio.run_coroutine_threadsafe(self._listen(departments), self.loop)
        self.ready.result(PATIENCE)

    async def _listen(self, departments: tuple[Department, ...]) -> None:
        layer = get_channel_layer()
        assert layer is not None
        channel = await layer.new_channel()
        await layer.group_add(hints.MOVED, channel)
        watched = {str(department.public_id) for department in departments}
        self.ready.set_result(None)
        while True:
            hint = await layer.receive(channel)
            if hint["department"] in watched:
                self.heard.append({**hint, "heard": time.monotonic()})

    def hears(self, number: int) -> list[Hint]:
        """So many hints, and when; a little longer to be sure that there are no more."""
        until = time.monotonic() + PATIENCE
        while len(self.heard) < number and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(0.05)
        assert len(self.heard) == number, self.heard
        return self.heard

    def leave(self) -> None:
        self.task.cancel()


@pytest.fixture
def watching() -> Iterator[Callable[..., Watcher]]:
    watchers: list[Watcher] = []

    def watch(*departments: Department) -> Watcher:
        watchers.append(Watcher(*departments))
        return watchers[-1]

    yield watch
    for watcher in watchers:
        watcher.leave()


class BrokenLayer(InMemoryChannelLayer):
    """Redis is away."""

    async def group_send(self, group: str, message: Any) -> None:
        raise ConnectionError("nobody is there")


def test_a_change_is_hinted_at_once(
    opd: Department,
    asha: Patient,
    ben: Patient,
    chen: Patient,
    watching: Callable[..., Watcher],
) -> None:
    """Of three one may be held up by a busy machine, but what waits for a clock holds up all."""
    watcher = watching(opd)
    took: list[float] = []
    for patient in (asha, ben, chen):
        issuing.issue(patient, opd, by=SYSTEM)
        committed = time.monotonic()
        took.append(watcher.hears(len(took) + 1)[-1]["heard"] - committed)
    assert min(took) < AT_ONCE


def test_a_hint_says_where_and_up_to_which_change(
    opd: Department, asha: Patient, watching: Callable[..., Watcher]
) -> None:
    watcher = watching(opd)
    issuing.issue(asha, opd, by=SYSTEM)
    (hint,) = watcher.hears(1)
    del hint["heard"], hint["topics"]
    book = DayBook.objects.get(department=opd)
    assert hint == {
        "type": "moved",
        "process": hints.PROCESS,
        "department": str(opd.public_id),
        "day": book.day.isoformat(),
        "seq": book.seq,
    }


def test_each_change_has_its_hint_in_order(
    opd: Department, desk_a: Counter, asha: Patient, watching: Callable[..., Watcher]
) -> None:
    watcher = watching(opd)
    issuing.issue(asha, opd, by=SYSTEM)
    token = calling.call_next(desk_a, by=SYSTEM)
    tokens.start(token, by=SYSTEM)
    tokens.complete(token, by=SYSTEM)
    assert [hint["seq"] for hint in watcher.hears(4)] == [1, 2, 3, 4]


def test_a_transfer_is_hinted_to_both_ends_and_to_nobody_else(
    opd: Department,
    lab: Department,
    pharmacy: Department,
    asha: Patient,
    watching: Callable[..., Watcher],
) -> None:
    token = issuing.issue(asha, opd, by=SYSTEM)
    both, other = watching(opd, lab), watching(pharmacy)
    issuing.transfer(token, lab, by=SYSTEM)
    heard = {hint["department"] for hint in both.hears(2)}
    assert heard == {str(opd.public_id), str(lab.public_id)}
    assert other.hears(0) == []


def test_what_was_rolled_back_is_not_hinted(
    opd: Department, asha: Patient, ben: Patient, watching: Callable[..., Watcher]
) -> None:
    watcher = watching(opd)
    with transaction.atomic():
        issuing.issue(asha, opd, by=SYSTEM)
        transaction.set_rollback(True)
    assert watcher.hears(0) == []
    issuing.issue(ben, opd, by=SYSTEM)
    assert [hint["seq"] for hint in watcher.hears(1)] == [1]


def test_a_refusal_is_not_hinted(
    opd: Department, asha: Patient, watching: Callable[..., Watcher]
) -> None:
    token = issuing.issue(asha, opd, by=SYSTEM)
    watcher = watching(opd)
    with pytest.raises(Refused):
        tokens.start(token, by=SYSTEM)
    assert watcher.hears(0) == []


def test_a_hint_waits_for_the_commit(
    opd: Department, asha: Patient, watching: Callable[..., Watcher]
) -> None:
    watcher = watching(opd)
    with transaction.atomic():
        issuing.issue(asha, opd, by=SYSTEM)
        assert watcher.hears(0) == []
    watcher.hears(1)


def test_a_hint_says_nothing_about_anybody(
    opd: Department, asha: Patient, watching: Callable[..., Watcher]
) -> None:
    watcher = watching(opd)
    token = issuing.issue(asha, opd, by=SYSTEM)
    said = str(watcher.hears(1))
    secrets = (asha.name, asha.phone, asha.number, token.visit.label, token.visit.secret)
    for secret in (*secrets, str(token.public_id), str(asha.public_id)):
        assert secret not in said


def test_a_broken_channel_layer_fails_no_request(
    clinic: Clinic, asha: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(channel_layers.backends, "default", BrokenLayer())
    kiosk = ApiClient(cast.key(clinic, Role.KIOSK))
    answer = kiosk.post("/token", {"patient_id": str(asha.public_id), "department": "OPD"})
    assert answer.status_code == 201
    assert Token.objects.get().status == "waiting"


def test_no_channel_layer_fails_no_request(
    opd: Department, asha: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "get_channel_layer", lambda: None)
    assert issuing.issue(asha, opd, by=SYSTEM).status == "waiting"


def test_at_the_end_of_a_command_its_last_hint_is_sent_and_its_thread_ends() -> None:
    sent: list[str] = []

    async def hint() -> None:
        await asyncio.sleep(0.2)
        sent.append("hint")

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(hint(), loop)
    hints._finish(loop, thread)
    assert sent == ["hint"]
    assert not thread.is_alive()


def test_a_hint_that_hangs_holds_no_command_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "FINISHED_WITHIN", 0.1)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(asyncio.sleep(3600), loop)
    hints._finish(loop, thread)
    assert not thread.is_alive()
