"""A doctor works at two clinics, and whoever sets weeks at one of them leaves the other alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from queues.actions import doctors, schedule, setting_hours
from queues.actions.refusals import NotAllowed, TimesOverlap
from queues.actions.resizing import Places
from queues.actions.setting_hours import Wanted
from queues.models import Clinic, Department, Doctor, ExtraSession, Leave, ScheduleRule, Slot
from queues.rules.bookings import Fate
from queues.rules.rights import Actor, ActorKind, Grant, Role
from queues.tests import agenda, cast
from queues.tests.actions.test_weeks import NINE, NOON, rule
from queues.tests.agenda import assert_slots_agree, booked
from queues.tests.story import refused
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db
FAR_OPENS = NOON.replace(hour=14)


@pytest.fixture
def far(clinic: Clinic) -> Department:
    return cast.department(cast.clinic("far"), "OPD")


@pytest.fixture
def day(clinic: Clinic) -> date:
    return timezone.now().astimezone(clinic.zone).date() + timedelta(days=3)


@pytest.fixture
def rao(opd: Department, far: Department, day: date) -> Doctor:
    """In the morning here, in the afternoon there."""
    who = agenda.doctor(opd)
    who.departments.add(far)
    rule(who, opd, day)
    rule(who, far, day, opens=FAR_OPENS, closes=FAR_OPENS.replace(hour=16))
    return who


@pytest.fixture
def manager(clinic: Clinic) -> Actor:
    """Of this clinic alone."""
    return cast.staff(clinic, Role.ADMIN)


@pytest.fixture
def of_both(clinic: Clinic, far: Department) -> Actor:
    grants = tuple(Grant(pk, None, Role.ADMIN) for pk in (clinic.pk, far.clinic_id))
    return Actor(ActorKind.USER, UUID(int=8), grants)


def open_at(place: Department, day: date) -> int:
    return Slot.objects.filter(session__department=place, day=day, is_open=True).count()


def leave(doctor: Doctor, day: date, clinic: Clinic | None) -> Leave:
    return Leave(doctor=doctor, starts_on=day, ends_on=day, clinic=clinic)


def is_beyond(act: Callable[[], object]) -> None:
    """Refused, and the other clinic is named."""
    before = list(Slot.objects.order_by("pk").values())
    sentence = refused(act, NotAllowed).sentence
    assert sentence == "This also reaches Far Clinic, where you may not set doctors' weeks."
    assert list(Slot.objects.order_by("pk").values()) == before


def test_a_leave_of_one_clinic_leaves_the_other_alone(
    rao: Doctor, opd: Department, far: Department, day: date, manager: Actor
) -> None:
    slot = Slot.objects.in_full().filter(session__department=far, day=day).earliest("starts_at")
    theirs = booked(slot, None).appointment
    away = schedule.add(leave(rao, day, opd.clinic), by=manager, at=opd.clinic)
    assert (open_at(opd, day), open_at(far, day)) == (0, 4)
    theirs.refresh_from_db()
    assert theirs.slot == slot
    schedule.change(away, {"ends_on": day + timedelta(days=1)}, by=manager, at=opd.clinic)
    schedule.remove(away, by=manager, at=opd.clinic)
    assert (open_at(opd, day), open_at(far, day)) == (6, 4)
    assert_slots_agree()
    assert_one_story()


def test_a_leave_everywhere_is_theirs_who_set_weeks_everywhere(
    rao: Doctor, opd: Department, far: Department, day: date, manager: Actor, of_both: Actor
) -> None:
    is_beyond(lambda: schedule.add(leave(rao, day, None), by=manager, at=opd.clinic))
    is_beyond(lambda: schedule.add(leave(rao, day, far.clinic), by=manager, at=opd.clinic))
    assert not Leave.objects.exists()
    away = schedule.add(leave(rao, day, None), by=of_both, at=opd.clinic)
    assert (open_at(opd, day), open_at(far, day)) == (0, 0)
    is_beyond(lambda: schedule.remove(away, by=manager, at=opd.clinic))
    is_beyond(lambda: schedule.change(away, {"reason": "x"}, by=manager, at=opd.clinic))
    only_here = {"clinic": opd.clinic}
    is_beyond(lambda: schedule.change(away, only_here, by=manager, at=opd.clinic))
    schedule.change(away, only_here, by=of_both, at=opd.clinic)
    assert (open_at(opd, day), open_at(far, day)) == (0, 4)
    is_beyond(lambda: schedule.change(away, {"clinic": None}, by=manager, at=opd.clinic))


def test_whoever_works_at_one_clinic_alone_is_away_everywhere_as_well(
    opd: Department, day: date, manager: Actor
) -> None:
    sen = agenda.doctor(opd, "Dr Sen")
    rule(sen, opd, day)
    schedule.add(leave(sen, day, None), by=manager, at=opd.clinic)
    assert open_at(opd, day) == 0


def test_where_they_are_still_to_work_counts_too(
    rao: Doctor, opd: Department, far: Department, day: date, manager: Actor
) -> None:
    """They have left the other clinic, and somebody may be booked there."""
    rao.departments.remove(far)
    is_beyond(lambda: schedule.add(leave(rao, day, None), by=manager, at=opd.clinic))


def test_out_of_use_and_in_use_again_is_for_all_of_them(
    rao: Doctor, opd: Department, far: Department, day: date, manager: Actor, of_both: Actor
) -> None:
    def put(is_active: bool, by: Actor) -> Doctor:
        settings = {"is_active": is_active}
        return doctors.change(rao, settings, by=by, at=opd.clinic, fate=Fate.CANCEL)

    is_beyond(lambda: put(False, manager))
    put(True, manager)  # as it is
    put(False, of_both)
    assert (open_at(opd, day), open_at(far, day)) == (0, 0)
    is_beyond(lambda: put(True, manager))
    put(True, of_both)
    assert (open_at(opd, day), open_at(far, day)) == (6, 4)


def test_another_name_is_anybodys_who_knows_it(
    rao: Doctor, opd: Department, far: Department, day: date, manager: Actor
) -> None:
    settings = {"name": "Dr Rao-Sen", "is_active": True}
    doctors.change(rao, settings, by=manager, at=opd.clinic)
    rao.refresh_from_db()
    assert rao.name == "Dr Rao-Sen"


def test_hours_at_the_other_clinic_are_not_theirs(
    rao: Doctor, far: Department, day: date, manager: Actor
) -> None:
    theirs = ScheduleRule.objects.get(department=far)
    change: dict[str, Any] = {"capacity": 2, "hard_limit": 2}
    is_beyond(lambda: schedule.change(theirs, change, by=manager, at=far.clinic))
    is_beyond(lambda: schedule.remove(theirs, by=manager, at=far.clinic))
    extra = ExtraSession(doctor=rao, department=far, day=day, opens=NINE, closes=NOON)
    is_beyond(lambda: schedule.add(extra, by=manager, at=far.clinic))


def test_hours_that_are_set_do_not_reach_the_other_clinics_slot(
    rao: Doctor, opd: Department, far: Department, day: date, manager: Actor
) -> None:
    slot = Slot.objects.in_full().filter(session__department=far, day=day).earliest("starts_at")
    wanted = {"14-14:30": Wanted(day, slot.starts_at, slot.ends_at, Places(9, 9))}
    refused(lambda: setting_hours.set_hours(rao, opd, wanted, by=manager), TimesOverlap)
    slot.refresh_from_db()
    assert slot.capacity == 1


def test_nor_another_departments_slot(
    rao: Doctor, opd: Department, lab: Department, clinic: Clinic, day: date
) -> None:
    slot = Slot.objects.in_full().filter(session__department=opd, day=day).earliest("starts_at")
    wanted = {"9-9:30": Wanted(day, slot.starts_at, slot.ends_at, Places(9, 9))}
    of_the_lab = cast.staff(clinic, Role.ADMIN, lab)
    refused(lambda: setting_hours.set_hours(rao, lab, wanted, by=of_the_lab), TimesOverlap)
    slot.refresh_from_db()
    assert slot.capacity == 1
