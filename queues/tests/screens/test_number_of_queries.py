"""Screens ask the database the same few questions, whatever the length of the queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from queues.actions import issuing
from queues.models import Clinic, Counter, Department, Patient, Token
from queues.rules.status import Status
from queues.screens import boards, followed, house
from queues.screens.history import history
from queues.screens.places import places
from queues.screens.queue import token_answer
from queues.tests import agenda, cast
from queues.tests.story import called, crowd, people, serving, waiting

SIZES = [5, 500, 5_000]


@pytest.fixture
def at_work(clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    called(asha, desk_a)
    serving(ben, desk_b)


SCREENS: dict[str, tuple[int, Callable[[Department], object]]] = {
    # its version and settings, who is here, who waits, the desks, the pace
    "board": (5, boards.read),
    # and the calls and their labels, for who announces them
    "board with its calls": (7, lambda opd: boards.read(opd).calls),
    # its version and settings, who is here, and of those who wait the first few and their number
    "front": (4, boards.read_front),
    "places": (3, lambda opd: places(opd, timezone.now())),
    # the departments, and how many wait in each
    "departments": (2, lambda opd: house.departments(opd.clinic)),
    "counters": (1, lambda opd: house.counters(opd.clinic)),
}


@pytest.mark.parametrize("size", SIZES)
def test_the_number_of_queries_does_not_grow_with_the_queue(
    size: int,
    opd: Department,
    at_work: None,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    queue = crowd(opd, size)
    token = Token.objects.select_related("visit", "department__clinic", "counter", "doctor").get(
        pk=queue[size // 2].pk
    )
    for number, screen in SCREENS.values():
        with django_assert_num_queries(number):
            screen(opd)
    with django_assert_num_queries(3):
        assert token_answer(token)["position"] is not None
    assert len(places(opd, timezone.now())) == size


@pytest.mark.parametrize("size", [5, 2_000])
def test_nor_with_the_history(
    size: int,
    opd: Department,
    at_work: None,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    crowd(opd, size, Status.COMPLETED)
    with django_assert_num_queries(7):
        assert boards.read(opd).calls


def test_a_page_of_history_is_five_questions_however_long(
    clinic: Clinic, opd: Department, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The pages, the events, their labels, and two for who acted."""
    nadia = cast.staff(clinic)
    for number in range(30):
        issuing.issue(cast.patient(clinic, f"Patient {number}"), opd, by=nadia)
    for limit in (1, 30):
        with django_assert_num_queries(4):  # nobody acted by a key
            assert len(history(opd, limit)["items"]) == limit


def test_the_departments_count_who_waits_and_nobody_else(
    asha: Patient, opd: Department, lab: Department, desk_a: Counter
) -> None:
    waiting(asha, lab)
    crowd(opd, 7)
    counted = {row["code"]: row["waiting"] for row in house.departments(opd.clinic)}
    assert counted == {"OPD": 7, "LAB": 1, "PHARMACY": 0}


@pytest.mark.parametrize("size", [1, 40])
def test_nor_what_the_pages_of_appointments_are_told_with_those_that_are_open(
    size: int, opd: Department, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    doctor, nine = agenda.doctor(opd), agenda.tomorrow(opd.clinic)
    [slot] = agenda.slots(doctor, opd, nine, capacity=size)
    open_pages = [str(one.public_id) for one in agenda.full(slot)]
    with django_assert_num_queries(2):  # they, and all who share their slots
        assert len(followed.followed(open_pages)) == size
    with django_assert_num_queries(0):
        assert followed.followed([]) == {}
