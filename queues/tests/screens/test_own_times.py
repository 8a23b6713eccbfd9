"""Whoever came by appointment is told their own time and the doctor's delay, wherever they look;
and nobody is told of counters that are not for them. It is ten in the morning."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from queues.actions import issuing, tokens
from queues.actions.checking_in import check_in, walk_in
from queues.actions.delays import run_late
from queues.models import (
    Appointment,
    Clinic,
    Counter,
    Department,
    Doctor,
    Patient,
    Session,
    Slot,
    Token,
)
from queues.rules.appointments import Stage
from queues.rules.priority import URGENCY, Priority
from queues.rules.rights import SYSTEM
from queues.screens import boards, desk, doctor, estimates, kiosk, queue, standing, visit, waits
from queues.screens.places import Place, places
from queues.screens.standing import SOON
from queues.tests import agenda, hours
from queues.tests.agenda import booked
from queues.tests.story import crowd, fresh, waiting

SOONER = (
    "Others whose time is earlier may come before you. If the doctor is free sooner, you may be"
    " called sooner."
)


@pytest.fixture
def clinic(clinic: Clinic) -> Clinic:
    return hours.at_ten(clinic)


@pytest.fixture(autouse=True)
def _on_the_clinics_clock(clinic: Clinic) -> Any:
    with timezone.override(clinic.zone), translation.override("en"):
        yield


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture(autouse=True)
def room(desk_a: Counter, rao: Doctor) -> Counter:
    """Counter 1; counter 2 is open too, and nobody's."""
    Counter.objects.filter(pk=desk_a.pk).update(doctor=rao)
    return fresh(desk_a)


@pytest.fixture
def six(rao: Doctor, opd: Department) -> Slot:
    """At six in the evening."""
    return agenda.slots(rao, opd, hours.today(opd.clinic, 18), capacity=3)[0]


@pytest.fixture
def ashas(six: Slot, asha: Patient) -> Token:
    """She came in the morning."""
    return here(six, asha)


def here(slot: Slot, patient: Patient, source: Priority = Priority.ONLINE) -> Token:
    return check_in(booked(slot, patient, source).appointment, by=SYSTEM)


def late(minutes: int) -> None:
    session = Session.objects.select_related("department__clinic").get()
    run_late(session, minutes, by=SYSTEM)


def place_of(token: Token) -> Place:
    found = {one.token: one for one in places(token.department, timezone.now())}
    return found[token.pk]


def expected_at(token: Token) -> datetime | None:
    return waits.expected(place_of(token).estimate, timezone.now())


def is_at(moment: datetime | None, due: datetime) -> bool:
    """Reckoned a moment before it was looked at."""
    return moment is not None and abs(moment - due) < timedelta(seconds=1)


def told(token: Token) -> dict[str, str]:
    """What the phone of its patient is told, with the spaces of every day."""
    said = visit.told(boards.newest(token.department), token.visit.label)
    return {name: text.replace("\u202f", " ") for name, text in said.items()}


# The estimate


def test_nobody_is_reckoned_before_the_time_of_their_appointment(ashas: Token, six: Slot) -> None:
    assert is_at(expected_at(ashas), six.starts_at)


def test_nor_before_the_doctor_comes(ashas: Token, six: Slot) -> None:
    late(60)
    assert is_at(expected_at(ashas), six.starts_at + timedelta(hours=1))


def test_each_of_a_slot_has_a_share_of_it_as_their_appointments_say(
    ashas: Token, six: Slot, ben: Patient, chen: Patient
) -> None:
    late(20)
    for token in (ashas, here(six, ben), here(six, chen, Priority.PAID)):
        known = Appointment.objects.select_related("slot__session").get(
            pk=token.appointment_id or 0
        )
        place = place_of(token)
        assert place.time
        assert place.time.due == estimates.expected(known)
        assert is_at(expected_at(token), place.time.due)


def test_once_it_is_their_time_they_wait_for_their_turn(
    rao: Doctor, opd: Department, asha: Patient
) -> None:
    a_minute_ago = timezone.now() - timedelta(minutes=1)
    token = here(agenda.slots(rao, opd, a_minute_ago)[0], asha)
    assert told(token)["reckoned"] == "You may be called at any moment."
    late(30)
    assert told(token)["reckoned"].startswith("You will probably be seen at about")


