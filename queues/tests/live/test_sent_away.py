"""Whose rights change, who logs out, and a machine that is revoked: their sockets are closed at once,
and what they were shown before opens none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from queues import hints
from queues.actions import clinics, devices
from queues.actions.restoring import begin_anew
from queues.actions.sending_away import send_away
from queues.live import hub as hubs
from queues.live import presence
from queues.live.socket import SENT_AWAY
from queues.models import Department, Device, User
from queues.rules.rights import SYSTEM, Role
from queues.screens import passes
from queues.screens.passes import Screen
from queues.tests import cast
from queues.tests.live.audience import Looker, desk, paired, wall

pytestmark = pytest.mark.django_db(transaction=True)

Looking = Callable[[Looker], Looker]


@pytest.fixture
def nadia(opd: Department) -> User:
    return cast.user(opd.clinic, "nadia", Role.NURSE, opd)


@pytest.fixture
def lobby(opd: Department) -> Device:
    """A wall that was let in."""
    asked, _secret = devices.ask(Device.Kind.WALL, "10.0.0.9")
    return devices.approve(asked.code or "", "Lobby", opd.clinic, [opd], by=SYSTEM)


def test_a_log_out_closes_the_persons_sockets_and_nobody_elses(
    looking: Looking, opd: Department, nadia: User
) -> None:
    browser = Client()
    browser.force_login(nadia)
    nadia.refresh_from_db()
    hers, others, public = looking(desk(opd, nadia)), looking(desk(opd)), looking(wall(opd))
    for screen in (hers, others, public):
        screen.until(lambda screen=screen: screen.boards)  # type: ignore[misc]
    browser.post("/logout/")
    hers.until(lambda: hers.closed == SENT_AWAY)
    assert (others.closed, public.closed) == (None, None)
    assert not Looker(hers.its_pass).connect(), "what she was shown before opens nothing"
    nadia.refresh_from_db()
    assert looking(desk(opd, nadia)), "once she is back she hears again"


def test_a_revoked_wall_is_closed_and_its_pass_opens_nothing(
    looking: Looking, opd: Department, lobby: Device
) -> None:
    screen = looking(paired(opd, lobby))
    screen.until(lambda: screen.boards)
    assert devices.revoke(lobby, by=SYSTEM)
    screen.until(lambda: screen.closed == SENT_AWAY)
    assert not paired(opd, lobby).connect()


def test_where_walls_must_be_paired_others_are_told_nothing_more(
    looking: Looking, opd: Department, lobby: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its renewal; without a look at the database for each that comes."""
    monkeypatch.setattr(hubs, "RENEWED_EVERY", 0.1)
    monkeypatch.setattr(hubs, "COMPARED_EVERY", 0.1)
    anybodys, let_in = looking(wall(opd)), looking(paired(opd, lobby))
    for screen in (anybodys, let_in):
        screen.until(lambda screen=screen: screen.boards)  # type: ignore[misc]
    clinics.change(opd.clinic, {"open_walls": False}, by=SYSTEM)
    anybodys.until(lambda: {"is": "closed"} in anybodys.told)
    late = looking(wall(opd))
    late.until(lambda: {"is": "closed"} in late.told)
    assert not late.boards
    assert {"is": "closed"} not in let_in.told


def test_a_word_that_is_lost_is_healed(
    looking: Looking,
    opd: Department,
    nadia: User,
    lobby: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presence, "COMPARED_EVERY", 0.1)
    screens = [looking(desk(opd, nadia)), looking(paired(opd, lobby))]
    monkeypatch.setattr(hints, "_begin", lambda *lost: None)
    send_away(nadia)
    devices.revoke(lobby, by=SYSTEM)
    for screen in screens:
        screen.until(lambda screen=screen: screen.closed == SENT_AWAY)  # type: ignore[misc]


def test_who_is_no_longer_active_opens_nothing(opd: Department, nadia: User) -> None:
    hers = desk(opd, nadia)
    User.objects.filter(pk=nadia.pk).update(is_active=False)
    assert not hers.connect()


def test_after_a_restore_no_pass_of_staff_that_was_shown_before_opens_anything(
    opd: Department, nadia: User
) -> None:
    hers = desk(opd, nadia)
    begin_anew("2026-11-27T10:42:07+00:00")
    assert not hers.connect()


def test_a_desk_is_never_heard_without_somebody(opd: Department) -> None:
    assert not Looker(passes.to(Screen.DESK, [opd])).connect()


def test_who_may_enter_cannot_be_told_without_the_database(
    looking: Looking, opd: Department, nadia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(holders: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(presence, "still_here", away)
    assert not desk(opd, nadia).connect()
    assert looking(wall(opd)), "the public is not asked about"
