"""Slots are made, and weeks changed, by several at once: never twice, never over one another."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from queues import journal
from queues.actions import making_slots, rebooking, schedule, weeks
from queues.actions.booking import book
from queues.actions.refusals import HasBookings, Refused, TimesOverlap
from queues.actions.resizing import Places, resize
from queues.actions.setting_hours import Wanted, set_hours
from queues.actions.transactions import Overtaken
from queues.models import Appointment, Department, Doctor, Event, Kind, Leave, ScheduleRule, Slot
from queues.rules.appointments import Stage
from queues.rules.bookings import Fate
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda
from queues.tests.agenda import assert_slots_agree, waits
from queues.tests.crowd import crowd
from queues.tests.races.together import deadlocks, losers, meeting, together, winners
from queues.tests.witness import assert_one_story, count

pytestmark = pytest.mark.django_db(transaction=True)

HANDS, DEEDS = (12, 12) if connection.vendor != "sqlite" else (4, 12)


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def day(opd: Department) -> date:
    return agenda.tomorrow(opd.clinic).date()


def week(doctor: Doctor, department: Department, day: date, opens: int = 9) -> ScheduleRule:
    return ScheduleRule(
        doctor=doctor,
        department=department,
        weekday=day.weekday(),
        starts_on=day,
        opens=time(opens),
        closes=time(opens + 3),
        slot_minutes=30,
    )


def test_two_who_make_slots_at_once_make_them_once(rao: Doctor, opd: Department, day: date) -> None:
    week(rao, opd, day).save()  # as if it had been restored from a backup: no slots yet
    made = together([making_slots.make_slots] * 4)
    assert sorted(winners(made)) == [0, 0, 0, 24]
    assert Slot.objects.count() == 24
    assert count(Kind.SLOTS_CHANGED) == 1
    assert_one_story()


def test_two_overlapping_rules_at_once_are_one(rao: Doctor, opd: Department, day: date) -> None:
    rows = [week(rao, opd, day, opens) for opens in (9, 10, 11)]
    outcomes = together(
        [partial(schedule.add, row, by=SYSTEM, at=opd.clinic) for row in rows],
    )
    assert len(winners(outcomes)) == 1
    assert {type(refused) for refused in losers(outcomes)} == {TimesOverlap}
    assert Slot.objects.count() == 24
    assert ScheduleRule.objects.count() == 1


def test_slots_that_go_while_they_are_booked(rao: Doctor, opd: Department, day: date) -> None:
    """Whoever books is moved with all others, or is told that there is no such time any more."""
    schedule.add(week(rao, opd, day), by=SYSTEM, at=opd.clinic)
    slots = list(
        Slot.objects.filter(day=day).select_related("session__department__clinic", "doctor")
    )
    people = crowd(opd.clinic, len(slots))
    leave = Leave(doctor=rao, starts_on=day, ends_on=day)
    acts: list[Callable[[], object]] = [
        partial(schedule.add, leave, by=SYSTEM, at=opd.clinic, fate=Fate.MOVE),
        *(
            partial(book, one, slot, Priority.ONLINE, by=SYSTEM)
            for one, slot in zip(people, slots, strict=True)
        ),
    ]
    outcomes = together(acts)
    assert winners(outcomes)
    assert not Slot.objects.filter(day=day, is_open=True).exists()
    assert not Slot.objects.filter(day=day, booked__gt=0).exists()
    assert_slots_agree()
    assert_one_story()


def test_places_of_many_slots_change_while_they_are_booked(
    rao: Doctor, opd: Department, day: date
) -> None:
    """By a rule of the week, by hours that are set, one by one; in any order, and whoever waits gets
    what there is more. All slots are held before the page is, so the database finds no deadlock."""
    rule = schedule.add(week(rao, opd, day), by=SYSTEM, at=opd.clinic)
    slots = list(Slot.objects.in_full().filter(day=day).order_by("starts_at"))
    folk = crowd(opd.clinic, HANDS)
    before = deadlocks()

    def hand(number: int) -> list[Refused]:
        chance, refusals = random.Random(number), []
        for _deed in range(DEEDS):
            slot, capacity = chance.choice(slots), chance.choice([1, 2, 3])
            some = chance.sample(slots, 4)
            deeds: list[Callable[[], object]] = [
                partial(set_hours, rao, opd, _wanted(some, capacity), by=SYSTEM),
                partial(resize, slot, Places(capacity, capacity), by=SYSTEM),
                partial(_change_rule, rule, capacity),
                partial(book, None, slot, chance.choice(list(Priority)), by=SYSTEM),
                partial(waits, folk[number], doctor=rao, times_of_day=["morning"]),
                partial(_cancel_one, slot),
            ]
            try:
                chance.choice(deeds)()
            except Refused as refusal:
                refusals.append(refusal)
        return refusals

    refusals = together([partial(hand, number) for number in range(HANDS)])
    assert deadlocks() == before
    assert not [one for each in winners(refusals) for one in each if isinstance(one, Overtaken)]
    assert_slots_agree()
    assert_one_story()
    assert {Kind.SLOTS_CHANGED, Kind.BOOKED, Kind.PLACE_GIVEN} <= told()


def _wanted(slots: list[Slot], capacity: int) -> dict[str, Wanted]:
    places = Places(capacity, capacity + 1)
    return {str(slot.pk): Wanted(slot.day, slot.starts_at, slot.ends_at, places) for slot in slots}


def _change_rule(rule: ScheduleRule, capacity: int) -> None:
    places = {"capacity": capacity, "hard_limit": capacity + 1}
    schedule.change(rule, places, by=SYSTEM, at=rule.department.clinic)


def _cancel_one(slot: Slot) -> None:
    """Of those without a name."""
    theirs = Appointment.objects.filter(slot=slot, patient=None, status=Stage.SCHEDULED).first()
    if theirs is None:
        raise Refused("There is none.")
    rebooking.cancel(theirs, by=SYSTEM)


def told() -> set[str]:
    return set(Event.objects.values_list("kind", flat=True))


def test_a_slot_that_is_taken_after_the_page_does_deadlock(
    rao: Doctor, opd: Department, day: date
) -> None:
    """What the test above counts; SQLite has one writer, and so nothing to count."""
    slot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]
    book(None, slot, Priority.ONLINE, by=SYSTEM)  # which opens the page
    gap, before = meeting(2), deadlocks()

    def take(first: Callable[[], object], second: Callable[[], object]) -> bool:
        try:
            with transaction.atomic():
                first()
                gap.wait()
                second()
        except OperationalError:
            return False
        return True

    page = partial(journal.open_book, opd, timezone.now())
    if connection.vendor != "sqlite":
        outcomes = together([partial(take, page, slot.lock), partial(take, slot.lock, page)])
        assert sorted(winners(outcomes)) == [False, True]
        assert deadlocks() == before + 1
    assert connection.features.has_select_for_update == (connection.vendor != "sqlite")


def test_a_week_that_changed_meanwhile_is_looked_at_anew(
    rao: Doctor, opd: Department, day: date
) -> None:
    """Who looked at the week before it changed is told so at the end, and looks again."""
    version = weeks.version_of(rao)
    schedule.add(week(rao, opd, day), by=SYSTEM, at=opd.clinic)
    assert weeks.version_of(rao) == version + 1
    with pytest.raises(Overtaken):
        weeks.move_on(rao, version)


def test_a_booking_between_the_look_and_the_change_is_asked_about(
    rao: Doctor, opd: Department, day: date
) -> None:
    schedule.add(week(rao, opd, day), by=SYSTEM, at=opd.clinic)
    slot = (
        Slot.objects.select_related("session__department__clinic", "doctor")
        .filter(day=day)
        .earliest("starts_at")
    )
    (somebody,) = crowd(opd.clinic, 1)
    book(somebody, slot, Priority.ONLINE, by=SYSTEM)
    leave = Leave(doctor=rao, starts_on=day, ends_on=day + timedelta(days=1))
    with pytest.raises(HasBookings):
        schedule.add(leave, by=SYSTEM, at=opd.clinic)
    assert not Leave.objects.exists()
