"""Slots are made, and weeks changed, by several at once: never twice, never over one another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial

import pytest

from queues.actions import schedule, sessions
from queues.actions.booking import book
from queues.actions.refusals import HasBookings, TimesOverlap
from queues.actions.transactions import Overtaken
from queues.models import Department, Doctor, Kind, Leave, ScheduleRule, Slot
from queues.rules.bookings import Fate
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda
from queues.tests.agenda import assert_slots_agree
from queues.tests.crowd import crowd
from queues.tests.races.together import losers, together, winners
from queues.tests.witness import assert_one_story, count

pytestmark = pytest.mark.django_db(transaction=True)


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
    made = together([sessions.make_slots] * 4)
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


def test_a_week_that_changed_meanwhile_is_looked_at_anew(
    rao: Doctor, opd: Department, day: date
) -> None:
    """Who looked at the week before it changed is told so at the end, and looks again."""
    version = sessions.version_of(rao)
    schedule.add(week(rao, opd, day), by=SYSTEM, at=opd.clinic)
    assert sessions.version_of(rao) == version + 1
    with pytest.raises(Overtaken):
        sessions.move_on(rao, version)


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
