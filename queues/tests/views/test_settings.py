"""The rules of a department, as its administrators set them."""

from __future__ import annotations

from typing import Any

from queues.models import Department, Event, Kind
from queues.tests.views.conftest import Browser

SETTINGS = "/desk/main/OPD/settings/"


def as_they_are(**changes: str) -> dict[str, Any]:
    return {
        "state": "open",
        "reason": "",
        "name": "Outpatients",
        "policy": "fair",
        "head_starts_paid": "45",
        "head_starts_follow_up": "30",
        "head_starts_elderly": "20",
        "head_starts_online": "10",
        "head_starts_walk_in": "0",
        **{f"hours_{day}": "" for day in range(7)},
        "last_issue": "",
        "daily_limit": "",
        "no_show_minutes": "10",
        "returns_behind": "0",
        "typical_minutes": "8",
        **changes,
    }


def test_every_setting_has_its_field(admin_desk: Browser, opd: Department) -> None:
    page = admin_desk.text(SETTINGS)
    for name in as_they_are():
        assert f'name="{name}"' in page, name


def test_saving_without_a_change_writes_nothing(admin_desk: Browser, opd: Department) -> None:
    assert admin_desk.send(SETTINGS, **as_they_are())["Location"] == SETTINGS
    assert not Event.objects.filter(kind=Kind.DEPARTMENT_CHANGED).exists()


def test_head_starts_hours_and_ticks_are_saved(admin_desk: Browser, opd: Department) -> None:
    admin_desk.send(
        SETTINGS,
        **as_they_are(
            head_starts_paid="60",
            hours_0="08:00-13:00, 14:00-18:00",
            hours_6="20:00-02:00",
            call_starts_service="on",
            last_issue="17:30",
        ),
    )
    opd.refresh_from_db()
    assert opd.head_starts["paid"] == 60
    assert opd.hours == [[0, "08:00", "13:00"], [0, "14:00", "18:00"], [6, "20:00", "02:00"]]
    assert opd.call_starts_service
    assert 'value="08:00-13:00, 14:00-18:00"' in admin_desk.text(SETTINGS)
    admin_desk.send(SETTINGS, **as_they_are())
    opd.refresh_from_db()
    assert not opd.call_starts_service
    assert opd.hours == []


def test_a_number_without_end_is_no_number(admin_desk: Browser, opd: Department) -> None:
    response = admin_desk.send(SETTINGS, **as_they_are(head_starts_paid="9" * 5000))
    assert response.status_code == 422


def test_what_makes_no_sense_comes_back_as_typed(admin_desk: Browser, opd: Department) -> None:
    typed = as_they_are(head_starts_paid="soon", hours_2="in the morning", typical_minutes="0")
    response = admin_desk.send(SETTINGS, **typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="soon"' in page
    assert 'value="in the morning"' in page
    for name in ("head_starts", "hours", "typical_minutes"):
        assert f'id="id_{name}_error"' in page


def test_a_pause_needs_a_reason_here_too(admin_desk: Browser, opd: Department) -> None:
    response = admin_desk.send(SETTINGS, **as_they_are(state="paused"))
    assert response.status_code == 422
    assert 'id="id_reason_error"' in response.content.decode()
