"""Somebody who has an appointment says at the kiosk that they are here."""

from __future__ import annotations

from uuid import uuid4

import pytest

from queues.actions import rebooking
from queues.models import Appointment, Clinic, Counter, Department, Doctor, Patient, Slot, Token
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda, cast
from queues.tests.hours import at_ten, today
from queues.tests.views.at_kiosk import KIOSK, NEW, AtKiosk, stands_at

PHONE = "98450 54321"
BY_PHONE = {"who": "appointment", "by": "phone", "phone": PHONE}
BY_CODE = {"who": "appointment", "by": "code"}
NOTHING = "We found no appointment with these details."


@pytest.fixture
def clinic(db: None) -> Clinic:
    return at_ten(cast.clinic())


@pytest.fixture
def kiosk(clinic: Clinic) -> AtKiosk:
    return AtKiosk()


@pytest.fixture
def rao(opd: Department, desk_a: Counter) -> Doctor:
    somebody = agenda.doctor(opd)
    Counter.objects.filter(pk=desk_a.pk).update(doctor=somebody)
    return somebody


@pytest.fixture
def slots(rao: Doctor, opd: Department) -> list[Slot]:
    return agenda.slots(rao, opd, today(opd.clinic), 3)


@pytest.fixture
def dora(clinic: Clinic) -> Patient:
    return cast.patient(clinic, "Dora Diaz", phone=PHONE, age=40)


@pytest.fixture
def doras(slots: list[Slot], dora: Patient) -> Appointment:
    return agenda.booked(slots[0], dora).appointment


def born(patient: Patient) -> str:
    return str(patient.birth_year)


def come(kiosk: AtKiosk, appointment: Appointment, once: str = "") -> str:
    answer = kiosk.answer("appointment", str(appointment.public_id), once=once or str(uuid4()))
    return str(answer["Location"])


def test_it_is_the_first_choice(kiosk: AtKiosk) -> None:
    kiosk.choose()
    page = kiosk.ask("who")
    assert page.index("I have an appointment") < page.index("No, I am new here")


def test_by_phone_and_year_of_birth(kiosk: AtKiosk, doras: Appointment, dora: Patient) -> None:
    assert stands_at(kiosk.go_through(**BY_PHONE, birth=born(dora)), "appointment")
    page = kiosk.ask("appointment")
    assert "Dr Rao" in page
    assert "Dora" not in page
    assert come(kiosk, doras) == f"{KIOSK}ticket/"
    doras.refresh_from_db()
    assert doras.status == Stage.CHECKED_IN
    ticket = kiosk.ask("ticket")
    assert "A-001" in ticket
    assert "Your appointment is at 11:00\u202fAM." in ticket
    assert "<dt>Expected at</dt><dd>11:00\u202fAM</dd>" in ticket
    assert "Your wait" not in ticket


@pytest.mark.parametrize("shown", ["address", "secret", "number"])
def test_by_the_code_of_the_appointment_or_the_card(
    kiosk: AtKiosk, doras: Appointment, dora: Patient, shown: str
) -> None:
    card = {"address": doras.url, "secret": doras.secret, "number": dora.number}[shown]
    assert stands_at(kiosk.go_through(**BY_CODE, card=card), "appointment")
    assert doras.secret not in str(dict(kiosk.session))
    assert come(kiosk, doras) == f"{KIOSK}ticket/"


def test_who_was_missed_and_comes_after_all_gets_a_number(
    kiosk: AtKiosk, rao: Doctor, opd: Department, dora: Patient
) -> None:
    begun = agenda.slots(rao, opd, today(opd.clinic, 9), minutes=120)[0]
    theirs = agenda.booked(begun, dora).appointment
    rebooking.miss(theirs, by=SYSTEM)
    kiosk.go_through(**BY_PHONE, birth=born(dora))
    assert come(kiosk, theirs) == f"{KIOSK}ticket/"
    assert Token.objects.get().appointment == theirs


def test_a_second_tap_is_the_same_tap(kiosk: AtKiosk, doras: Appointment, dora: Patient) -> None:
    kiosk.go_through(**BY_PHONE, birth=born(dora))
    assert come(kiosk, doras) == f"{KIOSK}ticket/"
    assert come(kiosk, doras) == f"{KIOSK}ticket/"
    assert Token.objects.count() == 1


def test_several_are_chosen_from(
    kiosk: AtKiosk, doras: Appointment, dora: Patient, opd: Department
) -> None:
    eyes = agenda.slots(agenda.doctor(opd, "Dr Lin"), opd, today(opd.clinic, 14))
    second = agenda.booked(eyes[0], dora).appointment
    kiosk.go_through(**BY_PHONE, birth=born(dora))
    assert "Which appointment have you come for?" in kiosk.ask("appointment")
    come(kiosk, second)
    assert Token.objects.get().appointment == second


def test_whoever_is_here_already_gets_the_same_number(
    kiosk: AtKiosk, doras: Appointment, dora: Patient
) -> None:
    for _time in range(2):
        kiosk.go_through(**BY_PHONE, birth=born(dora))
        come(kiosk, doras)
    assert Token.objects.count() == 1
    assert "You have a number already. It is still yours." in kiosk.ask("ticket")