def test_whoever_waits_behind_is_not_held_up(
    six: Slot, opd: Department, asha: Patient, ben: Patient
) -> None:
    """Where the more urgent always go first, a free room calls her before him, and long before her
    time."""
    Department.objects.update(policy="strict")
    opd.refresh_from_db()
    hers, his = here(six, asha, Priority.PAID), waiting(ben, opd)
    assert (place_of(hers).position, place_of(his).position) == (1, 2)
    assert told(his)["wait"] == "no wait"


def test_an_emergency_waits_for_no_time(six: Slot, asha: Patient) -> None:
    token = here(six, asha, Priority.EMERGENCY)
    assert told(token)["reckoned"] == "You may be called at any moment."


def test_before_the_doctors_room_is_open_their_time_is_known(ashas: Token, six: Slot) -> None:
    Counter.objects.filter(doctor=ashas.doctor).update(is_open=False)
    assert is_at(expected_at(ashas), six.starts_at)
    assert told(ashas)["near"] == ""


def test_of_a_paused_department_no_time_is_reckoned(ashas: Token) -> None:
    Department.objects.update(state="paused", state_reason="Fire drill.")
    said = visit.told(boards.read(ashas.department), ashas.visit.label)
    assert said["reckoned"] == said["wait"] == said["expected"] == ""


# What is said


def test_the_phone_says_the_time_the_delay_and_that_it_may_be_sooner(ashas: Token) -> None:
    said = told(ashas)
    assert said["appointed"] == "Your appointment is at 6:00 PM."
    assert (said["wait"], said["expected"]) == ("", "6:00 PM")
    assert said["reckoned"] == f"You will probably be seen at about 6:00 PM. {SOONER}"
    assert said["ahead"] == "Nobody is ahead of you."
    late(60)
    said = told(ashas)
    assert said["appointed"] == (
        "Your appointment is at 6:00 PM. The doctor is about 60 minutes late."
    )
    assert said["expected"] == "7:00 PM"
    assert said["reckoned"].startswith("You will probably be seen at about 7:00 PM.")


def test_page_and_phone_say_the_same(ashas: Token) -> None:
    late(60)
    [stop] = visit.visit(ashas.visit)["live"]
    assert {"state": stop["state"], **stop["says"]} == visit.told(
        boards.newest(ashas.department), ashas.visit.label
    )


@pytest.mark.parametrize(("minutes", "near"), [(SOON - 1, True), (SOON + 2, False)])
def test_nobody_is_asked_to_stay_close_long_before_their_time(
    rao: Doctor, opd: Department, asha: Patient, minutes: int, near: bool
) -> None:
    token = here(agenda.slots(rao, opd, timezone.now() + timedelta(minutes=minutes))[0], asha)
    assert told(token)["near"] == ("You are next. Please stay close." if near else "")


def test_only_the_counters_are_counted_that_serve_them(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, chen: Patient
) -> None:
    for_rao = [issuing.issue(who, opd, by=SYSTEM, doctor=rao) for who in (asha, ben)]
    assert "reckoned from those ahead of you, 1 open counter and" in told(for_rao[1])["reckoned"]
    for_anybody = [waiting(chen, opd), *crowd(opd, 3)][-1]
    assert "2 open counters" in told(for_anybody)["reckoned"]
    Counter.objects.filter(doctor=None, department=opd).update(serves=["paid"])
    board = boards.read(opd)
    place = board.by_label[for_anybody.visit.label]
    assert isinstance(place, Place)
    assert "1 open counter and" in standing.reckoned(board, place.estimate)


def test_whoever_walked_into_a_time_that_goes_on_is_not_told_when_it_began(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient
) -> None:
    a_while_ago = timezone.now() - timedelta(minutes=10)
    slot = agenda.slots(rao, opd, a_while_ago, capacity=2, minutes=60)[0]
    booked(slot, asha)
    token = walk_in(ben, rao, opd, by=SYSTEM)
    assert token.appointment
    assert token.appointment.slot == slot
    said = told(token)
    assert said["appointed"] == ""
    assert said["reckoned"].startswith("You will probably be seen at about"), "after half of it"


