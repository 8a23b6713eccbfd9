"""What moves is told to every screen that looks, to each its own; and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import OperationalError, transaction

from queues.actions import calling, departments, issuing, tokens
from queues.actions.restoring import begin_anew
from queues.live import hub as hubs
from queues.live.crowd import Crowd
from queues.live.line import Line
from queues.live.messages import Told, Wish
from queues.live.room import Room
from queues.models import Clinic, Counter, Department, Patient
from queues.rules.networks import network_of
from queues.rules.rights import SYSTEM
from queues.screens import boards, passes
from queues.screens.boards import Front, Now
from queues.screens.passes import Screen
from queues.tests.live.audience import Looker, desk, phone, wall
from queues.tests.story import crowd, fresh, people, waiting

pytestmark = pytest.mark.django_db(transaction=True)

Looking = Callable[[Looker], Looker]


def test_a_wall_is_told_how_things_stand_as_soon_as_it_looks(
    looking: Looking, opd: Department, lab: Department, asha: Patient
) -> None:
    waiting(asha, opd)
    screen = looking(wall(opd, lab))
    screen.until(lambda: len(screen.boards) == 2)
    assert {told["department"] for told in screen.boards} == {"OPD", "LAB"}
    assert "A-001" in next(told["html"] for told in screen.boards if told["department"] == "OPD")


def test_a_call_is_told_to_the_wall_with_its_counter(
    looking: Looking, opd: Department, asha: Patient, desk_a: Counter
) -> None:
    waiting(asha, opd)
    screen = looking(wall(opd))
    screen.until(lambda: screen.boards)
    assert screen.last()["calls"] == []
    token = calling.call_next(fresh(desk_a), by=SYSTEM)
    screen.until(lambda: screen.last()["calls"])
    assert screen.last()["calls"] == [{"seq": 2, "label": "A-001", "counter": "1", "name": ""}]
    tokens.recall(token, by=SYSTEM)
    screen.until(lambda: len(screen.last()["calls"]) == 2)
    assert [call["seq"] for call in screen.last()["calls"]] == [3, 2], "each is announced"


def test_a_wall_is_told_nothing_about_anybody(
    looking: Looking, clinic: Clinic, opd: Department, desk_a: Counter
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, opd), waiting(ben, opd)
    calling.call_next(fresh(desk_a), by=SYSTEM)
    screens = [looking(wall(opd)), looking(phone(opd, "A-002")), looking(desk(opd))]
    for screen in screens:
        screen.until(lambda screen=screen: screen.boards)  # type: ignore[misc]
        said = repr(screen.told)
        for secret in (asha.name, ben.name, asha.phone, asha.number, str(asha.public_id)):
            assert secret not in said


def test_a_phone_is_told_its_own_place_and_nobody_elses(
    looking: Looking, clinic: Clinic, opd: Department, desk_a: Counter
) -> None:
    for person in people(clinic, "Asha", "Ben", "Chen"):
        waiting(person, opd)
    screen = looking(phone(opd, "A-003"))
    screen.until(lambda: screen.boards)
    first = screen.last()
    calling.call_next(fresh(desk_a), by=SYSTEM)
    screen.until(lambda: screen.last()["position"] != first["position"])
    assert "A-002" not in repr(screen.told)
    assert "html" not in screen.last()


def test_a_desk_is_told_only_that_something_moved(
    looking: Looking, opd: Department, asha: Patient
) -> None:
    screen = looking(desk(opd))
    screen.until(lambda: screen.boards)
    waiting(asha, opd)
    screen.until(lambda: len(screen.boards) > 1)
    assert set(screen.last()) == {"is", "epoch", "department", "day", "seq"}


def test_each_wall_is_told_in_its_language(looking: Looking, opd: Department) -> None:
    departments.change(opd, {"state": "closed"}, by=SYSTEM)
    english, arabic = looking(wall(opd)), looking(wall(opd, language="ar"))
    english.until(lambda: english.boards)
    arabic.until(lambda: arabic.boards)
    assert english.last()["seq"] == arabic.last()["seq"]
    assert "Outpatients is closed." in english.last()["html"]
    assert "Outpatients: القسم مغلق." in arabic.last()["html"]


def test_other_departments_do_not_disturb(
    looking: Looking, opd: Department, lab: Department, asha: Patient
) -> None:
    screen = looking(wall(lab))
    screen.until(lambda: screen.boards)
    waiting(asha, opd)
    departments.change(lab, {"message": "Fasting?"}, by=SYSTEM)
    screen.until(lambda: screen.last()["message"])
    assert {told["department"] for told in screen.boards} == {"LAB"}


def test_a_hundred_changes_reach_a_wall_in_their_order_and_the_last_one_for_sure(
    looking: Looking, clinic: Clinic, opd: Department
) -> None:
    screen = looking(wall(opd))
    for number in range(20):
        issuing.issue(people(clinic, f"Visitor {number:02}")[0], opd, by=SYSTEM)
    screen.until(lambda: screen.boards and screen.last()["seq"] == 20)
    order = [told["seq"] for told in screen.boards]
    assert order == sorted(order)


def test_however_many_look_the_board_is_read_once(
    looking: Looking, opd: Department, asha: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: list[Front] = []

    def counted(department: Department, now_is: Now) -> Front:
        readings.append(read(department, now_is))
        return readings[-1]

    read = boards.read_front
    monkeypatch.setattr(boards, "read_front", counted)
    screens = [looking(wall(opd)) for _ in range(50)]
    for screen in screens:
        screen.until(lambda screen=screen: screen.boards)  # type: ignore[misc]
    readings.clear()
    waiting(asha, opd)
    for screen in screens:
        screen.until(lambda screen=screen: "A-001" in screen.last()["html"])  # type: ignore[misc]
    assert len(readings) == 1


def test_a_lost_hint_heals_by_itself(looking: Looking, opd: Department, asha: Patient) -> None:
    screen = looking(wall(opd))
    screen.until(lambda: screen.boards)
    with transaction.atomic():
        crowd(opd, 3)  # written past the journal, so that nothing is hinted
    screen.until(lambda: "A-001" in screen.last()["html"], patience=hubs.COMPARED_EVERY * 5)


def test_the_heartbeat_says_how_old_the_boards_are(looking: Looking, opd: Department) -> None:
    screen = looking(wall(opd))
    screen.until(lambda: any(0 <= age <= hubs.COMPARED_EVERY + 1 for age in screen.ages))


def test_a_screen_that_comes_while_the_database_is_away_is_not_called_fresh(
    looking: Looking, opd: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "BEATS_EVERY", 0.1)

    def away(department: Department, now_is: Now) -> Front:
        raise OperationalError("the database is away")

    with monkeypatch.context() as today:
        today.setattr(boards, "read_front", away)
        screen = looking(wall(opd))
        screen.until(lambda: len(screen.told) > 3)
        assert all(told["age"] is None for told in screen.told)
    screen.until(lambda: screen.ages)


def test_a_socket_that_breaks_keeps_nothing_from_the_others() -> None:
    """Uvicorn refuses to send on a socket that it is about to close, for as long as that takes."""

    async def breaks(text: str) -> None:
        raise RuntimeError("after sending websocket.close")

    async def keeps(text: str) -> None:
        kept.append(text)

    kept: list[str] = []
    room = Room(uuid4())
    wish = Wish(Screen.WALL, "en")
    lines = [Line(breaks), *(Line(keeps) for _ in range(3)), Line(breaks)]
    for line in lines:
        room.admit(line, wish)
    room.tell(Told((date(2026, 3, 1), 1), {wish: "a board"}), 0.0)
    assert kept == ["a board"] * 3
    assert [line.is_dead for line in lines] == [True, False, False, False, True]


def test_a_full_socket_gets_the_newest_of_each_thing_when_it_has_room() -> None:
    async def scene() -> list[str]:
        room = asyncio.Event()
        sent: list[str] = []

        async def send(text: str) -> None:
            await room.wait()
            sent.append(text)

        line = Line(send)
        for text in ("first", "second", "third"):
            line.put("board", text)
        line.put("beat", "a beat")
        assert line.waiting_since is not None
        assert sent == []
        room.set()
        await asyncio.sleep(0.01)
        line.put("board", "fourth")
        return sent

    assert asyncio.run(scene()) == ["first", "third", "a beat", "fourth"]


def test_a_hospital_that_was_restored_tells_its_screens(
    looking: Looking, opd: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where its ledgers have come just as far as before."""
    monkeypatch.setattr(hubs, "RENEWED_EVERY", 0.5)
    screen = looking(wall(opd))
    screen.until(lambda: screen.boards)
    before = screen.last()
    assert screen.its_pass.startswith(f"{before['epoch']}~"), "its page knows it too"
    begin_anew("2026-11-27T10:42:07+00:00")
    screen.until(lambda: screen.last()["epoch"] != before["epoch"])
    assert screen.last()["seq"] == before["seq"]


