"""One draft for each appointment and one end of it, by however many hands at once."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import IntegrityError
from django.utils import timezone

from queues.actions import calling, consultations, tokens
from queues.actions.refusals import CounterBusy, Moved, Refused, WasFirst
from queues.models import Appointment, Consultation, Counter, Department, Doctor, Kind, Token
from queues.rules.rights import SYSTEM
from queues.rules.status import Status
from queues.tests import agenda, cast, consulting
from queues.tests.crowd import crowd
from queues.tests.races.test_calls import loaded
from queues.tests.races.together import losers, meeting, together, winners
from queues.tests.witness import assert_one_story, count

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def room(rao: Doctor, opd: Department) -> Counter:
    return consulting.room(rao, opd)


def here(doctor: Doctor, department: Department, size: int) -> list[Appointment]:
    """So many who are booked with the doctor today, and have come."""
    slots = consulting.slots_of_today(doctor, department, size)
    people = crowd(department.clinic, size)
    booked = [consulting.booked(slot, one) for slot, one in zip(slots, people, strict=True)]
    for appointment in booked:
        consulting.arrived(appointment)
    return booked


def draft_of(appointment: Appointment) -> Consultation:
    return Consultation.objects.get(appointment=appointment)


def test_four_begin_the_same_one_and_all_get_one_draft(
    rao: Doctor, opd: Department, room: Counter
) -> None:
    for appointment in here(rao, opd, 4):
        outcomes = together([partial(consultations.start, appointment, by=SYSTEM)] * 4)
        assert set(winners(outcomes)) == {draft_of(appointment)}
        assert not losers(outcomes)
        consultations.complete(draft_of(appointment), by=SYSTEM)
    assert count(Kind.CONSULTATION_STARTED) == count(Kind.STARTED) == 4
    assert_one_story()


def test_one_room_takes_one_of_those_who_are_begun_at_once(
    rao: Doctor, opd: Department, room: Counter
) -> None:
    booked = here(rao, opd, 4)
    outcomes = together([partial(consultations.start, one, by=SYSTEM) for one in booked])
    assert len(winners(outcomes)) == Consultation.objects.count() == 1
    assert all(isinstance(one, CounterBusy) for one in losers(outcomes))
    assert_one_story()


def test_the_desk_calls_whom_the_doctor_begins(rao: Doctor, opd: Department, room: Counter) -> None:
    """Whoever is first, they are in one pair of hands, and in the doctor's room."""
    for appointment in here(rao, opd, 3):
        token = Token.objects.get(appointment=appointment)

        def call(token: Token = token) -> str:
            return calling.call(loaded(token), cast.counter(opd, "R1"), by=SYSTEM).status

        def begin(appointment: Appointment = appointment) -> str:
            return consultations.start(appointment, by=SYSTEM).status

        outcomes: list[str | Refused] = together([call, begin])
        lost = losers(outcomes)
        assert all(isinstance(one, WasFirst | CounterBusy) for one in lost)
        token.refresh_from_db()
        assert token.status == Status.SERVING
        consultations.complete(draft_of(appointment), by=SYSTEM)
    assert_one_story()


def test_two_complete_it_and_one_is_told_who_was_first(
    rao: Doctor, opd: Department, room: Counter
) -> None:
    for appointment in here(rao, opd, 4):
        draft = consultations.start(appointment, by=SYSTEM)
        texts = [{"notes": "one"}, {"notes": "two"}]
        ends = [partial(consultations.complete, draft, text, by=SYSTEM) for text in texts]
        outcomes = together(ends)
        (won,), (refused,) = winners(outcomes), losers(outcomes)
        assert isinstance(refused, Moved)
        assert draft_of(appointment).notes == won.notes
    assert count(Kind.CONSULTATION_COMPLETED) == count(Kind.COMPLETED) == 4
    assert not Counter.objects.exclude(current=None).exists()
    assert_one_story()


def test_the_desk_completes_whom_the_doctor_completes(
    rao: Doctor, opd: Department, room: Counter
) -> None:
    for appointment in here(rao, opd, 4):
        draft = consultations.start(appointment, by=SYSTEM)
        token = Token.objects.get(appointment=appointment)

        def end(token: Token = token) -> str:
            return tokens.complete(loaded(token), by=SYSTEM).status

        def write(draft: Consultation = draft) -> str:
            return consultations.complete(draft, {"notes": "kept"}, by=SYSTEM).status

        outcomes: list[str | Refused] = together([end, write])
        lost = losers(outcomes)
        assert all(isinstance(one, WasFirst) for one in lost), "only the desk can be too late"
        done = draft_of(appointment)
        assert (done.status, done.notes) == ("completed", "kept")
        token.refresh_from_db()
        assert token.status == Status.COMPLETED
    assert_one_story()


def test_a_save_never_changes_what_was_completed(
    rao: Doctor, opd: Department, room: Counter
) -> None:
    for appointment in here(rao, opd, 4):
        draft = consultations.start(appointment, by=SYSTEM)
        saving = partial(consultations.write, draft, {"notes": "saved"}, by=SYSTEM)
        ending = partial(consultations.complete, draft, {"advice": "rest"}, by=SYSTEM)
        lost = losers(together([saving, ending]))
        done = draft_of(appointment)
        assert (done.status, done.advice) == ("completed", "rest")
        assert done.notes == ("" if lost else "saved")


# Without the guards


def test_without_the_unique_key_each_who_looked_first_would_begin_one(
    rao: Doctor, opd: Department
) -> None:
    """They look, all have looked, each writes: only the key keeps the second out."""
    (appointment,) = here(rao, opd, 1)
    assert appointment.patient
    patient = appointment.patient
    gap = meeting(2)

    def look_then_write() -> bool:
        may = not Consultation.objects.filter(appointment=appointment).exists()
        gap.wait()
        try:
            Consultation.objects.create(
                clinic=opd.clinic,
                department=opd,
                doctor=rao,
                patient=patient,
                appointment=appointment,
                started_at=timezone.now(),
                changed_at=timezone.now(),
            )
        except IntegrityError:
            return False
        return may

    assert sorted(winners(together([look_then_write] * 2))) == [False, True]


def test_without_the_conditional_update_both_believe_that_they_completed_it(
    rao: Doctor, opd: Department, room: Counter
) -> None:
    (appointment,) = here(rao, opd, 1)
    consultations.start(appointment, by=SYSTEM)
    gap = meeting(2)

    def read_check_save() -> bool:
        mine = draft_of(appointment)
        may = mine.status == Consultation.Status.DRAFT
        gap.wait()
        mine.status = Consultation.Status.COMPLETED
        mine.save(update_fields=["status"])
        return may

    assert winners(together([read_check_save] * 2)) == [True, True]
