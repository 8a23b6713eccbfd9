"""The judge of the waitlist sees a place that is empty for no reason, and no other.

Everything here is made behind the engine's back: the engine would have given the place away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from queues.models import Appointment, Clinic, Department, Doctor, Patient, Slot, WaitlistEntry
from queues.rules.appointments import Stage
from queues.rules.rights import SYSTEM
from queues.tests import agenda, cast
from queues.tests.wasted import wasted

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def slots(rao: Doctor, opd: Department) -> list[Slot]:
    """Ten, half past ten and eleven."""
    return agenda.slots(rao, opd, agenda.tomorrow(opd.clinic, 10), 3)


def stands(patient: Patient | None, **wish: Any) -> WaitlistEntry:
    urgency = {"source": "online", "priority": "online", "urgency": 4, **wish}
    entry = WaitlistEntry(patient=patient, joined_at=timezone.now(), **urgency)
    entry.insert()
    return entry


def sits(patient: Patient, slot: Slot, **how: Any) -> Appointment:
    """Has an appointment there, of which the slot knows nothing."""
    now = timezone.now()
    row = Appointment(
        clinic=slot.clinic,
        department=slot.session.department,
        doctor=slot.doctor,
        slot=slot,
        patient=patient,
        day=slot.day,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        booked_at=now,
        changed_at=now,
        sequence=4,
        booked_by=SYSTEM.public_id,
        **{"number": 1, "source": "online", "priority": "online", "urgency": 4, **how},
    )
    row.insert()
    return row


def times() -> list[str]:
    return [f"{slot.starts_at:%H:%M}" for _entry, slot in wasted(timezone.now())]


ALL = ["10:00", "10:30", "11:00"]
Wishing = Callable[[Doctor, list[Slot], Clinic], dict[str, Any]]
WISHES: list[tuple[str, Wishing, list[str]]] = [
    ("a doctor", lambda rao, _slots, _far: {"doctor": rao}, ALL),
    ("another", lambda rao, slots, far: {"doctor": Doctor.objects.create(name="Dr Sen")}, []),
    ("a specialty", lambda *_: {"specialty": "cardiology"}, ALL),
    ("another field", lambda *_: {"specialty": "skin"}, []),
    ("a slot", lambda _rao, slots, _far: {"slot": slots[1]}, ["10:30"]),
    ("elsewhere", lambda rao, _slots, far: {"doctor": rao, "clinic": far}, []),
    ("here", lambda rao, slots, _far: {"doctor": rao, "clinic": slots[0].clinic}, ALL),
    ("from then", lambda rao, slots, _far: {"doctor": rao, "earliest": slots[0].day}, ALL),
    ("later", lambda rao, slots, _far: {"doctor": rao, "earliest": slots[0].day + DAY}, []),
    ("until then", lambda rao, slots, _far: {"doctor": rao, "latest": slots[0].day}, ALL),
    ("before", lambda rao, slots, _far: {"doctor": rao, "latest": slots[0].day - DAY}, []),
    ("mornings", lambda rao, _slots, _far: {"doctor": rao, "times_of_day": ["morning"]}, ALL),
    ("evenings", lambda rao, _slots, _far: {"doctor": rao, "times_of_day": ["evening"]}, []),
    ("three", lambda rao, _slots, _far: {"doctor": rao, "places": 3}, ALL),
    ("too many", lambda rao, _slots, _far: {"doctor": rao, "places": 4}, []),
    ("booked", lambda rao, _slots, _far: {"doctor": rao, "status": "booked"}, []),
]


@pytest.mark.parametrize(
    ("wish", "sees"), [(w, s) for _, w, s in WISHES], ids=[n for n, *_ in WISHES]
)
def test_who_asks_for_it(
    wish: Wishing, sees: list[str], rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    stands(asha, **wish(rao, slots, cast.clinic("far")))
    assert times() == sees


@pytest.mark.parametrize(
    "changes",
    [
        {"is_open": False},
        {"booked": 1},
        {"capacity": 0},
        {"starts_at": timezone.now() - timedelta(minutes=1)},
    ],
    ids=["closed", "full", "no places", "begun"],
)
def test_what_is_no_place(
    changes: dict[str, Any], rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    stands(asha, doctor=rao)
    Slot.objects.filter(pk=slots[1].pk).update(**changes)
    assert times() == ["10:00", "11:00"]


def test_a_family_needs_its_places_together(rao: Doctor, slots: list[Slot], asha: Patient) -> None:
    entry = stands(asha, doctor=rao, places=2)
    Slot.objects.filter(pk=slots[1].pk).update(booked=1)
    assert times() == []
    Slot.objects.filter(pk=slots[2].pk).update(capacity=2, hard_limit=2)
    assert times() == ["11:00"]
    WaitlistEntry.objects.filter(pk=entry.pk).update(places=3)
    assert times() == []


def test_a_family_may_begin_where_its_head_is_free(
    rao: Doctor, opd: Department, slots: list[Slot], asha: Patient
) -> None:
    """At ten she is elsewhere; half past ten has room for both."""
    sits(asha, agenda.slots(agenda.doctor(opd, "Dr Sen"), opd, slots[0].starts_at)[0])
    stands(asha, doctor=rao, places=2)
    Slot.objects.filter(pk__in=[slots[0].pk, slots[1].pk]).update(capacity=2, hard_limit=2)
    Slot.objects.filter(pk=slots[2].pk).update(booked=1)
    assert times() == ["10:30"]


@pytest.mark.parametrize(
    ("theirs", "mine", "sees"),
    [
        ({}, {}, []),
        ({"status": Stage.WAITLISTED}, {}, []),
        ({"status": Stage.CANCELLED}, {}, ALL),
        ({"status": Stage.COMPLETED}, {}, []),
        ({"status": Stage.NO_SHOW}, {}, ALL),
        ({"status": Stage.NO_SHOW, "checked_in_at": timezone.now()}, {}, []),
        ({}, {"source": "follow_up"}, ["10:30", "11:00"]),
        ({"source": "follow_up"}, {}, ["10:30", "11:00"]),
    ],
)
def test_once_a_day_and_never_in_two_places(
    theirs: dict[str, Any],
    mine: dict[str, Any],
    sees: list[str],
    rao: Doctor,
    slots: list[Slot],
    asha: Patient,
) -> None:
    sits(asha, slots[0], **theirs)
    stands(asha, doctor=rao, **mine)
    assert times() == sees


def test_another_doctor_only_keeps_them_from_that_time(
    rao: Doctor, opd: Department, slots: list[Slot], asha: Patient
) -> None:
    sits(asha, agenda.slots(agenda.doctor(opd, "Dr Sen"), opd, slots[0].starts_at)[0])
    stands(asha, doctor=rao)
    assert times() == ["10:30", "11:00"]


def test_the_one_that_lost_its_place_is_in_nobodys_way(
    rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    stands(asha, doctor=rao, appointment=sits(asha, slots[0]))
    assert times() == ALL


def test_who_is_out_of_use_waits_for_nothing(rao: Doctor, slots: list[Slot], asha: Patient) -> None:
    stands(asha, doctor=rao)
    Patient.objects.filter(pk=asha.pk).update(is_active=False)
    assert times() == []
    WaitlistEntry.objects.update(patient=None)
    assert times() == ALL