# Who is let in


@pytest.mark.parametrize("its_pass", ["", "abc", "abc:def:ghi", "é"])
def test_without_a_pass_of_ours_nobody_is_let_in(its_pass: str, clinic: Clinic) -> None:
    assert not Looker(its_pass).connect()


def test_a_pass_cannot_be_widened(opd: Department, lab: Department) -> None:
    facts, signature = passes.to(Screen.WALL, [opd]).split(":", 1)
    others = passes.to(Screen.WALL, [lab]).split(":", 1)[0]
    assert facts != others
    assert not Looker(f"{others}:{signature}").connect()


@pytest.mark.parametrize("origin", ["http://evil.example", "", "null"])
def test_no_other_site_may_open_a_socket(origin: str, opd: Department) -> None:
    assert not wall(opd, origin=origin).connect()


def test_no_socket_at_any_other_address(opd: Department) -> None:
    assert not wall(opd, path="/ws/").connect()


def test_a_screen_that_talks_is_closed(looking: Looking, opd: Department) -> None:
    screen = looking(wall(opd))
    screen.say("let me in")
    screen.until(lambda: screen.closed == 1008)


def test_a_network_has_a_ceiling_and_whoever_leaves_makes_room(
    looking: Looking, opd: Department, settings: LazySettings
) -> None:
    settings.SOCKETS_OF_A_NETWORK = 2
    first, _second = looking(wall(opd)), looking(wall(opd))
    assert not wall(opd).connect()
    assert looking(wall(opd, address="10.0.0.10"))
    first.leave()
    assert looking(wall(opd))


