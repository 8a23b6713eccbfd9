"""What happened in a department, newest first, a page at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queues.actions import calling, keys, tokens
from queues.journal import Entry, record
from queues.models import ApiKey, Clinic, Counter, DayBook, Department, Kind, Patient
from queues.rules.rights import SYSTEM, Actor, Role
from queues.screens.history import BadCursor, history
from queues.tests import cast
from queues.tests.story import nurse_of, waiting

Line = tuple[str, int]


def a_day_with(events: int, department: Department, days_ago: int) -> None:
    """A past page with so many events in it; the newest day is written last."""
    note = Entry(Kind.DEPARTMENT_CHANGED, SYSTEM, department, department.public_id)
    if events:
        record(*[note] * events)
        today = department.clinic.service_day()
        page = DayBook.objects.get(department=department, day=today)
        DayBook.objects.filter(pk=page.pk).update(day=today - timedelta(days=days_ago))


def read_through(department: Department, limit: int) -> list[Line]:
    """Page after page until the end."""
    lines: list[Line] = []
    cursor = ""
    while True:
        page = history(department, limit, cursor)
        assert len(page["items"]) <= limit
        lines += [(item["day"], item["seq"]) for item in page["items"]]
        if page["next"] is None:
            return lines
        assert len(page["items"]) == limit, "only the last page is short"
        cursor = page["next"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 7, 13, 14, 50])
def test_page_after_page_nothing_is_lost_and_nothing_comes_twice(
    limit: int, opd: Department, lab: Department
) -> None:
    days = {5: 3, 4: 1, 2: 7, 1: 2}  # days ago: events
    for days_ago, events in days.items():
        a_day_with(events, opd, days_ago)
        a_day_with(2, lab, days_ago)
    today = opd.clinic.service_day()
    expected = [
        ((today - timedelta(days=days_ago)).isoformat(), seq)
        for days_ago in sorted(days)
        for seq in range(days[days_ago], 0, -1)
    ]
    assert read_through(opd, limit) == expected


def test_what_happens_meanwhile_disturbs_no_reader(opd: Department) -> None:
    a_day_with(3, opd, 1)
    first = history(opd, 2)
    record(Entry(Kind.DEPARTMENT_CHANGED, SYSTEM, opd, opd.public_id))
    second = history(opd, 2, first["next"])
    assert [item["seq"] for item in first["items"] + second["items"]] == [3, 2, 1]


def test_an_empty_history_is_an_empty_page(opd: Department) -> None:
    assert history(opd, 50) == {"items": [], "next": None}


@pytest.mark.parametrize(
    "cursor",
    ["x", "2026-03-02", "2026-03-02.", ".5", "2026-13-02.5", "2026-03-02.5.6", "2026-03-02.-9"],
)
def test_what_is_no_cursor_is_refused(cursor: str, opd: Department) -> None:
    with pytest.raises(BadCursor):
        history(opd, 50, cursor)


def test_an_event_is_told_in_the_words_of_the_ward(
    asha: Patient, opd: Department, desk_a: Counter
) -> None:
    nadia = nurse_of(opd)
    token = calling.call(waiting(asha, opd), desk_a, by=nadia)
    tokens.cancel(token, by=nadia, note="went home")
    newest, call, _issue = history(opd, 50)["items"]
    assert (newest["kind"], newest["reason"], newest["label"]) == (
        "cancelled",
        "went home",
        "A-001",
    )
    assert (call["kind"], call["counter"], call["origin"]) == ("called", "1", "desk")
    assert call["by"] == {"kind": "user", "name": "Nadia"}
    assert call["token_id"] == str(token.public_id)
    assert (call["before"]["status"], call["after"]["status"]) == ("waiting", "called")


def test_a_key_is_told_by_its_name_and_the_server_as_such(
    clinic: Clinic, asha: Patient, opd: Department
) -> None:
    key, _secret = keys.make("front desk", Role.STAFF, clinic, None, by=SYSTEM)
    tokens.hold(waiting(asha, opd), by=ApiKey.objects.get(pk=key.pk).as_actor())
    held, issued = history(opd, 50)["items"]
    assert (held["by"], held["origin"]) == ({"kind": "key", "name": "front desk"}, "api")
    assert issued["by"]["kind"] == "system"


def test_another_departments_history_is_its_own(
    asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    waiting(asha, lab)
    assert history(opd, 50)["items"] == []
    assert [item["label"] for item in history(lab, 50)["items"]] == ["L-001"]


def test_no_name_of_a_patient_is_in_it(clinic: Clinic, opd: Department) -> None:
    patient = cast.patient(clinic, "Xanthippe")
    waiting(patient, opd)
    shown = repr(history(opd, 50))
    assert patient.name not in shown
    assert patient.phone not in shown
