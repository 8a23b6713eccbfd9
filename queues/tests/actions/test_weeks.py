"""A doctor's week becomes sessions and slots; a change of it never loses who is booked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from queues.actions import making_slots, rebooking, schedule, waitlists
from queues.actions.refusals import HasBookings, Invalid, TimesOverlap
from queues.actions.wishes import Wish
from queues.models import (
    Appointment,
    Clinic,
    Counter,
    Department,
    Doctor,
    Event,
    ExtraSession,
    Kind,
    Leave,
    Notice,
    Patient,
    ScheduleRule,
    Session,
    Slot,
    WaitlistEntry,
)
from queues.rules.appointments import Stage
from queues.rules.bookings import Fate
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked, waits
from queues.tests.hours import at_ten, today
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db
NINE, TEN, NOON = time(9), time(10), time(12)


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def day(clinic: Clinic) -> date:
    """A day ahead, the same weekday as no other before it."""
    return timezone.now().astimezone(clinic.zone).date() + timedelta(days=3)


def rule(doctor: Doctor, department: Department, on: date, **hours: Any) -> ScheduleRule:
    given = {"opens": NINE, "closes": NOON, "slot_minutes": 30, **hours}
    row = ScheduleRule(
        doctor=doctor, department=department, weekday=on.weekday(), starts_on=on, **given
    )
    return schedule.add(row, by=SYSTEM, at=department.clinic)


def away(doctor: Doctor, clinic: Clinic, on: date, fate: Fate | None = None, **hours: Any) -> Leave:
    leave = Leave(doctor=doctor, starts_on=on, ends_on=on, **hours)
    return schedule.add(leave, by=SYSTEM, at=clinic, fate=fate)


def open_slots(doctor: Doctor, on: date) -> list[Slot]:
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    return list(known.filter(doctor=doctor, day=on, is_open=True).order_by("starts_at"))


def clocks(slots: list[Slot]) -> list[str]:
    zone = slots[0].session.department.clinic.zone
    return [f"{slot.starts_at.astimezone(zone):%H:%M}" for slot in slots]


def test_a_rule_makes_the_slots_of_all_its_days(rao: Doctor, opd: Department, day: date) -> None:
    made = rule(rao, opd, day, capacity=2, hard_limit=3)
    days = Session.objects.filter(rule=made).values_list("day", flat=True)
    assert set(days) == {day + timedelta(weeks=week) for week in range(4)}
    slots = open_slots(rao, day)
    assert clocks(slots) == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    assert {(slot.capacity, slot.hard_limit, slot.is_free) for slot in slots} == {(2, 3, True)}
    assert {slot.specialty for slot in slots} == {"cardiology"}
    assert Event.objects.get(kind=Kind.SCHEDULE_CHANGED).subject == made.public_id
    assert Event.objects.get(kind=Kind.SLOTS_CHANGED).after == {"made": 24}
    assert_one_story()


def test_made_once_nothing_is_made_again(rao: Doctor, opd: Department, day: date) -> None:
    rule(rao, opd, day)
    before = list(Slot.objects.values_list("pk", flat=True))
    assert making_slots.make_slots() == 0
    assert list(Slot.objects.values_list("pk", flat=True)) == before
    assert Event.objects.filter(kind=Kind.SLOTS_CHANGED).count() == 1


def test_the_clock_makes_what_comes_into_reach(rao: Doctor, opd: Department, day: date) -> None:
    rule(rao, opd, day)
    Clinic.objects.update(books_days_ahead=35)
    assert making_slots.make_slots() == 6
    assert making_slots.make_slots() == 0


def test_what_comes_into_reach_goes_to_whoever_waits(
    rao: Doctor, opd: Department, day: date, asha: Patient
) -> None:
    rule(rao, opd, day)
    for slot in Slot.objects.in_full():
        booked(slot, None, Priority.PAID)
    entry = waits(asha, doctor=rao)
    Clinic.objects.update(books_days_ahead=35)
    assert making_slots.make_slots() == 6
    entry.refresh_from_db()
    assert entry.appointment
    assert entry.appointment.day == day + timedelta(weeks=4)
    assert_slots_agree()
    assert_one_story()


def test_a_doctor_gets_a_room_to_call_from(rao: Doctor, opd: Department, day: date) -> None:
    rule(rao, opd, day)
    room = Counter.objects.get(doctor=rao)
    assert (room.code, room.department, room.is_open) == ("R1", opd, True)
    rule(rao, opd, day + timedelta(days=1))
    assert Counter.objects.filter(doctor=rao).count() == 1
    sen = agenda.doctor(opd, "Dr Sen")
    named = Counter.objects.create(department=opd, code="R7", is_open=True)
    rule(sen, opd, day, room=named)
    assert Counter.objects.get(doctor=sen) == named


def test_two_rules_cannot_overlap(rao: Doctor, opd: Department, lab: Department, day: date) -> None:
    rule(rao, opd, day)
    with pytest.raises(TimesOverlap) as refused:
        rule(rao, lab, day, opens=time(11), closes=time(13))
    assert "09:00-12:00" in refused.value.sentence
    assert ScheduleRule.objects.count() == 1
    rule(rao, lab, day, opens=NOON, closes=time(13))
    extra = ExtraSession(doctor=rao, department=opd, day=day, opens=TEN, closes=NOON)
    with pytest.raises(TimesOverlap):
        schedule.add(extra, by=SYSTEM, at=opd.clinic)


def test_a_limit_below_the_places_is_refused(rao: Doctor, opd: Department, day: date) -> None:
    with pytest.raises(Invalid):
        rule(rao, opd, day, capacity=3, hard_limit=2)


def test_an_extra_session_is_one_day(rao: Doctor, opd: Department, day: date) -> None:
    extra = ExtraSession(doctor=rao, department=opd, day=day, opens=NINE, closes=TEN)
    schedule.add(extra, by=SYSTEM, at=opd.clinic)
    assert clocks(open_slots(rao, day)) == ["09:00", "09:15", "09:30", "09:45"]
    schedule.remove(extra, by=SYSTEM, at=opd.clinic)
    assert not Slot.objects.exists()
    assert not Session.objects.exists()


def test_a_leave_takes_what_nobody_booked(rao: Doctor, opd: Department, day: date) -> None:
    rule(rao, opd, day)
    leave = away(rao, opd.clinic, day, opens=NINE, closes=TEN)
    assert clocks(open_slots(rao, day)) == ["10:00", "10:30", "11:00", "11:30"]
    assert Session.objects.get(day=day).starts_at == open_slots(rao, day)[0].starts_at
    schedule.remove(leave, by=SYSTEM, at=opd.clinic)
    assert len(open_slots(rao, day)) == 6
    assert Session.objects.filter(day=day).count() == 1
    away(rao, opd.clinic, day)
    assert not Slot.objects.filter(day=day).exists()
    assert not Session.objects.filter(day=day).exists()


@pytest.fixture
def three(rao: Doctor, opd: Department, day: date) -> list[Appointment]:
    """The first three half hours are booked."""
    rule(rao, opd, day)
    people = [cast.patient(opd.clinic, name) for name in ("Asha", "Ben", "Chen")]
    slots = open_slots(rao, day)
    return [booked(slots[i], one).appointment for i, one in enumerate(people)]


def standing(bookings: list[Appointment]) -> list[tuple[str, Any]]:
    for one in bookings:
        one.refresh_from_db()
    return [(one.status, one.slot) for one in bookings]


def test_without_an_answer_nothing_happens(
    rao: Doctor, opd: Department, day: date, three: list[Appointment]
) -> None:
    before = list(Slot.objects.order_by("pk").values())
    with pytest.raises(HasBookings) as refused:
        away(rao, opd.clinic, day, opens=NINE, closes=TEN)
    assert refused.value.bookings == three[:2]
    assert refused.value.facts["bookings"] == 2
    assert list(Slot.objects.order_by("pk").values()) == before
    assert not Leave.objects.exists()


def test_they_stay_and_nobody_new_is_booked(
    rao: Doctor, opd: Department, day: date, three: list[Appointment]
) -> None:
    was = standing(three)
    leave = away(rao, opd.clinic, day, Fate.KEEP, opens=NINE, closes=TEN)
    assert standing(three) == was
    assert clocks(open_slots(rao, day)) == ["10:00", "10:30", "11:00", "11:30"]
    assert making_slots.make_slots() == 0
    schedule.remove(leave, by=SYSTEM, at=opd.clinic)
    assert len(open_slots(rao, day)) == 6
    assert standing(three) == was
    assert_slots_agree()


def test_they_move_to_the_next_free_times(
    rao: Doctor, opd: Department, day: date, three: list[Appointment]
) -> None:
    away(rao, opd.clinic, day, Fate.MOVE, opens=NINE, closes=TEN)
    half_past_ten, eleven = open_slots(rao, day)[1:3]
    assert standing(three)[:2] == [(Stage.SCHEDULED, half_past_ten), (Stage.SCHEDULED, eleven)]
    told = Notice.objects.filter(about=Notice.About.MOVED)
    assert {notice.appointment for notice in told} == set(three[:2])
    event = Event.objects.get(kind=Kind.RESCHEDULED, subject=three[0].public_id)
    assert event.note == Kind.SCHEDULE_CHANGED
    assert_slots_agree()
    assert_one_story()


def test_nobody_is_moved_to_a_time_before_theirs(
    rao: Doctor, opd: Department, day: date, three: list[Appointment]
) -> None:
    """Nine o'clock is free, and so is no time after ten."""
    last = three[2]
    Slot.objects.filter(doctor=rao, starts_at__gt=last.starts_at).update(is_free=False, capacity=0)
    rebooking.cancel(three[0], by=SYSTEM)
    assert open_slots(rao, day)[0].is_free
    away(rao, opd.clinic, day, Fate.MOVE, opens=TEN, closes=NOON)
    assert standing([last]) == [(Stage.DISPLACED, None)]
    assert WaitlistEntry.objects.get().appointment == last