def test_all_networks_together_have_one_too(settings: LazySettings) -> None:
    settings.SOCKETS = 2
    hall = Crowd()
    assert hall.admit("a")
    assert hall.admit("b")
    assert not hall.admit("c")
    hall.dismiss("a")
    assert hall.admit("c")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "", True),
    ],
)
def test_what_counts_as_one_network(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_a_hub_that_nobody_looks_at_rests(opd: Department) -> None:
    screen = wall(opd)
    assert screen.connect()
    screen.until(lambda: screen.boards)
    its_hub: Any = next(iter(hubs._hubs.values()))
    screen.leave()
    screen.until(lambda: not its_hub.rooms and not its_hub._duties)


def test_a_screen_that_cannot_be_read_grows_old_and_recovers(
    looking: Looking, opd: Department, asha: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong while a board is made, the heartbeat does not call it fresh."""
    monkeypatch.setattr(hubs, "BEATS_EVERY", 0.2)
    screen = looking(wall(opd))
    screen.until(lambda: screen.boards)

    def broken(department: Department, now_is: Now) -> Front:
        raise ValueError("a panel that cannot be drawn")

    with monkeypatch.context() as today:
        today.setattr(boards, "read_front", broken)
        waiting(asha, opd)
        screen.until(lambda: screen.ages and screen.ages[-1] > hubs.COMPARED_EVERY + 1)
        assert "A-001" not in screen.last()["html"]
    screen.until(lambda: "A-001" in screen.last()["html"])
    screen.until(lambda: screen.ages[-1] < 1)
