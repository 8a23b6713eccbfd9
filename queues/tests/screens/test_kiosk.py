"""What a patient may choose from, in a number of queries that no queue makes longer."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from queues.models import Clinic, Counter, Department, Doctor
from queues.screens.kiosk import departments, doctors_of, rooms
from queues.tests import cast
from queues.tests.story import crowd


@pytest.fixture
def dev(opd: Department, desk_a: Counter) -> Doctor:
    dev = Doctor.objects.create(name="Dr Dev")
    dev.departments.add(opd)
    Counter.objects.filter(pk=desk_a.pk).update(doctor=dev)
    return dev


@pytest.mark.parametrize("size", [5, 500])
def test_the_number_of_queries_does_not_grow_with_the_queue(
    size: int,
    clinic: Clinic,
    opd: Department,
    dev: Doctor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    crowd(opd, size)
    with django_assert_num_queries(7):  # departments, queues, desks, books, three paces
        shown = departments(clinic, clinic.departments.all(), timezone.now())
    assert [one.waiting for one in shown] == [size, 0, 0]
    with django_assert_num_queries(
        5
    ):  # the queue, the desks, the pace, the times given, the doctors
        assert len(rooms(opd, timezone.now()).doctors) == 1


def test_who_comes_now_waits_behind_all_others(clinic: Clinic, opd: Department) -> None:
    crowd(opd, 10)
    outpatients, laboratory, _pharmacy = departments(
        clinic, clinic.departments.all(), timezone.now()
    )
    assert outpatients.estimate
    assert laboratory.estimate
    assert outpatients.estimate.from_minutes > laboratory.estimate.to_minutes == 0


def test_a_doctor_with_two_rooms_is_one_choice(dev: Doctor, opd: Department) -> None:
    Counter.objects.filter(department=opd).update(doctor=dev)
    assert [(doctor.name, counter.code) for doctor, counter in doctors_of(opd)] == [("Dr Dev", "1")]


@pytest.mark.parametrize("why", ["closed", "inactive", "elsewhere"])
def test_a_doctor_who_sees_nobody_here_is_no_choice(
    dev: Doctor, opd: Department, lab: Department, why: str
) -> None:
    if why == "closed":
        Counter.objects.filter(doctor=dev).update(is_open=False)
    elif why == "inactive":
        Doctor.objects.filter(pk=dev.pk).update(is_active=False)
    else:
        dev.departments.set([lab])
    assert doctors_of(cast.department(opd.clinic, "OPD")) == []