def test_a_desk_and_the_doctor_see_the_time_by_the_clock(
    ashas: Token, opd: Department, rao: Doctor, ben: Patient
) -> None:
    waiting(ben, opd)
    late(60)
    now = timezone.now()
    at_desk = desk.desk(opd, my_counter="", everybody=True, now=now, just_now=now)["rows"]
    by_label = {row.label: row.to_come for row in at_desk}
    assert by_label == {ashas.visit.label: "19:00", "A-002": "no wait"}
    of_doctor = doctor._waiting(rao, opd, None, {}, now)
    assert {row.label: row.to_come for row in of_doctor} == by_label


def test_other_systems_are_told_the_same(ashas: Token, six: Slot) -> None:
    late(60)
    answer = queue.token_answer(Token.objects.get(pk=ashas.pk))
    [row] = json.loads(queue.public_queue(boards.newest(ashas.department)).body)["waiting"]
    least = (six.starts_at + timedelta(hours=1) - timezone.now()).total_seconds() / 60
    assert least <= answer["eta"]["from"] <= answer["eta"]["minutes"] <= answer["eta"]["to"]
    assert abs(row["eta_minutes"] - answer["eta"]["minutes"]) <= 1
    assert answer["eta"]["to"] <= least + 60


def test_the_kiosk_offers_a_doctor_with_the_time_that_would_be_given(
    six: Slot, opd: Department, asha: Patient, ben: Patient, chen: Patient
) -> None:
    late(30)
    [offered] = kiosk.rooms(opd, timezone.now()).doctors
    assert is_at(offered.expected, six.starts_at + timedelta(minutes=30))
    booked(six, asha)
    [offered] = kiosk.rooms(opd, timezone.now()).doctors
    given = walk_in(ben, six.doctor, opd, by=SYSTEM)
    assert offered.expected
    assert is_at(expected_at(given), offered.expected)
    booked(six, chen)
    [offered] = kiosk.rooms(opd, timezone.now()).doctors
    assert offered.expected is None, "the doctor has no time left today"


# What it costs


def by_appointment(opd: Department, rao: Doctor, size: int) -> list[Token]:
    """Many who came by appointment, three a slot."""
    queue = crowd(opd, size)
    starts = hours.today(opd.clinic, 18)
    slots = agenda.slots(rao, opd, starts, -(-size // 3), capacity=3, minutes=1)
    rows = [
        Appointment(
            clinic=opd.clinic,
            department=opd,
            doctor=rao,
            slot=slot,
            patient=token.visit.patient,
            visit=token.visit,
            status=Stage.CHECKED_IN,
            source=Priority.ONLINE,
            priority=Priority.ONLINE,
            urgency=URGENCY[Priority.ONLINE],
            number=token.issued_seq + 1,
            sequence=3,
            day=slot.day,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            link_hash=str(token.issued_seq),
            booked_at=token.arrived_at,
            checked_in_at=token.arrived_at,
            changed_at=token.arrived_at,
        )
        for slot, token in zip((slot for slot in slots for _place in range(3)), queue, strict=False)
    ]
    Appointment.objects.bulk_create(rows, batch_size=200)
    Slot.objects.update(booked=3)
    for token, row in zip(queue, Appointment.objects.order_by("number"), strict=True):
        token.appointment_id, token.doctor = row.pk, rao
    Token.objects.bulk_update(queue, ["appointment", "doctor"], batch_size=200)
    return queue


@pytest.mark.parametrize("size", [3, 600])
def test_two_more_questions_however_many_came_by_appointment(
    size: int, opd: Department, rao: Doctor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    by_appointment(opd, rao, size)
    with django_assert_num_queries(5):  # who waits, their slots, who shares these, desks, pace
        here = places(opd, timezone.now())
    assert [one.time is not None for one in here] == [True] * size
    with django_assert_num_queries(7):
        boards.read(opd)


def test_whoever_is_sent_on_is_reckoned_there_by_the_line(ashas: Token, lab: Department) -> None:
    follower = issuing.transfer(ashas, lab, by=SYSTEM)
    assert place_of(follower).time is None
    back = issuing.transfer(follower, ashas.department, by=SYSTEM)
    assert place_of(back).time is not None, "and at the doctor's by their time again"


def test_on_hold_and_back_their_time_is_still_theirs(ashas: Token) -> None:
    tokens.hold(ashas, by=SYSTEM)
    tokens.resume(ashas, by=SYSTEM)
    assert place_of(ashas).time is not None
