"""Each way in which a free place of a doctor, or what is told of one, comes to be another.

Each does what has to be there before, yields, and then does what moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time, timedelta

from queues.actions import (
    checking_in,
    clinics,
    doctors,
    founding,
    making_slots,
    rebooking,
    resizing,
    schedule,
    setting_hours,
    tokens,
    undoing,
    waitlists,
)
from queues.models import Department, Doctor, Leave, Patient, ScheduleRule, Slot
from queues.rules.bookings import Fate
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda, cast
from queues.tests.agenda import booked
from queues.tests.hours import at_ten, today


@dataclass
class House:
    """Two clinics. Dr Rao works at both, Dr Sen at the second."""

    main: Department
    north: Department
    rao: Doctor
    sen: Doctor
    afternoon: list[Slot]  # of today, Dr Rao
    morning: list[Slot]  # of tomorrow; each takes two
    there: list[Slot]  # of Dr Rao at the other clinic, the day after
    asha: Patient
    ben: Patient


def house() -> House:
    main = cast.department(at_ten(cast.clinic("main")), "OPD")
    north = cast.department(at_ten(cast.clinic("north")), "OPD")
    rao, sen = agenda.doctor(main), agenda.doctor(north, "Dr Sen", "Skin")
    rao.departments.add(north)
    tomorrow, day_after = (agenda.tomorrow(main.clinic) + timedelta(days=n) for n in (0, 1))
    agenda.slots(sen, north, day_after)
    return House(
        main,
        north,
        rao,
        sen,
        afternoon=agenda.slots(rao, main, today(main.clinic, 14), 3),
        morning=agenda.slots(rao, main, tomorrow, 2, capacity=2),
        there=agenda.slots(rao, north, day_after, 2),
        asha=cast.patient(main.clinic, "Asha"),
        ben=cast.patient(main.clinic, "Ben"),
    )


Change = Callable[[House], Iterator[None]]
CHANGES: dict[str, Change] = {}


def change(steps: Change) -> Change:
    CHANGES[steps.__name__.strip("_")] = steps
    return steps


# Bookings


@change
def one_of_two_is_booked(house: House) -> Iterator[None]:
    yield
    booked(house.morning[0], house.asha)


@change
def booked_up(house: House) -> Iterator[None]:
    yield
    agenda.full(house.morning[0])


@change
def cancelled(house: House) -> Iterator[None]:
    hers = booked(house.morning[0], house.asha).appointment
    yield
    rebooking.cancel(hers, by=SYSTEM)


@change
def nobody_came(house: House) -> Iterator[None]:
    hers = booked(house.morning[0], house.asha).appointment
    yield
    rebooking.miss(hers, by=cast.staff(house.main.clinic))


@change
def moved(house: House) -> Iterator[None]:
    hers = booked(house.morning[0], house.asha).appointment
    yield
    rebooking.reschedule(hers, house.morning[1], by=SYSTEM)


@change
def moved_to_another_clinic(house: House) -> Iterator[None]:
    hers = booked(house.morning[0], house.asha).appointment
    yield
    rebooking.reschedule(hers, house.there[0], by=SYSTEM)


@change
def displaced(house: House) -> Iterator[None]:
    agenda.full(house.morning[0])
    yield
    booked(house.morning[0], house.asha, Priority.EMERGENCY)


# Those who come


@change
def walked_in(house: House) -> Iterator[None]:
    yield
    checking_in.walk_in(house.ben, house.rao, house.main, by=SYSTEM)


@change
def went_away_again(house: House) -> Iterator[None]:
    token = checking_in.walk_in(house.ben, house.rao, house.main, by=SYSTEM)
    yield
    tokens.cancel(token, by=SYSTEM)


@change
def which_was_a_mistake(house: House) -> Iterator[None]:
    token = checking_in.walk_in(house.ben, house.rao, house.main, by=SYSTEM)
    tokens.cancel(token, by=SYSTEM)
    yield
    undoing.undo(token, by=SYSTEM)


@change
def an_offer_was_declined(house: House) -> Iterator[None]:
    clinics.change(house.main.clinic, {"offer_minutes": 30}, by=SYSTEM)
    (hers,) = agenda.full(house.afternoon[0])
    entry = agenda.waits(house.ben, slot=house.afternoon[0])
    rebooking.cancel(hers, by=SYSTEM)
    entry.refresh_from_db()
    yield
    waitlists.leave(entry, by=SYSTEM)


# Hours and places


@change
def more_places(house: House) -> Iterator[None]:
    yield
    resizing.resize(house.morning[1], resizing.Places(5, 5), by=SYSTEM)


@change
def hours_of_one_day(house: House) -> Iterator[None]:
    starts = agenda.tomorrow(house.main.clinic, 16)
    ends, day = starts + timedelta(hours=1), starts.date()
    yield
    wanted = {"16-17": setting_hours.Wanted(day, starts, ends, resizing.Places(1, 1))}
    setting_hours.set_hours(house.rao, house.main, wanted, by=SYSTEM)


@change
def hours_of_every_week(house: House) -> Iterator[None]:
    yield
    schedule.add(_week(house.rao, house.main), by=SYSTEM, at=house.main.clinic)


@change
def hours_at_a_clinic_where_they_had_none(house: House) -> Iterator[None]:
    yield
    schedule.add(_week(house.sen, house.main), by=SYSTEM, at=house.main.clinic)


@change
def hours_that_end(house: House) -> Iterator[None]:
    row = schedule.add(_week(house.rao, house.main), by=SYSTEM, at=house.main.clinic)
    yield
    schedule.remove(row, by=SYSTEM, at=house.main.clinic)


@change
def on_leave(house: House) -> Iterator[None]:
    row = schedule.add(_week(house.rao, house.main), by=SYSTEM, at=house.main.clinic)
    yield
    away = Leave(doctor=house.rao, starts_on=row.starts_on, ends_on=row.starts_on)
    schedule.add(away, by=SYSTEM, at=house.main.clinic)


@change
def the_clock_makes_slots(house: House) -> Iterator[None]:
    ScheduleRule.objects.bulk_create([_week(house.rao, house.main)])
    yield
    assert making_slots.make_slots()


@change
def a_clinic_books_further_ahead(house: House) -> Iterator[None]:
    schedule.add(_week(house.rao, house.main), by=SYSTEM, at=house.main.clinic)
    yield
    clinics.change(house.main.clinic, {"books_days_ahead": 60}, by=SYSTEM)


def _week(doctor: Doctor, where: Department) -> ScheduleRule:
    starts_on = where.clinic.service_day() + timedelta(days=4)
    return ScheduleRule(
        doctor=doctor,
        department=where,
        weekday=starts_on.weekday(),
        starts_on=starts_on,
        opens=time(9),
        closes=time(11),
        slot_minutes=30,
    )


# Doctors and clinics


@change
def another_name_from_another_clinic(house: House) -> Iterator[None]:
    yield
    doctors.change(house.rao, {"name": "Dr Roy"}, by=SYSTEM, at=house.main.clinic)


@change
def another_specialty(house: House) -> Iterator[None]:
    yield
    doctors.change(house.rao, {"specialty": "Lungs"}, by=SYSTEM, at=house.main.clinic)


@change
def a_new_doctor(house: House) -> Iterator[None]:
    yield
    doctors.add("Dr Rao Jr", [house.main], by=SYSTEM, at=house.main.clinic)


@change
def another_department(house: House) -> Iterator[None]:
    yield
    doctors.change(house.sen, {}, departments=[house.main], by=SYSTEM, at=house.main.clinic)


@change
def out_of_use(house: House) -> Iterator[None]:
    yield
    gone = {"is_active": False}
    doctors.change(house.rao, gone, by=SYSTEM, at=house.main.clinic, fate=Fate.CANCEL)


@change
def in_use_again(house: House) -> Iterator[None]:
    doctors.change(house.rao, {"is_active": False}, by=SYSTEM, at=house.main.clinic)
    yield
    doctors.change(house.rao, {"is_active": True}, by=SYSTEM, at=house.main.clinic)


@change
def a_clinic_with_another_name(house: House) -> Iterator[None]:
    yield
    clinics.change(house.main.clinic, {"name": "City Hospital"}, by=SYSTEM)


@change
def a_clinic_on_another_clock(house: House) -> Iterator[None]:
    zone = "Pacific/Auckland" if house.main.clinic.zone.key != "Pacific/Auckland" else "UTC"
    yield
    clinics.change(house.main.clinic, {"time_zone": zone}, by=SYSTEM)


@change
def a_new_clinic(house: House) -> Iterator[None]:
    yield
    south = founding.found("south", "South Clinic", house.main.clinic.time_zone)
    schedule.add(_week(house.sen, cast.department(south, "OPD")), by=SYSTEM, at=south)