def test_on_another_day_it_is_said_kindly(kiosk: AtKiosk, dora: Patient, opd: Department) -> None:
    tomorrow = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic))
    agenda.booked(tomorrow[0], dora)
    answer = kiosk.go_through(**BY_PHONE, birth=born(dora))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Please come again then." in page
    assert f'href="{KIOSK}who/"' in page


def test_the_same_words_for_whoever_is_known_and_whoever_is_not(
    kiosk: AtKiosk, dora: Patient
) -> None:
    said = []
    for year in (born(dora), "1901"):
        answer = kiosk.go_through(**BY_PHONE, birth=year)
        assert answer.status_code == 404
        page = answer.content.decode()
        assert NOTHING in page
        said.append(page.partition('role="alert"')[2].partition("</div>")[0])
        kiosk.send(f"{KIOSK}start-again/")
    assert said[0] == said[1]


@pytest.mark.parametrize("card", ["P2222-2222", "x" * 43])
def test_a_card_that_is_none(kiosk: AtKiosk, clinic: Clinic, card: str) -> None:
    answer = kiosk.go_through(**BY_CODE, card=card)
    assert answer.status_code == 404
    assert NOTHING in answer.content.decode()


def test_a_cancelled_one_is_not_found(kiosk: AtKiosk, doras: Appointment, dora: Patient) -> None:
    rebooking.cancel(doras, by=SYSTEM)
    assert NOTHING in kiosk.go_through(**BY_PHONE, birth=born(dora)).content.decode()


def test_one_that_is_cancelled_meanwhile_is_refused(
    kiosk: AtKiosk, doras: Appointment, dora: Patient
) -> None:
    kiosk.go_through(**BY_PHONE, birth=born(dora))
    page = kiosk.ask("appointment")
    assert str(doras.public_id) in page
    rebooking.cancel(doras, by=SYSTEM)
    answer = kiosk.answer("appointment", str(doras.public_id), once=str(uuid4()))
    assert answer.status_code == 422
    assert "Please see the reception." in answer.content.decode()
    assert not Token.objects.exists()


def test_a_place_without_a_name_is_for_the_reception(kiosk: AtKiosk, slots: list[Slot]) -> None:
    nobody = agenda.booked(slots[0], None).appointment
    answer = kiosk.go_through(**BY_CODE, card=nobody.url)
    assert answer.status_code == 422
    assert "Please see the reception." in answer.content.decode()


def test_an_appointment_elsewhere_is_not_here(kiosk: AtKiosk, dora: Patient) -> None:
    there = cast.department(at_ten(cast.clinic("other")), "OPD")
    agenda.booked(agenda.slots(agenda.doctor(there), there, today(there.clinic))[0], dora)
    assert NOTHING in kiosk.go_through(**BY_PHONE, birth=born(dora)).content.decode()


def test_back_to_taking_a_number(kiosk: AtKiosk, dora: Patient) -> None:
    kiosk.go_through(**BY_PHONE, birth=born(dora))
    assert stands_at(kiosk.answer("who", "returning"), "phone")


def test_nobody_answers_for_another(
    kiosk: AtKiosk, doras: Appointment, slots: list[Slot], ben: Patient
) -> None:
    """Whoever found themselves sees their own appointments, and can press no other."""
    agenda.booked(slots[1], ben)
    kiosk.go_through(**BY_CODE, card=ben.number)
    answer = kiosk.answer("appointment", str(doras.public_id), once=str(uuid4()))
    assert answer.status_code == 422
    assert not Token.objects.exists()


# A number for a doctor whose time is booked.


def test_a_number_for_a_doctor_takes_the_first_time_with_room(
    kiosk: AtKiosk, slots: list[Slot], rao: Doctor
) -> None:
    agenda.full(slots[0])
    kiosk.go_through(**NEW, need="OPD", doctor=str(rao.public_id), about="nothing")
    token = Token.objects.get()
    assert token.appointment
    assert (token.appointment.slot, token.appointment.source) == (slots[1], Priority.WALK_IN)


def test_each_doctor_is_offered_with_the_time_that_would_be_given(
    kiosk: AtKiosk, slots: list[Slot], rao: Doctor
) -> None:
    kiosk.go_through(**NEW, need="OPD")
    assert "at about 11:00\u202fAM" in kiosk.ask("doctor")
    agenda.full(slots[0])
    assert "at about 11:30\u202fAM" in kiosk.ask("doctor")


def test_a_doctor_who_is_full_today_leads_to_any_other(
    kiosk: AtKiosk, slots: list[Slot], rao: Doctor
) -> None:
    for slot in slots:
        agenda.full(slot)
    answer = kiosk.go_through(**NEW, need="OPD", doctor=str(rao.public_id), about="nothing")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This doctor is fully booked today." in page
    assert "any doctor" in page
    assert stands_at(kiosk.answer("doctor", "any"), "about")
    kiosk.answer("about", "nothing")
    assert Token.objects.get().doctor is None
