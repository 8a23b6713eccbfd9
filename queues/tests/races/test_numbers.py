"""One number, one patient: however many kiosks give them out at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from queues import journal
from queues.actions import departments, issuing
from queues.actions.refusals import AlreadyWaiting, DepartmentNotOpen
from queues.models import Clinic, DayBook, Department, Event, Kind, Patient, Token, Visit
from queues.rules.labels import label
from queues.rules.links import hashed, nonce
from queues.rules.rights import SYSTEM
from queues.rules.status import Status
from queues.tests import cast
from queues.tests.crowd import crowd
from queues.tests.races.together import losers, meeting, together, winners
from queues.tests.witness import assert_one_story, count

pytestmark = pytest.mark.django_db(transaction=True)

KIOSKS, EACH = 16, 25


def labels_taken(patients: Sequence[Patient], code: str) -> list[str]:
    """What one kiosk gives out, one after the other."""
    department = cast.department(patients[0].registered_at, code)
    return [issuing.issue(patient, department, by=SYSTEM).visit.label for patient in patients]


def open_visit(clinic: Clinic, patient: Patient, number: int) -> Visit:
    secret = nonce()
    return Visit.objects.create(
        clinic=clinic,
        patient=patient,
        day=clinic.service_day(),
        label=label("A", number),
        nonce=secret,
        link_hash=hashed(secret),
    )


# 16 kiosks, 25 patients each


def test_400_patients_at_16_kiosks_get_400_numbers_without_a_gap(opd: Department) -> None:
    people = crowd(opd.clinic, KIOSKS * EACH)
    kiosks = [partial(labels_taken, people[first::KIOSKS], "OPD") for first in range(KIOSKS)]
    taken = [its_label for labels in winners(together(kiosks)) for its_label in labels]
    assert sorted(taken) == [label("A", number) for number in range(1, KIOSKS * EACH + 1)]
    assert count(Kind.ISSUED) == KIOSKS * EACH
    by_seq = Token.objects.order_by("issued_seq").values_list("visit__label", flat=True)
    assert list(by_seq) == sorted(taken)  # numbers, events and arrivals are in one order
    assert list(Token.objects.in_call_order().values_list("visit__label", flat=True)) == list(
        by_seq
    )
    assert_one_story()


def test_without_the_lock_of_the_day_book_numbers_collide(opd: Department) -> None:
    """count() + 1, as it is so often written."""
    gap = meeting(KIOSKS)

    def next_number() -> int:
        number = Token.objects.filter(department=opd).count() + 1
        gap.wait()
        return number

    assert winners(together([next_number] * KIOSKS)) == [1] * KIOSKS


def test_without_the_lock_the_unique_label_refuses_what_collided(opd: Department) -> None:
    people = crowd(opd.clinic, KIOSKS)
    gap = meeting(KIOSKS)

    def issue(patient: Patient) -> bool:
        number = Visit.objects.filter(clinic=opd.clinic).count() + 1
        gap.wait()
        try:
            open_visit(opd.clinic, patient, number)
        except IntegrityError:
            return False
        return True

    given = together([partial(issue, patient) for patient in people])
    assert given.count(True) < KIOSKS, "the race is real"
    assert len(set(Visit.objects.values_list("label", flat=True))) == given.count(True)


def test_an_open_department_and_its_neighbours_do_not_mix_their_numbers(opd: Department) -> None:
    codes = ("OPD", "LAB", "PHARMACY")
    people = crowd(opd.clinic, 9 * 6)
    desks = [partial(labels_taken, people[first::9], codes[first % 3]) for first in range(9)]
    taken = [its_label for labels in winners(together(desks)) for its_label in labels]
    assert sorted(taken) == [label(p, number) for p in "ALP" for number in range(1, 19)]
    assert_one_story()


# One patient, two kiosks


def test_a_patient_at_two_kiosks_gets_one_visit_and_one_token(opd: Department) -> None:
    for patient in crowd(opd.clinic, 8):
        take = partial(labels_taken, [patient], "OPD")
        outcomes = together([take, take])
        (won,), (refusal,) = winners(outcomes), losers(outcomes)
        assert isinstance(refusal, AlreadyWaiting)
        assert refusal.facts["label"] == won[0]
    assert Visit.objects.count() == Token.objects.count() == count(Kind.ISSUED) == 8
    assert_one_story()


def test_a_patient_at_two_departments_at_once_holds_one_number(opd: Department) -> None:
    for patient in crowd(opd.clinic, 8):
        both = together([partial(labels_taken, [patient], code) for code in ("OPD", "LAB")])
        first, second = winners(both)
        assert first == second
    assert (Visit.objects.count(), Token.objects.count()) == (8, 16)
    assert_one_story()


def test_without_the_unique_visit_two_kiosks_both_find_none(opd: Department) -> None:
    """Look, then open: both see no visit, and only the unique key is left to refuse one."""
    patient = crowd(opd.clinic, 1)[0]
    gap = meeting(2)

    def open_if_none(number: int) -> str:
        found = Visit.objects.filter(patient=patient).exists()
        gap.wait()
        if found:
            return "found"
        try:
            open_visit(opd.clinic, patient, number)
        except IntegrityError:
            return "collided"
        return "opened"

    assert sorted(together([partial(open_if_none, 1), partial(open_if_none, 2)]), key=str) == [
        "collided",
        "opened",
    ]


# The door closes while numbers are given out


def pause(department: Department) -> list[str]:
    departments.change(department, {"state": Department.State.PAUSED}, by=SYSTEM)
    return []


def test_once_a_department_is_paused_no_number_is_given(opd: Department) -> None:
    people = crowd(opd.clinic, 48)

    def kiosk(queue: list[Patient]) -> list[str]:
        taken = []
        for patient in queue:
            try:
                taken += labels_taken([patient], "OPD")
            except DepartmentNotOpen:
                break
        return taken

    def reception() -> list[str]:
        kiosk(people[:3])  # so that it is in the middle
        return pause(cast.department(opd.clinic, "OPD"))

    kiosks: list[Callable[[], list[str]]] = [
        partial(kiosk, people[first::6]) for first in range(3, 3 + 6)
    ]
    assert not losers(together([reception, *kiosks]))
    paused = Event.objects.get(kind=Kind.DEPARTMENT_CHANGED)
    issued = Event.objects.filter(kind=Kind.ISSUED)
    assert issued.count() == Token.objects.count() >= 3
    assert not issued.filter(seq__gt=paused.seq).exists()
    assert_one_story()


def test_without_a_look_under_the_lock_a_paused_department_gives_numbers(opd: Department) -> None:
    patient = crowd(opd.clinic, 1)[0]
    gap = meeting(2)

    def kiosk() -> list[str]:
        is_open = cast.department(opd.clinic, "OPD").state == Department.State.OPEN
        gap.wait()  # here the reception pauses
        gap.wait()
        assert is_open
        naive_token(open_visit(opd.clinic, patient, 1), opd)
        return ["A-001"]

    def reception() -> list[str]:
        gap.wait()
        pause(opd)
        gap.wait()
        return []

    together([kiosk, reception])
    paused = Event.objects.get(kind=Kind.DEPARTMENT_CHANGED)
    assert Event.objects.filter(kind=Kind.ISSUED, seq__gt=paused.seq).exists(), "the race is real"


def naive_token(visit: Visit, department: Department) -> Token:
    """A token and its event, written by somebody who looked only once, before."""
    now = timezone.now()
    book, _new = DayBook.objects.get_or_create(
        clinic=department.clinic,
        department=department,
        ledger=str(department.pk),
        day=department.clinic.service_day(),
    )
    token = Token.objects.create(
        visit=visit,
        department=department,
        daybook=book,
        issued_seq=book.seq + 1,
        status=Status.WAITING,
        priority="walk_in",
        arrived_at=now,
        changed_at=now,
        **department.place("walk_in", now),
    )
    with transaction.atomic():
        journal.record(journal.moved(Kind.ISSUED, token, {}, by=SYSTEM))
    return token