def test_each_moves_to_where_the_next_one_was(
    rao: Doctor, opd: Department, lab: Department, clinic: Clinic
) -> None:
    """A quarter of an hour after the first has begun the doctor goes to the Lab: nobody is moved to
    a time that has begun, so all of them come half an hour later, each in the place of the next."""
    at_ten(clinic)
    opd, lab = (Department.objects.select_related("clinic").get(pk=p.pk) for p in (opd, lab))
    nine_45 = today(opd.clinic) - timedelta(minutes=75)
    row = rule(rao, opd, nine_45.date(), opens=nine_45.time(), closes=time(13, 15))
    slots = open_slots(rao, nine_45.date())
    three = [booked(slot, None).appointment for slot in slots[:3]]
    schedule.change(row, {"department": lab}, by=SYSTEM, at=opd.clinic, fate=Fate.MOVE)
    assert standing(three) == [(Stage.SCHEDULED, slot) for slot in slots[1:4]]
    assert {slot.session.department for slot in open_slots(rao, nine_45.date())} == {lab}
    assert_slots_agree()
    assert_one_story()


def test_an_offer_in_a_time_that_goes_is_made_again_elsewhere(
    rao: Doctor, opd: Department, day: date, asha: Patient
) -> None:
    """To a family, as a whole: of its two places only one is in the hour that goes."""
    Clinic.objects.update(offer_minutes=10)
    rule(rao, opd, day)
    entry = waits(asha, doctor=rao, places=2, latest=day)
    offered = Appointment.objects.filter(party=entry.public_id, status=Stage.WAITLISTED)
    assert clocks([one.slot for one in offered.order_by("pk") if one.slot]) == ["09:00", "09:30"]
    away(rao, opd.clinic, day, Fate.MOVE, opens=NINE, closes=time(9, 30))
    entry.refresh_from_db()
    assert entry.status == WaitlistEntry.Status.OFFERED
    assert clocks([one.slot for one in offered.order_by("pk") if one.slot]) == ["09:30", "10:00"]
    assert_slots_agree()
    assert_one_story()


