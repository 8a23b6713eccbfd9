"""A doctor's day: what it shows, what its buttons do, and who gets in."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from queues.actions import issuing, tokens
from queues.models import Clinic, Counter, Department, Doctor, Notice, Patient, Session, Slot, User
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda, cast, consulting
from queues.tests.consulting import arrived, booked
from queues.tests.crowd import crowd
from queues.tests.story import standing
from queues.tests.views.conftest import Browser

pytestmark = pytest.mark.django_db
PART = {"hx-request": "true"}


@pytest.fixture
def rao(clinic: Clinic, opd: Department) -> Doctor:
    doctor = agenda.doctor(opd)
    doctor.user = cast.user(clinic, "rao", Role.DOCTOR, opd)
    doctor.save()
    return doctor


@pytest.fixture
def room(rao: Doctor, opd: Department) -> Counter:
    return consulting.room(rao, opd)


@pytest.fixture
def slots(rao: Doctor, opd: Department) -> list[Slot]:
    return consulting.slots_of_today(rao, opd)


@pytest.fixture
def doctor(rao: Doctor, logged_in: Callable[[User], Browser]) -> Browser:
    assert rao.user
    return logged_in(rao.user)


def path(rao: Doctor, rest: str = "") -> str:
    return f"/doctor/{rao.public_id}/{rest}"


def test_those_who_wait_come_first_as_they_will_be_called_then_the_others_by_time(
    doctor: Browser, slots: list[Slot], room: Counter, asha: Patient, ben: Patient, chen: Patient
) -> None:
    arrived(booked(slots[1], ben))
    booked(slots[2], chen)
    arrived(booked(slots[0], asha, Priority.PAID))
    page = doctor.text("/doctor/")
    assert page.index("A-002") < page.index("A-001") < page.index("Chen")
    assert "No. 3 on the list, sequence 2," in page
    assert page.index("Still expected, by time") < page.index("Chen")
    assert "Call next" in page


def test_a_morning_by_its_buttons(
    doctor: Browser, slots: list[Slot], room: Counter, rao: Doctor, asha: Patient, ben: Patient
) -> None:
    due, token = booked(slots[1], ben), arrived(booked(slots[0], asha))
    doctor.send(path(rao, "next/"))
    assert standing(token) == "called"
    move = path(rao, f"tokens/{token.public_id}/")
    doctor.send(move, move="put_back")
    doctor.send(move, move="call")
    doctor.send(move, move="start")
    assert standing(token) == "serving"
    assert "A-001 is being served" in doctor.text("/doctor/")
    doctor.send(path(rao, f"appointments/{due.public_id}/"), do="check_in")
    due.refresh_from_db()
    assert due.status == Stage.CHECKED_IN
    doctor.send(path(rao, "next/"))
    assert standing(token) == "completed"
    assert "A-002 is called" in doctor.text("/doctor/")


def test_who_does_not_come_frees_the_place(
    doctor: Browser, slots: list[Slot], rao: Doctor, asha: Patient
) -> None:
    due = booked(slots[0], asha)
    assert 'value="miss"' in doctor.text("/doctor/")
    doctor.send(path(rao, f"appointments/{due.public_id}/"), do="miss")
    due.refresh_from_db()
    slots[0].refresh_from_db()
    assert (due.status, slots[0].booked) == (Stage.NO_SHOW, 0)
    assert doctor.send(path(rao, f"appointments/{due.public_id}/"), do="eat").status_code == 400


def test_nobody_is_missed_before_their_time(
    doctor: Browser, slots: list[Slot], rao: Doctor, asha: Patient
) -> None:
    later = booked(slots[1], asha)
    assert 'value="miss"' not in doctor.text("/doctor/")
    doctor.send(path(rao, f"appointments/{later.public_id}/"), do="miss")
    assert "and may still come" in doctor.text("/doctor/")
    later.refresh_from_db()
    assert later.status == Stage.SCHEDULED


def test_running_late_moves_every_time_and_says_how_many_are_told(
    doctor: Browser, slots: list[Slot], rao: Doctor, asha: Patient, ben: Patient
) -> None:
    arrived(booked(slots[0], asha))
    booked(slots[1], ben)
    session = Session.objects.get()
    late = path(rao, "late/")
    assert "2 patients are still to be seen" in doctor.text("/doctor/")
    doctor.send(late, session=session.public_id, minutes="20")
    page = doctor.text("/doctor/")
    assert "20 minutes late: every expected time has moved, and 2 patients are told." in page
    assert Notice.objects.filter(about=Notice.About.DOCTOR_LATE).count() == 2
    for wrong in ("soon", "-5", "9999", ""):
        answer = doctor.post(
            late,
            {"once": str(uuid4()), "session": session.public_id, "minutes": wrong},
            headers=PART,
        )
        assert "Please give" in answer.content.decode()
    session.refresh_from_db()
    assert session.delay_minutes == 20


def test_a_room_is_opened_closed_and_chosen(
    doctor: Browser, rao: Doctor, opd: Department, slots: list[Slot]
) -> None:
    assert "Choose the doctor" in doctor.text("/doctor/")
    free = cast.counter(opd, "2")
    doctor.send(path(rao, "next/"))
    assert "no open room" in doctor.text("/doctor/")
    doctor.send(path(rao, "room/"), room=free.public_id, do="open")
    free.refresh_from_db()
    assert (free.doctor, free.is_open) == (rao, True)
    doctor.send(path(rao, "room/"), room=free.public_id, do="close")
    free.refresh_from_db()
    assert not free.is_open
    Counter.objects.filter(pk=free.pk).update(doctor=agenda.doctor(opd, "Dr Sen"))
    assert doctor.send(path(rao, "room/"), room=free.public_id, do="open").status_code == 403


def test_who_was_first_is_said_and_the_part_alone_comes_back(
    doctor: Browser, slots: list[Slot], room: Counter, rao: Doctor, asha: Patient
) -> None:
    token = arrived(booked(slots[0], asha))
    tokens.hold(token, by=SYSTEM)
    move = path(rao, f"tokens/{token.public_id}/")
    answer = doctor.post(move, {"once": str(uuid4()), "move": "call"}, headers=PART)
    page = answer.content.decode()
    assert "A-001 is on hold." in page
    assert "<html" not in page


def test_another_day_shows_who_is_booked_then(
    doctor: Browser, rao: Doctor, opd: Department, asha: Patient
) -> None:
    slot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]
    booked(slot, asha)
    page = doctor.text(f"/doctor/?day={slot.day.isoformat()}")
    assert "Asha" in page
    assert "next-button" not in page
    assert "Check in" not in page
    assert "Asha" not in doctor.text("/doctor/?day=nonsense")


def test_staff_choose_a_doctor_of_their_departments_and_do_not_consult(
    desk: Browser, rao: Doctor, slots: list[Slot], room: Counter, asha: Patient
) -> None:
    arrived(booked(slots[0], asha))
    choice = desk.text("/doctor/")
    assert f"doctor={rao.public_id}" in choice
    page = desk.text(f"/doctor/?doctor={rao.public_id}")
    assert "A-001" in page
    assert "Consult<" not in page
    assert "/consultations/" not in page


def test_others_do_not_get_in(
    browser: Browser, lab_desk: Browser, stranger: Browser, rao: Doctor, slots: list[Slot]
) -> None:
    assert browser.get("/doctor/")["Location"].startswith("/login/")
    for somebody in (lab_desk, stranger):
        assert somebody.get(f"/doctor/?doctor={rao.public_id}").status_code == 404
        assert somebody.send(path(rao, "next/")).status_code == 404
    assert lab_desk.get("/doctor/?doctor=nobody").status_code == 404


def test_however_many_are_on_the_list_the_queries_are_the_same(
    doctor: Browser, rao: Doctor, opd: Department, slots: list[Slot], room: Counter
) -> None:
    people = crowd(opd.clinic, 12)
    for slot in slots:
        Slot.objects.filter(pk=slot.pk).update(capacity=9, hard_limit=9)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            doctor.text("/doctor/")
        return len(asked)

    arrived(booked(slots[0], people[0]))
    booked(slots[1], people[1])
    few = queries()
    for person in people[2:5]:
        arrived(booked(slots[0], person))
    for person in people[5:9]:
        booked(slots[2], person)
    for person in people[9:]:
        issuing.issue(person, opd, by=SYSTEM)
    assert queries() == few
