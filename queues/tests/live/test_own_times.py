"""Whoever has an appointment hears at once what becomes of it: of the doctor's delay on the page of
their number, of everything else on that of the appointment. It is ten in the morning."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from queues.actions import calling, tokens
from queues.actions.checking_in import check_in
from queues.actions.delays import run_late
from queues.live import hub as hubs
from queues.live import messages
from queues.live.messages import Wish
from queues.models import Appointment, Clinic, Counter, Department, Doctor, Patient, Session, Slot
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.screens import passes
from queues.screens.passes import Screen
from queues.tests import agenda, hours
from queues.tests.agenda import booked
from queues.tests.live.audience import Looker, phone
from queues.tests.story import fresh, people, waiting

pytestmark = pytest.mark.django_db(transaction=True)

Looking = Callable[[Looker], Looker]
NEVER = 1_000_000.0


@pytest.fixture(autouse=True)
def _nothing_moves_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told was hinted."""
    monkeypatch.setattr(hubs, "RENEWED_EVERY", NEVER)


@pytest.fixture
def clinic(clinic: Clinic) -> Clinic:
    return hours.at_ten(clinic)


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def slots(rao: Doctor, opd: Department) -> list[Slot]:
    """Two of this evening."""
    return agenda.slots(rao, opd, hours.today(opd.clinic, 18), 2)


@pytest.fixture
def hers(slots: list[Slot], asha: Patient) -> Appointment:
    return booked(slots[0], asha).appointment


def page_of(appointment: Appointment, language: str = "en") -> Looker:
    label = str(appointment.public_id)
    here = [appointment.department]
    return Looker(passes.to(Screen.APPOINTMENT, here, language=language, label=label))


def late(minutes: int) -> None:
    session = Session.objects.select_related("department__clinic").get()
    run_late(session, minutes, by=SYSTEM)


def test_a_phone_is_told_of_the_delay(looking: Looking, hers: Appointment, opd: Department) -> None:
    token = check_in(hers, by=SYSTEM)
    screen = looking(phone(opd, token.visit.label))
    screen.until(lambda: screen.boards)
    assert "late" not in screen.last()["appointed"]
    late(60)
    screen.until(lambda: "about 60 minutes late." in screen.last()["appointed"])
    assert screen.last()["expected"] == "7:00\u202fPM"
    late(0)
    screen.until(lambda: screen.last()["expected"] == "6:00\u202fPM")


def test_the_page_of_an_appointment_is_told_of_the_delay(
    looking: Looking, hers: Appointment
) -> None:
    screen = looking(page_of(hers))
    screen.until(lambda: screen.boards)
    late(60)
    screen.until(lambda: "60 minutes late" in screen.last()["state"])


def test_and_that_somebody_more_urgent_took_the_place(
    looking: Looking, hers: Appointment, slots: list[Slot], ben: Patient
) -> None:
    screen = looking(page_of(hers))
    screen.until(lambda: screen.boards)
    before = screen.last()["state"]
    booked(slots[0], ben, Priority.EMERGENCY)
    screen.until(lambda: screen.last()["state"] != before)


def test_whoever_lost_every_place_is_told_too(
    looking: Looking, hers: Appointment, slots: list[Slot], ben: Patient
) -> None:
    agenda.full(slots[1])
    screen = looking(page_of(hers))
    screen.until(lambda: screen.boards)
    booked(slots[0], ben, Priority.EMERGENCY)
    screen.until(lambda: screen.last()["state"].startswith("displaced"))


def test_of_others_it_is_told_nothing(
    looking: Looking, clinic: Clinic, hers: Appointment, opd: Department
) -> None:
    screen = looking(page_of(hers))
    screen.until(lambda: screen.boards)
    before = screen.last()["state"]
    for somebody in people(clinic, "Ben", "Chen"):
        waiting(somebody, opd)
    screen.until(lambda: screen.last()["seq"] > screen.boards[0]["seq"])
    assert screen.last()["state"] == before, "its page need not be fetched"
    assert set(screen.last()) == {"is", "epoch", "department", "day", "seq", "state"}


def test_once_they_are_here_it_follows_their_place_in_line(
    looking: Looking, rao: Doctor, opd: Department, desk_a: Counter, asha: Patient, ben: Patient
) -> None:
    Counter.objects.filter(pk=desk_a.pk).update(doctor=rao)
    slot = agenda.slots(rao, opd, timezone.now(), capacity=2, minutes=1)[0]
    first, second = (booked(slot, who).appointment for who in (ben, asha))
    check_in(first, by=SYSTEM), check_in(second, by=SYSTEM)
    screen = looking(page_of(second, language="es"))
    screen.until(lambda: screen.boards)
    assert "Probablemente" in screen.last()["state"]
    before = screen.last()["state"]
    tokens.complete(calling.call_next(fresh(desk_a), by=SYSTEM), by=SYSTEM)
    screen.until(lambda: screen.last()["state"] != before)


def test_many_pages_are_one_question(
    clinic: Clinic,
    rao: Doctor,
    opd: Department,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    slot = agenda.slots(rao, opd, hours.today(clinic, 18), capacity=20)[0]
    everybody = [booked(slot, who).appointment for who in people(clinic, *"ABCDEFGHIJKLMNOPQRST")]
    wishes = {Wish(Screen.APPOINTMENT, "en", str(one.public_id)) for one in everybody}
    assert messages.tell(opd.public_id, wishes)
    with django_assert_num_queries(4):  # the department, its version, they, who shares their slots
        told = messages.tell(opd.public_id, wishes)
    assert told
    assert len(set(told.texts.values())) == len(everybody)


def test_an_appointment_that_is_no_more_keeps_nothing_from_the_others(opd: Department) -> None:
    """The database of a demo, say, was made anew under an open page."""
    gone = Wish(Screen.APPOINTMENT, "en", str(uuid4()))
    told = messages.tell(opd.public_id, {gone, Wish(Screen.DESK)})
    assert told
    assert '"state":"gone"' in told.texts[gone]
    assert len(told.texts) == 2
