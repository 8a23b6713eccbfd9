"""Who sees a consultation, and who may write it: role by role."""

from __future__ import annotations

import pytest

from queues.actions import consultations
from queues.models import Clinic, Department, Doctor, visible
from queues.models.consultation import Consultation
from queues.rules.rights import CLOCK, SYSTEM, Role
from queues.tests import agenda, cast, consulting

pytestmark = pytest.mark.django_db
READS_AND_WRITES = {Role.DOCTOR, Role.ADMIN}


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def draft(rao: Doctor, opd: Department) -> Consultation:
    slot = consulting.slots_of_today(rao, opd)[0]
    asha = cast.patient(opd.clinic, "Asha")
    return consultations.start(consulting.booked(slot, asha), by=SYSTEM)


@pytest.mark.parametrize("role", list(Role))
def test_of_the_department(role: Role, draft: Consultation, opd: Department) -> None:
    for somebody in (cast.staff(opd.clinic, role), cast.staff(opd.clinic, role, opd)):
        assert visible.consultations(somebody).exists() is (role in READS_AND_WRITES)
        may = consultations.may_write(draft.doctor, opd, somebody)
        assert may is (role in READS_AND_WRITES)


@pytest.mark.parametrize("role", list(Role))
def test_of_another_department_or_clinic(role: Role, draft: Consultation, lab: Department) -> None:
    for somebody in (cast.staff(lab.clinic, role, lab), cast.staff(cast.clinic("other"), role)):
        assert not visible.consultations(somebody).exists()
        assert not consultations.may_write(draft.doctor, draft.department, somebody)


def test_ones_own_whatever_the_role(draft: Consultation, rao: Doctor, clinic: Clinic) -> None:
    rao.user = cast.user(clinic, "rao", Role.NURSE)
    rao.save()
    mine = rao.user.as_actor()
    assert visible.consultations(mine).get() == draft
    assert consultations.may_write(rao, draft.department, mine)


def test_nobody_without_an_account(draft: Consultation, opd: Department) -> None:
    for nobody in (CLOCK, cast.kiosk(opd.clinic)):
        assert not visible.consultations(nobody).exists()
        assert not consultations.may_write(draft.doctor, opd, nobody)
