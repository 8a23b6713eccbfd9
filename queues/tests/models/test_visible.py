"""Who sees what."""

from __future__ import annotations

from uuid import UUID

import pytest

from queues.actions import issuing
from queues.models import Clinic, Department, Patient, visible
from queues.rules.rights import Act, Actor, ActorKind, Grant, Role
from queues.tests import cast
from queues.tests.story import waiting

PEOPLE = [Role.STAFF, Role.CLERK, Role.NURSE, Role.DOCTOR, Role.ADMIN]


@pytest.fixture
def far(clinic: Clinic) -> Clinic:
    """Another clinic of the organisation."""
    return cast.clinic("far")


def a_kiosk(clinic: Clinic, number: int) -> Actor:
    return Actor(ActorKind.KEY, UUID(int=number), (Grant(clinic.pk, None, Role.KIOSK),))


@pytest.mark.parametrize("role", PEOPLE)
def test_staff_see_the_tokens_of_their_clinic_and_no_other(
    role: Role, clinic: Clinic, far: Clinic, asha: Patient, opd: Department
) -> None:
    here = waiting(asha, opd)
    waiting(asha, cast.department(far, "OPD"))
    assert list(visible.tokens(cast.staff(clinic, role))) == [here]


def test_a_kiosk_sees_what_it_gave_out(
    clinic: Clinic, asha: Patient, ben: Patient, opd: Department
) -> None:
    mine, other = a_kiosk(clinic, 1), a_kiosk(clinic, 2)
    token = issuing.issue(asha, opd, by=mine)
    issuing.issue(ben, opd, by=other)
    assert list(visible.tokens(mine)) == [token]


def test_who_has_no_grant_sees_nothing(asha: Patient, opd: Department) -> None:
    waiting(asha, opd)
    nobody = Actor(ActorKind.USER, UUID(int=9))
    assert not visible.tokens(nobody).exists()
    assert not visible.patients(nobody).exists()
    assert not visible.clinics(nobody).exists()
    assert not visible.departments(nobody, Act.ISSUE).exists()


@pytest.mark.parametrize("role", PEOPLE)
def test_staff_see_a_patient_through_registration_or_a_visit(
    role: Role, clinic: Clinic, far: Clinic, asha: Patient, ben: Patient
) -> None:
    """Asha was registered here and went to the far clinic; Ben was never there."""
    waiting(asha, cast.department(far, "OPD"))
    chen = cast.patient(far, "Chen")
    assert set(visible.patients(cast.staff(far, role))) == {asha, chen}
    assert set(visible.patients(cast.staff(clinic, role))) == {asha, ben}


def test_a_patient_of_many_visits_is_seen_once(
    clinic: Clinic, far: Clinic, asha: Patient, opd: Department
) -> None:
    waiting(asha, opd)
    waiting(asha, cast.department(far, "OPD"))
    everywhere = Actor(
        ActorKind.USER,
        UUID(int=7),
        (Grant(clinic.pk, None, Role.CLERK), Grant(far.pk, None, Role.CLERK)),
    )
    assert list(visible.patients(everywhere)) == [asha]


def test_a_kiosk_sees_no_patients(clinic: Clinic, asha: Patient) -> None:
    assert not visible.patients(cast.kiosk(clinic)).exists()


def test_departments_are_those_in_which_one_may_act(
    clinic: Clinic, far: Clinic, lab: Department
) -> None:
    in_the_lab = cast.staff(clinic, Role.NURSE, lab)
    assert list(visible.departments(in_the_lab, Act.WORK_QUEUE)) == [lab]
    everywhere = cast.staff(clinic, Role.NURSE)
    shown = visible.departments(everywhere, Act.WORK_QUEUE)
    assert {department.code for department in shown} == {"OPD", "LAB", "PHARMACY"}
    assert {department.clinic for department in shown} == {clinic}
    assert not visible.departments(everywhere, Act.SET_POLICY).exists()


def test_clinics_are_those_of_the_grants(clinic: Clinic, far: Clinic) -> None:
    assert list(visible.clinics(cast.staff(far))) == [far]