def test_without_a_free_time_they_head_the_waitlist(
    rao: Doctor, opd: Department, day: date, three: list[Appointment]
) -> None:
    Clinic.objects.update(books_days_ahead=5)
    later = Slot.objects.filter(doctor=rao, day__gt=day)
    Session.objects.filter(pk__in=later.values("session")).update(by_hand=False)
    later.update(is_open=False, is_free=False)
    away(rao, opd.clinic, day, Fate.MOVE)
    assert standing(three) == [(Stage.DISPLACED, None)] * 3
    entries = WaitlistEntry.objects.in_order()
    assert [(entry.appointment, entry.at_head) for entry in entries] == [(o, True) for o in three]
    assert Notice.objects.filter(about=Notice.About.ON_WAITLIST).count() == 3
    extra = ExtraSession(
        doctor=rao, department=opd, day=day + timedelta(days=1), opens=NINE, closes=TEN
    )
    schedule.add(extra, by=SYSTEM, at=opd.clinic)
    assert [status for status, _slot in standing(three)] == [Stage.SCHEDULED] * 3
    assert_slots_agree()
    assert_one_story()


def test_they_are_cancelled_and_told(
    rao: Doctor, opd: Department, day: date, three: list[Appointment]
) -> None:
    away(rao, opd.clinic, day, Fate.CANCEL)
    assert [status for status, _slot in standing(three)] == [Stage.CANCELLED] * 3
    assert Notice.objects.filter(about=Notice.About.CANCELLED).count() == 3
    assert Event.objects.filter(kind=Kind.BOOKING_CANCELLED).count() == 3
    assert not open_slots(rao, day)
    assert Slot.objects.filter(day=day).count() == 3, "what was booked once is only closed"
    assert_slots_agree()
    assert_one_story()


