"""Somebody who has an appointment is here: it becomes a number, and goes as the number goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from queues.actions import calling, departments, issuing, rebooking, tokens
from queues.actions.booking import book
from queues.actions.checking_in import check_in, come_in, walk_in
from queues.actions.refusals import (
    AlreadyBooked,
    AlreadyWaiting,
    CannotUndo,
    DepartmentNotOpen,
    Invalid,
    Moved,
    NoSlots,
    Overlaps,
    PatientInactive,
    SlotFull,
    StaffOnly,
    TooEarly,
    WasFirst,
)
from queues.actions.undoing import undo
from queues.models import (
    Appointment,
    Clinic,
    Counter,
    Department,
    Doctor,
    Kind,
    Patient,
    Session,
    Slot,
    Token,
)
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor, ActorKind
from queues.rules.status import Status
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked, waits
from queues.tests.story import fresh, kinds, labels, refused, waiting, written
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db
PHONE = Actor(ActorKind.PATIENT, origin="phone")


@pytest.fixture(autouse=True)
def _noon(clinic: Clinic) -> Iterator[None]:
    """It is noon where the clinic is, whenever the test runs."""
    zone = f"Etc/GMT{timezone.now().hour - 12:+d}"
    Clinic.objects.filter(pk=clinic.pk).update(time_zone=zone)
    yield
    assert_slots_agree()
    assert_one_story()


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def room(desk_a: Counter, rao: Doctor) -> Counter:
    Counter.objects.filter(pk=desk_a.pk).update(doctor=rao)
    return fresh(desk_a)


def in_minutes(minutes: float) -> datetime:
    return (timezone.now() + timedelta(minutes=minutes)).replace(microsecond=0)


def slot_in(rao: Doctor, opd: Department, minutes: float, *, capacity: int = 1) -> Slot:
    """A slot of an hour that begins so long from now, or did so long ago."""
    return agenda.slots(rao, opd, in_minutes(minutes), capacity=capacity, minutes=60)[0]


def appointed(
    rao: Doctor,
    opd: Department,
    patient: Patient | None,
    minutes: float,
    source: Priority = Priority.ONLINE,
) -> Appointment:
    """An appointment so long from now, or so long ago."""
    return booked(slot_in(rao, opd, minutes), patient, source).appointment


def as_it_is(appointment: Appointment) -> Appointment:
    return Appointment.objects.get(pk=appointment.pk)


def stage(appointment: Appointment) -> str:
    return as_it_is(appointment).status


# Check in


def test_it_becomes_a_number(rao: Doctor, opd: Department, asha: Patient, nurse: Actor) -> None:
    hers = appointed(rao, opd, asha, 10)
    with written() as events:
        token = check_in(hers, by=nurse)
    now = as_it_is(hers)
    assert (now.status, now.visit) == (Stage.CHECKED_IN, token.visit)
    assert now.checked_in_at
    assert (token.appointment_id, token.doctor, token.department) == (hers.pk, rao, opd)
    assert token.priority == Priority.ONLINE
    assert kinds(events) == [Kind.ISSUED, Kind.CHECKED_IN]
    assert token.issued_seq == events[0].seq
    refusal = refused(lambda: check_in(hers, by=nurse), Moved)
    assert refusal.facts["state"] == Stage.CHECKED_IN


def test_who_is_early_waits_for_their_time(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, 45)
    early = check_in(hers, by=nurse)
    assert early.ranked_from == hers.starts_at
    waiting(ben, opd)
    assert labels(opd) == ["A-002", "A-001"], "whoever comes from the door meanwhile goes first"


def test_who_is_a_little_late_has_the_rank_of_their_time(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    waiting(ben, opd)
    hers = appointed(rao, opd, asha, -10)
    late = check_in(hers, by=nurse)
    assert (late.ranked_from, late.priority) == (hers.starts_at, Priority.ONLINE)
    assert labels(opd) == ["A-002", "A-001"]


@pytest.mark.parametrize(("age", "priority"), [(34, Priority.WALK_IN), (70, Priority.ELDERLY)])
def test_who_is_much_too_late_queues_like_from_the_door(
    rao: Doctor, opd: Department, nurse: Actor, age: int, priority: Priority
) -> None:
    somebody = cast.patient(opd.clinic, "Late", age=age)
    hers = appointed(rao, opd, somebody, -16, Priority.PAID)
    token = check_in(hers, by=nurse)
    assert token.priority == priority
    assert token.ranked_from == token.arrived_at


def test_a_doctor_who_runs_late_makes_nobody_late(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, -16, Priority.PAID)
    Session.objects.update(delay_minutes=20)
    assert check_in(hers, by=nurse).priority == Priority.PAID


def test_an_emergency_is_one_however_late(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    waiting(ben, opd)
    token = check_in(appointed(rao, opd, asha, -40, Priority.EMERGENCY), by=nurse)
    assert (token.priority, labels(opd)[0]) == (Priority.EMERGENCY, token.visit.label)


def test_those_of_one_slot_share_its_time(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    slot = slot_in(rao, opd, 10, capacity=2)
    first, second = (booked(slot, who).appointment for who in (asha, ben))
    assert check_in(second, by=nurse).ranked_from == slot.starts_at + timedelta(minutes=30)
    assert check_in(first, by=nurse).ranked_from == slot.starts_at


def test_a_place_without_a_name_is_named(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    nobodys = appointed(rao, opd, None, 10)
    refused(lambda: check_in(nobodys, by=nurse), Invalid)
    token = check_in(nobodys, by=nurse, patient=asha)
    assert (token.visit.patient, as_it_is(nobodys).patient) == (asha, asha)


def test_the_name_must_fit(rao: Doctor, opd: Department, asha: Patient, nurse: Actor) -> None:
    hers = appointed(rao, opd, asha, 10)
    ben = cast.patient(opd.clinic, "Ben")
    refused(lambda: check_in(hers, by=nurse, patient=ben), Invalid)
    nobodys = appointed(rao, opd, None, 90)
    refused(lambda: check_in(nobodys, by=nurse, patient=asha), AlreadyBooked)
    Patient.objects.filter(pk=asha.pk).update(is_active=False)
    refused(lambda: check_in(hers, by=nurse), PatientInactive)


def test_who_was_missed_and_comes_after_all_has_their_place_again(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, -5)
    rebooking.miss(hers, by=nurse)
    with written() as events:
        token = check_in(hers, by=nurse)
    now = as_it_is(hers)
    assert (now.status, now.holds, now.once, now.visit) == (
        Stage.CHECKED_IN,
        True,
        True,
        token.visit,
    )
    assert kinds(events) == [Kind.ISSUED, Kind.CHECKED_IN]
    assert events[1].before == {"status": "no_show"}


def test_who_was_missed_has_no_place_that_another_got(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, -5)
    rebooking.miss(hers, by=nurse)
    walk_in(ben, rao, opd, by=nurse)
    refusal = refused(lambda: check_in(hers, by=nurse), SlotFull)
    assert "given to somebody else" in refusal.sentence


def test_who_was_missed_and_booked_anew_has_that_one(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, -5)
    rebooking.miss(hers, by=nurse)
    anew = appointed(rao, opd, asha, 60)
    refused(lambda: check_in(hers, by=nurse), AlreadyBooked)
    assert check_in(anew, by=nurse).appointment == anew


def test_who_was_called_in_vain_comes_back_with_the_number(
    rao: Doctor, opd: Department, asha: Patient, room: Counter, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, -5)
    token = check_in(hers, by=nurse)
    tokens.no_show(calling.call(token, room, by=nurse), by=nurse)
    refused(lambda: check_in(hers, by=nurse), Moved)


def test_on_another_day_and_too_early_by_phone(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    tomorrows = booked(
        agenda.slots(rao, opd, timezone.now() + timedelta(days=1))[0], asha
    ).appointment
    refused(lambda: check_in(tomorrows, by=nurse), TooEarly)
    later = appointed(rao, opd, ben, 70)
    refusal = refused(lambda: check_in(later, by=PHONE), TooEarly)
    opens = datetime.fromisoformat(refusal.facts["opens_at"])
    assert opens == later.starts_at - timedelta(minutes=60)
    check_in(later, by=nurse)


def test_by_phone_near_the_time(rao: Doctor, opd: Department, asha: Patient) -> None:
    assert check_in(appointed(rao, opd, asha, 50), by=PHONE).status == Status.WAITING


def test_in_a_pause_they_come_and_wait_but_not_where_it_is_closed(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    first, second = appointed(rao, opd, asha, 10), appointed(rao, opd, ben, 80)
    departments.change(opd, {"state": "paused", "state_reason": "lunch"}, by=SYSTEM)
    check_in(first, by=nurse)
    departments.change(opd, {"state": "closed"}, by=SYSTEM)
    refused(lambda: check_in(second, by=nurse), DepartmentNotOpen)


def test_who_holds_a_number_keeps_it_and_waits_once_in_one_place(
    rao: Doctor, opd: Department, lab: Department, asha: Patient, nurse: Actor
) -> None:
    in_lab = waiting(asha, lab)
    hers = appointed(rao, opd, asha, 10)
    assert check_in(hers, by=nurse).visit == in_lab.visit
    other = agenda.doctor(opd, "Dr Sen")
    again = booked(slot_in(other, opd, 90), asha).appointment
    refused(lambda: check_in(again, by=nurse), AlreadyWaiting)


# From the door


def test_from_the_door_into_the_first_slot_with_room(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    agenda.full(slot_in(rao, opd, -5))
    free = slot_in(rao, opd, 55)
    with written() as events:
        token = walk_in(asha, rao, opd, by=nurse)
    theirs = Appointment.objects.get(patient=asha)
    assert (theirs.slot, theirs.status, theirs.visit) == (free, Stage.CHECKED_IN, token.visit)
    assert (token.ranked_from, token.priority) == (free.starts_at, Priority.WALK_IN)
    assert kinds(events) == [Kind.ISSUED, Kind.BOOKED]
    assert token.issued_seq == events[0].seq


def test_in_a_slot_that_has_begun_they_are_ranked_from_now(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    slot = slot_in(rao, opd, -5)
    token = walk_in(asha, rao, opd, by=nurse)
    assert slot.starts_at < token.ranked_from <= timezone.now()


def test_an_emergency_from_the_door_makes_somebody_give_way(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    now, later = slot_in(rao, opd, -5), slot_in(rao, opd, 55)
    (first,) = agenda.full(now)
    token = walk_in(asha, rao, opd, by=nurse, source=Priority.EMERGENCY)
    assert token.priority == Priority.EMERGENCY
    assert Appointment.objects.get(patient=asha).slot == now
    assert as_it_is(first).slot == later


def test_where_all_are_here_an_emergency_takes_the_next_slot(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    check_in(appointed(rao, opd, ben, -5), by=nurse)
    later = slot_in(rao, opd, 55)
    walk_in(asha, rao, opd, by=nurse, source=Priority.EMERGENCY)
    assert Appointment.objects.get(patient=asha).slot == later


def test_who_cannot_come_in(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    refused(lambda: walk_in(asha, rao, opd, by=nurse), NoSlots)
    hers = appointed(rao, opd, asha, 10)
    refused(lambda: walk_in(ben, rao, opd, by=nurse), SlotFull)
    slot_in(rao, opd, 70)
    refused(lambda: walk_in(asha, rao, opd, by=nurse), AlreadyBooked)
    kiosk = cast.kiosk(opd.clinic)
    for source in (Priority.EMERGENCY, Priority.PAID, Priority.FOLLOW_UP):
        refused(partial(walk_in, ben, rao, opd, by=kiosk, source=source), StaffOnly)
    departments.change(opd, {"state": "paused", "state_reason": "lunch"}, by=SYSTEM)
    refused(lambda: walk_in(ben, rao, opd, by=nurse), DepartmentNotOpen)
    assert stage(hers) == Stage.SCHEDULED


def test_a_slot_that_they_cannot_come_to_is_passed_over(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    """Asha sees another doctor then."""
    at_once, later = slot_in(rao, opd, 5), slot_in(rao, opd, 65)
    sen = agenda.doctor(opd, "Dr Sen")
    booked(agenda.slots(sen, opd, at_once.starts_at)[0], asha)
    walk_in(asha, rao, opd, by=nurse)
    assert Appointment.objects.get(patient=asha, doctor=rao).slot == later
    Slot.objects.filter(pk=later.pk).update(is_open=False, is_free=False)
    ben = cast.patient(opd.clinic, "Ben")
    booked(agenda.slots(agenda.doctor(opd, "Dr Li"), opd, at_once.starts_at)[0], ben)
    refused(lambda: walk_in(ben, rao, opd, by=nurse), Overlaps)


def test_coming_in_goes_by_slots_only_where_there_are_some(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, chen: Patient, nurse: Actor
) -> None:
    assert come_in(asha, opd, by=nurse).appointment is None
    assert come_in(ben, opd, by=nurse, doctor=rao).appointment is None
    slot_in(rao, opd, 5)
    assert come_in(chen, opd, by=nurse, doctor=rao).appointment is not None


def test_a_nights_work_is_of_the_day_on_which_it_began(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    """Its slots after midnight have the day on which the session began."""
    slot = slot_in(rao, opd, 5)
    Slot.objects.filter(pk=slot.pk).update(day=slot.day - timedelta(days=1))
    assert walk_in(asha, rao, opd, by=nurse).appointment is not None


# As the number goes


def in_the_room(appointment: Appointment, room: Counter, nurse: Actor) -> Token:
    token = check_in(appointment, by=nurse)
    calling.call(token, fresh(room), by=nurse)
    return tokens.start(token, by=nurse)


def test_called_served_and_completed(
    rao: Doctor, opd: Department, room: Counter, asha: Patient, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, 5)
    token = in_the_room(hers, room, nurse)
    assert stage(hers) == Stage.IN_CONSULTATION
    tokens.complete(token, by=nurse)
    assert stage(hers) == Stage.COMPLETED
    undo(token, by=nurse)
    assert stage(hers) == Stage.IN_CONSULTATION
    undo_is_not_twice = refused(lambda: undo(token, by=nurse), CannotUndo)
    assert undo_is_not_twice.sentence


def test_called_absent_and_back(
    rao: Doctor, opd: Department, room: Counter, asha: Patient, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, 5)
    token = check_in(hers, by=nurse)
    calling.call(token, fresh(room), by=nurse)
    tokens.no_show(token, by=nurse)
    assert (stage(hers), as_it_is(hers).holds) == (Stage.NO_SHOW, True)
    tokens.return_(token, by=nurse)
    assert stage(hers) == Stage.CHECKED_IN


def test_to_the_lab_and_back(
    rao: Doctor, opd: Department, lab: Department, room: Counter, asha: Patient, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, 5)
    token = in_the_room(hers, room, nurse)
    in_lab = issuing.transfer(token, lab, by=nurse)
    assert (stage(hers), in_lab.appointment) == (Stage.CHECKED_IN, None)
    back = issuing.transfer(in_lab, opd, by=nurse)
    assert (back.appointment_id, back.doctor) == (hers.pk, rao)
    assert back.ranked_from == token.ranked_from
    undo(back, by=nurse)
    assert stage(hers) == Stage.CHECKED_IN, "taking back the way back does not cancel it"
    back = issuing.transfer(in_lab, opd, by=nurse)
    calling.call(back, fresh(room), by=nurse)
    tokens.complete(back, by=nurse)
    assert stage(hers) == Stage.COMPLETED


def test_who_goes_again_frees_the_place(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, 5)
    token = check_in(hers, by=nurse)
    entry = waits(ben, doctor=rao)
    with written() as events:
        tokens.cancel(token, by=nurse)
    assert (stage(hers), as_it_is(hers).holds) == (Stage.CANCELLED, None)
    entry.refresh_from_db()
    assert entry.status == "booked"
    assert sorted(kinds(events)) == [Kind.CANCELLED, Kind.PLACE_GIVEN]
    refusal = refused(lambda: undo(token, by=nurse), CannotUndo)
    assert refusal.sentence == "The place was given to somebody else."


def test_cancelling_the_appointment_ends_the_number(
    rao: Doctor, opd: Department, room: Counter, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, 5)
    token = check_in(hers, by=nurse)
    with written() as events:
        cancelled = rebooking.cancel(hers, by=nurse)
    assert cancelled.status == Stage.CANCELLED
    assert Token.objects.get(pk=token.pk).status == Status.CANCELLED
    assert kinds(events) == [Kind.CANCELLED]
    his = appointed(rao, opd, ben, 80)
    in_the_room(his, room, nurse)
    refused(lambda: rebooking.cancel(his, by=nurse), Moved)
    refused(lambda: tokens.cancel(Token.objects.get(appointment=his), by=nurse), WasFirst)


def test_taking_it_back_takes_the_place_back(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    hers = appointed(rao, opd, asha, 5)
    token = check_in(hers, by=nurse)
    tokens.cancel(token, by=nurse)
    undo(token, by=nurse)
    now = as_it_is(hers)
    assert (now.status, now.holds, now.once) == (Stage.CHECKED_IN, True, True)


def test_it_is_not_taken_back_once_they_booked_anew(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    token = check_in(appointed(rao, opd, asha, 5), by=nurse)
    tokens.cancel(token, by=nurse)
    book(asha, slot_in(rao, opd, 70), Priority.ONLINE, by=nurse)
    refused(lambda: undo(token, by=nurse), CannotUndo)
