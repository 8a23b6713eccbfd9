"""Who waits for any clinic is a stranger to each, until it has to do with them."""

from __future__ import annotations

import pytest

from queues.actions import rebooking
from queues.models import Clinic, Department, Doctor, Patient, Slot, WaitlistEntry, visible
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda, cast
from queues.tests.agenda import booked, waits
from queues.tests.story import waiting

PEOPLE = [Role.STAFF, Role.CLERK, Role.NURSE, Role.DOCTOR, Role.ADMIN]


@pytest.fixture
def far_opd(clinic: Clinic) -> Department:
    """Of another clinic, where nobody knows Asha."""
    return cast.department(cast.clinic("far"), "OPD")


@pytest.fixture
def slot(far_opd: Department) -> Slot:
    """Of a doctor who works there; it is taken."""
    return agenda.slots(agenda.doctor(far_opd), far_opd, agenda.tomorrow(far_opd.clinic))[0]


@pytest.fixture
def rao(slot: Slot) -> Doctor:
    booked(slot, None, Priority.PAID)
    return slot.doctor


def seen_by(clinic: Clinic, role: Role = Role.NURSE) -> list[tuple[WaitlistEntry, bool]]:
    actor = cast.staff(clinic, role)
    in_line = [(entry, entry.is_known) for entry in visible.line(actor)]
    assert [entry for entry, is_known in in_line if is_known] == list(visible.waitlist(actor))
    return in_line


@pytest.mark.parametrize("role", PEOPLE)
def test_who_waits_for_any_clinic_is_known_where_they_are_a_patient(
    role: Role, clinic: Clinic, far_opd: Department, rao: Doctor, asha: Patient
) -> None:
    entry = waits(asha, doctor=rao)
    assert seen_by(clinic, role) == [(entry, True)], "she was registered here"
    assert seen_by(far_opd.clinic, role) == [(entry, False)]


def test_a_visit_makes_them_known(far_opd: Department, rao: Doctor, asha: Patient) -> None:
    entry = waits(asha, doctor=rao)
    waiting(asha, far_opd)
    assert seen_by(far_opd.clinic) == [(entry, True)]


def test_a_place_makes_them_known_there_and_unseen_elsewhere(
    far_opd: Department, rao: Doctor, slot: Slot, asha: Patient
) -> None:
    third = cast.clinic("third")
    Clinic.objects.update(offer_minutes=10)
    entry = waits(asha, doctor=rao)
    assert seen_by(third) == [(entry, False)]
    rebooking.cancel(slot.bookings.get(), by=SYSTEM)
    entry.refresh_from_db()
    assert entry.status == WaitlistEntry.Status.OFFERED
    assert seen_by(far_opd.clinic) == [(entry, True)]
    assert seen_by(third) == []


def test_who_waits_for_one_clinic_is_known_there_alone(
    clinic: Clinic, far_opd: Department, rao: Doctor, asha: Patient
) -> None:
    entry = waits(asha, doctor=rao, clinic=far_opd.clinic)
    assert seen_by(far_opd.clinic) == [(entry, True)]
    assert seen_by(clinic) == []


def test_who_waits_for_a_slot_is_known_where_it_is(
    clinic: Clinic, far_opd: Department, rao: Doctor, slot: Slot, asha: Patient
) -> None:
    entry = waits(asha, slot=slot)
    assert seen_by(far_opd.clinic) == [(entry, True)]
    assert seen_by(clinic) == []


def test_a_kiosk_and_who_has_no_grant_see_nobody(
    clinic: Clinic, far_opd: Department, rao: Doctor, asha: Patient
) -> None:
    waits(asha, doctor=rao)
    assert not visible.line(cast.kiosk(clinic)).exists()
    assert not visible.line(cast.kiosk(far_opd.clinic)).exists()
    assert not visible.line(SYSTEM).exists()