def test_other_slot_lengths_find_everybody_a_place(
    rao: Doctor, opd: Department, day: date, three: list[Appointment]
) -> None:
    row = ScheduleRule.objects.get()
    with pytest.raises(HasBookings):
        schedule.change(row, {"slot_minutes": 20}, by=SYSTEM, at=opd.clinic)
    schedule.change(row, {"slot_minutes": 20}, by=SYSTEM, at=opd.clinic, fate=Fate.MOVE)
    assert clocks(open_slots(rao, day))[:4] == ["09:00", "09:20", "09:40", "10:00"]
    zone = opd.clinic.zone
    slots = [slot for _status, slot in standing(three)]
    assert [f"{slot.starts_at.astimezone(zone):%H:%M}" for slot in slots] == [
        "09:00",
        "09:40",
        "10:00",
    ]
    assert [one.ends_at for one in three] == [slot.ends_at for slot in slots]
    assert_slots_agree()


def test_what_was_kept_stands_in_the_way_of_new_slots(
    rao: Doctor, opd: Department, day: date, three: list[Appointment]
) -> None:
    row = ScheduleRule.objects.get()
    was = standing(three)
    schedule.change(row, {"slot_minutes": 20}, by=SYSTEM, at=opd.clinic, fate=Fate.KEEP)
    assert standing(three) == was
    assert clocks(open_slots(rao, day)) == ["10:40", "11:00", "11:20", "11:40"]
    assert_slots_agree()


def test_more_places_touch_nobody_and_go_to_the_waitlist(
    rao: Doctor, opd: Department, day: date, three: list[Appointment]
) -> None:
    dora = cast.patient(opd.clinic, "Dora")
    first = open_slots(rao, day)[0]
    entry = waitlists.join(dora, Wish(slot=first), Priority.WALK_IN, by=SYSTEM)
    assert entry.status == "waiting"
    row = ScheduleRule.objects.get()
    schedule.change(row, {"capacity": 2, "hard_limit": 2}, by=SYSTEM, at=opd.clinic)
    entry.refresh_from_db()
    assert (entry.status, entry.appointment and entry.appointment.slot) == ("booked", first)
    assert_slots_agree()


def test_fewer_places_ask_about_the_least_urgent(rao: Doctor, opd: Department, day: date) -> None:
    row = rule(rao, opd, day, capacity=2, hard_limit=2)
    first = open_slots(rao, day)[0]
    booked(first, None, Priority.PAID)
    last = booked(first, None, Priority.WALK_IN).appointment
    fewer = {"capacity": 1, "hard_limit": 1}
    with pytest.raises(HasBookings) as refused:
        schedule.change(row, fewer, by=SYSTEM, at=opd.clinic)
    assert refused.value.bookings == [last]
    schedule.change(row, fewer, by=SYSTEM, at=opd.clinic, fate=Fate.MOVE)
    last.refresh_from_db()
    assert last.slot == open_slots(rao, day)[1]
    assert_slots_agree()


def test_another_department_moves_nobody_unasked(
    rao: Doctor, opd: Department, lab: Department, day: date, three: list[Appointment]
) -> None:
    row = ScheduleRule.objects.get()
    there = {"department": lab}
    with pytest.raises(HasBookings):
        schedule.change(row, there, by=SYSTEM, at=opd.clinic)
    schedule.change(row, there, by=SYSTEM, at=opd.clinic, fate=Fate.MOVE)
    standing(three)
    assert {one.department_id for one in three} == {lab.pk}
    assert {slot.session.department for slot in open_slots(rao, day)} == {lab}
    assert_slots_agree()


def test_another_department_with_those_who_stay_behind(
    rao: Doctor, opd: Department, lab: Department, day: date, three: list[Appointment]
) -> None:
    was = standing(three)
    row = ScheduleRule.objects.get()
    schedule.change(row, {"department": lab}, by=SYSTEM, at=opd.clinic, fate=Fate.KEEP)
    assert standing(three) == was
    assert Session.objects.filter(day=day).count() == 2
    assert clocks(open_slots(rao, day)) == ["10:30", "11:00", "11:30"]
    assert_slots_agree()


def test_a_night_goes_on_past_midnight(rao: Doctor, opd: Department, day: date) -> None:
    rule(rao, opd, day, opens=time(22), closes=time(2), slot_minutes=60)
    slots = open_slots(rao, day)
    assert clocks(slots) == ["22:00", "23:00", "00:00", "01:00"]
    assert {slot.day for slot in slots} == {day}


def test_a_removed_rule_leaves_the_past_alone(
    rao: Doctor, opd: Department, day: date, three: list[Appointment]
) -> None:
    ago = datetime.now(tz=opd.clinic.zone) - timedelta(days=2)
    past = agenda.slots(rao, opd, ago)[0]
    schedule.remove(ScheduleRule.objects.get(), by=SYSTEM, at=opd.clinic, fate=Fate.KEEP)
    assert Slot.objects.get(pk=past.pk).is_open
    assert not open_slots(rao, day)
    row = rule(rao, opd, day)
    assert clocks(open_slots(rao, day)) == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    assert Session.objects.filter(day=day, rule=row).count() == 1
    assert_slots_agree()
