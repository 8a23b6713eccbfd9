"""A kiosk or a wall is let in by its code, shows its own departments, and goes dark once revoked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from queues.actions import clinics, devices
from queues.models import Clinic, Department, Device, Event, User
from queues.rules.limits import Door, Rate
from queues.rules.pairing import LETTERS, read, shown
from queues.rules.rights import MAY, SYSTEM, Act, Role
from queues.tests import cast
from queues.tests.story import kinds, written
from queues.tests.views.at_kiosk import AtKiosk, later
from queues.tests.views.conftest import Browser

WALL, KIOSK = "/display/main/", "/kiosk/main/"
CODE = re.compile(rf"[{LETTERS}]{{4}}-[{LETTERS}]{{4}}")
LogIn = Callable[[User], Browser]


@pytest.fixture
def closed(clinic: Clinic) -> Clinic:
    """Only paired machines may be used."""
    return clinics.change(clinic, {"open_walls": False, "open_kiosks": False}, by=SYSTEM)


def code_on(machine: Browser, kind: str) -> str:
    """What its screen shows, once it has asked."""
    machine.post(f"/pair/{kind}/code/")
    found = CODE.search(machine.text(f"/pair/{kind}/"))
    assert found
    return found[0]


def stage_of(machine: Browser, kind: str) -> str:
    return str(machine.get(f"/pair/{kind}/stage/").json()["stage"])


def approve(admin: Browser, code: str, *departments: str, name: str = "Lobby") -> Any:
    return admin.send("/devices/approve/", code=code, name=name, departments=departments)


def pair(machine: Browser, admin: Browser, kind: str, *departments: str) -> Device:
    assert approve(admin, code_on(machine, kind), *departments).status_code == 302
    machine.post(f"/pair/{kind}/collect/")
    return Device.objects.latest("pk")


def test_a_wall_is_let_in_shows_its_board_and_goes_dark(
    closed: Clinic, admin_desk: Browser, browser: Browser
) -> None:
    """The whole story, with each thing that it writes down."""
    wall, thief = browser, Browser()
    dark = wall.get(WALL)
    assert dark.status_code == 403
    assert "This wall is not let in" in dark.content.decode()
    code = code_on(wall, "wall")
    assert code in wall.get(WALL).content.decode(), "in the place of the wall too"
    assert stage_of(wall, "wall") == "asking"
    assert stage_of(thief, "wall") == "over", "the code alone collects nothing"

    page = admin_desk.text(f"/devices/?code={code.lower()}")
    for said in ("A wall asks to be let in", code, "127.0.0.1", "0 minutes"):
        assert said.replace(" ", "\xa0") in page or said in page
    with written() as events:
        approve(admin_desk, code, "OPD")
        assert stage_of(wall, "wall") == "approved"
        thief.post("/pair/wall/collect/")
        assert thief.get(WALL).status_code == 403
        let_in = wall.post("/pair/wall/collect/")
    assert kinds(events) == ["device_approved", "device_paired"]
    assert events[0].after == {"kind": "wall", "name": "Lobby", "departments": ["OPD"]}
    assert let_in["Location"] == WALL
    cookie = let_in.cookies["device-wall"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/display/")
    shown_now = wall.text(WALL)
    assert 'id="panel-OPD"' in shown_now
    assert 'id="panel-LAB"' not in shown_now, "its own departments alone"
    assert 'id="panel-OPD"' in wall.text(f"{WALL}?departments=LAB")

    device = Device.objects.get()
    assert cookie.value not in repr([*Device.objects.values(), *Event.objects.values()])
    assert "alive" in admin_desk.text("/devices/")
    admin_desk.send(f"/devices/{device.public_id}/rename/", name="Hall")
    with written() as events:
        admin_desk.send(f"/devices/{device.public_id}/revoke/")
    assert kinds(events) == ["device_revoked"]
    assert "1 revoked in the last week" in admin_desk.text("/devices/")
    thief.cookies["device-wall"] = cookie.value
    assert (wall.get(WALL).status_code, thief.get(WALL).status_code) == (403, 403)
    wall.post("/pair/wall/collect/")
    assert wall.get(WALL).status_code == 403, "what was collected once is collected"


def test_what_was_revoked_stays_dark_where_others_are_open(
    clinic: Clinic, admin_desk: Browser, browser: Browser
) -> None:
    device = pair(browser, admin_desk, "wall", "OPD")
    assert browser.get(WALL).status_code == 200
    devices.revoke(device, by=SYSTEM)
    assert browser.get(WALL).status_code == 403
    assert Browser().get(WALL).status_code == 200


def test_a_kiosk_works_in_its_departments_and_nowhere_else(
    closed: Clinic, admin_desk: Browser
) -> None:
    kiosk = AtKiosk()
    for path in (KIOSK, f"{KIOSK}here/", f"{KIOSK}need/", f"{KIOSK}help/"):
        assert kiosk.get(path).status_code == 403
    assert kiosk.choose().status_code == 403
    device = pair(kiosk, admin_desk, "kiosk", "LAB")
    assert kiosk.get(f"{KIOSK}here/").status_code == 204
    kiosk.go_through(who="new", name="Dora Diaz", phone="98450 12345", birth="1986")
    needs = kiosk.ask("need")
    assert "Laboratory" in needs
    assert "Outpatients" not in needs
    assert kiosk.answer("need", "OPD").status_code == 422
    kiosk.answer("need", "LAB")
    assert kiosk.answer("about", "nothing")["Location"] == f"{KIOSK}ticket/"
    issued = Event.objects.get(kind="issued")
    assert (issued.actor, issued.origin) == (device.public_id, "kiosk")
    assert kiosk.send(f"{KIOSK}help/").status_code == 302
    assert kiosk.get(WALL).status_code == 403, "a kiosk is no wall"
    devices.revoke(device, by=SYSTEM)
    assert kiosk.get(f"{KIOSK}ticket/").status_code == 403, "not even the last number is shown"
    assert kiosk.get(f"{KIOSK}here/").status_code == 403


@pytest.mark.parametrize("act", Act)
def test_what_a_machine_may_do(clinic: Clinic, opd: Department, lab: Department, act: Act) -> None:
    """A kiosk what the matrix gives it, in its departments; a wall nothing."""
    for kind in Device.Kind:
        asked, _secret = devices.ask(kind, "10.0.0.9")
        device = devices.approve(asked.code or "", "x", clinic, [opd], by=SYSTEM)
        may = any(act in MAY[one.role] and one.department_id == opd.pk for one in device.grants())
        assert may is (kind == Device.Kind.KIOSK and act in MAY[Role.KIOSK])
        assert all(one.department_id == opd.pk for one in device.grants())


def test_a_code_is_over_after_ten_minutes_and_its_row_is_gone(
    admin_desk: Browser, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_on(browser, "wall")
    later(monkeypatch, minutes=11)
    assert stage_of(browser, "wall") == "over"
    assert approve(admin_desk, code, "OPD").status_code == 404
    assert "No screen shows this code now" in admin_desk.text(f"/devices/?code={code}")
    assert code_on(browser, "wall") != code
    assert Device.objects.count() == 1


def test_who_was_let_in_comes_soon_or_asks_again(
    admin_desk: Browser, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(admin_desk, code_on(browser, "wall"), "OPD")
    later(monkeypatch, minutes=11)
    browser.post("/pair/wall/collect/")
    assert "device-wall" not in browser.cookies


def test_codes_cannot_be_guessed_for_long(admin_desk: Browser, settings: LazySettings) -> None:
    settings.RATES = {**settings.RATES, Door.PAIR: Rate(2, 60)}
    tried = [admin_desk.get("/devices/?code=BBBB-BBBB").status_code for _guess in range(3)]
    assert tried == [200, 200, 429]


def test_a_machine_has_a_limit_of_its_own(
    closed: Clinic, admin_desk: Browser, browser: Browser, settings: LazySettings
) -> None:
    other = Browser()
    for one in (browser, other):
        pair(one, admin_desk, "wall", "OPD")
    settings.RATES = {**settings.RATES, Door.DEVICE: Rate(1, 3600)}
    assert [browser.get(WALL).status_code for _look in range(2)] == [200, 429]
    assert other.get(WALL).status_code == 200


def test_a_department_lets_in_and_sends_away_only_its_own(
    clinic: Clinic,
    opd: Department,
    lab: Department,
    admin_desk: Browser,
    browser: Browser,
    logged_in: LogIn,
) -> None:
    manager = logged_in(cast.user(clinic, "mina", Role.MANAGER, lab))
    both = pair(browser, admin_desk, "wall", "OPD", "LAB")
    assert manager.send(f"/devices/{both.public_id}/revoke/").status_code == 404
    assert "Lobby" not in manager.text("/devices/")
    assert approve(manager, code_on(Browser(), "wall"), "OPD").status_code == 422
    mine = pair(Browser(), manager, "wall", "LAB")
    assert "Lobby" in manager.text("/devices/")
    assert manager.send(f"/devices/{mine.public_id}/revoke/").status_code == 302
    assert manager.send("/devices/open/", open_walls="on").status_code == 403
    admin_desk.send("/devices/open/", open_walls="on")
    clinic.refresh_from_db()
    assert (clinic.open_walls, clinic.open_kiosks) == (True, False)


def test_its_last_contact_is_written_once_a_minute(
    admin_desk: Browser, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = pair(browser, admin_desk, "wall", "OPD")
    browser.get(WALL)
    device.refresh_from_db()
    first = device.last_contact
    assert device.version
    assert device.is_alive
    browser.get(WALL)
    device.refresh_from_db()
    assert device.last_contact == first
    later(monkeypatch, minutes=3)
    assert not device.is_alive
    devices.heard_of([device.public_id])  # its socket is still there
    device.refresh_from_db()
    assert device.is_alive
    assert device.last_contact
    assert timezone.now() - device.last_contact < timedelta(seconds=5)


def test_the_list_costs_the_same_for_many(
    clinic: Clinic, opd: Department, admin_desk: Browser, django_assert_num_queries: Any
) -> None:
    def more() -> None:
        asked, _secret = devices.ask(Device.Kind.WALL, "10.0.0.9")
        devices.approve(asked.code or "", "x", clinic, [opd], by=SYSTEM)

    more()
    admin_desk.text("/devices/")
    with django_assert_num_queries(7):
        admin_desk.text("/devices/")
    more()
    more()
    with django_assert_num_queries(7):
        admin_desk.text("/devices/")


def test_a_code_is_read_however_it_is_typed() -> None:
    assert read(" bcdf-gh jk ") == "BCDFGHJK"
    assert shown("BCDFGHJK") == "BCDF-GHJK"
