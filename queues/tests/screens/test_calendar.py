"""The file that a calendar takes in: RFC 5545."""

from __future__ import annotations

import pytest

from queues.actions import rebooking
from queues.models import Appointment, Department, Doctor, Patient, Slot
from queues.rules.rights import SYSTEM
from queues.screens.calendar import calendar, escape, fold
from queues.tests import agenda


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd, "Dr Rao; Heart, Lung")


@pytest.fixture
def slots(rao: Doctor, opd: Department) -> list[Slot]:
    return agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 2)


@pytest.fixture
def hers(slots: list[Slot], asha: Patient) -> Appointment:
    return agenda.booked(slots[0], asha).appointment


def lines(appointment: Appointment) -> list[str]:
    """As a calendar reads them: folded lines are one."""
    text = calendar(Appointment.objects.get(pk=appointment.pk)).decode()
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")


def value(appointment: Appointment, name: str) -> str:
    found = [line.partition(":")[2] for line in lines(appointment) if line.startswith(f"{name}:")]
    return found[0]


def test_when_where_and_with_whom(hers: Appointment) -> None:
    assert value(hers, "DTSTART") == f"{hers.starts_at:%Y%m%dT%H%M%SZ}"
    assert value(hers, "DTEND") == f"{hers.ends_at:%Y%m%dT%H%M%SZ}"
    assert value(hers, "SUMMARY") == "Appointment: Dr Rao\\; Heart\\, Lung"
    assert value(hers, "LOCATION") == "Main Clinic\\, Outpatients"
    assert value(hers, "STATUS") == "CONFIRMED"
    assert value(hers, "URL") == hers.url


def test_it_names_nobody(hers: Appointment, asha: Patient) -> None:
    text = "\n".join(lines(hers))
    for personal in (asha.name, asha.phone, asha.number, str(asha.public_id)):
        assert personal not in text


def test_every_part_that_begins_ends(hers: Appointment) -> None:
    open_parts: list[str] = []
    for line in lines(hers):
        if line.startswith("BEGIN:"):
            open_parts.append(line[6:])
        elif line.startswith("END:"):
            assert open_parts.pop() == line[4:]
    assert open_parts == []
    assert lines(hers)[0] == "BEGIN:VCALENDAR"


def test_it_rings_the_day_and_the_hour_before(hers: Appointment) -> None:
    triggers = [line for line in lines(hers) if line.startswith("TRIGGER:")]
    assert triggers == ["TRIGGER:-P1D", "TRIGGER:-PT1H"]


def test_a_change_is_the_same_event_once_more(hers: Appointment, slots: list[Slot]) -> None:
    uid, first = value(hers, "UID"), int(value(hers, "SEQUENCE"))
    rebooking.reschedule(hers, slots[1], by=SYSTEM)
    assert value(hers, "UID") == uid
    assert int(value(hers, "SEQUENCE")) > first
    assert value(hers, "DTSTART") == f"{slots[1].starts_at:%Y%m%dT%H%M%SZ}"


def test_a_cancelled_one_is_struck_out_and_rings_no_more(hers: Appointment) -> None:
    uid, first = value(hers, "UID"), int(value(hers, "SEQUENCE"))
    rebooking.cancel(hers, by=SYSTEM)
    assert value(hers, "UID") == uid
    assert int(value(hers, "SEQUENCE")) > first
    assert value(hers, "STATUS") == "CANCELLED"
    assert "BEGIN:VALARM" not in lines(hers)


def test_no_line_is_longer_than_75_octets(hers: Appointment, rao: Doctor) -> None:
    Doctor.objects.filter(pk=rao.pk).update(name="டாக்டர் மீரா ராவ் " * 6)
    written = calendar(Appointment.objects.get(pk=hers.pk))
    for line in written.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no letter is cut in two


@pytest.mark.parametrize("length", [74, 75, 76, 149, 150, 300])
def test_folding_loses_nothing(length: int) -> None:
    line = ("é" * length)[:length]
    folded = fold(line)
    assert folded.replace("\r\n ", "") == line
    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))


def test_escaping() -> None:
    assert escape("a\\b; c, d\ne\r\nf") == "a\\\\b\\; c\\, d\\ne\\nf"
