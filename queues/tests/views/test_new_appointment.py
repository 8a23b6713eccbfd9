"""Staff book a doctor's time for a patient."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Patient,
    Slot,
    Token,
    WaitlistEntry,
)
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.tests import agenda, cast
from queues.tests.hours import at_ten, today
from queues.tests.views.conftest import Browser

NEW = "/appointments/new/"


@pytest.fixture
def clinic(db: None) -> Clinic:
    return at_ten(cast.clinic())


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def slots(rao: Doctor, opd: Department) -> list[Slot]:
    return agenda.slots(rao, opd, today(opd.clinic), 3)


def address(rao: Doctor, patient: Patient | None = None, source: Priority | None = None) -> str:
    query = f"?doctor={rao.public_id}"
    if patient:
        query += f"&patient={patient.public_id}"
    return NEW + query + (f"&source={source}" if source else "")


def book(desk: Browser, to: str, slot: Slot, **typed: str) -> Any:
    return desk.send(to, slot=str(slot.public_id), **typed)


def test_book_for_somebody_who_is_found(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    found = desk.send(address(rao), search="ash").content.decode()
    assert f"patient={asha.public_id}" in found
    assert "1 of 1 free" in desk.text(address(rao, asha))
    to = book(desk, address(rao, asha, Priority.ONLINE), slots[1], reason="a cough")["Location"]
    made = Appointment.objects.get()
    assert (made.patient, made.slot, made.source) == (asha, slots[1], Priority.ONLINE)
    assert made.reason == "a cough"
    page = desk.text(to)
    assert "11:30" in page
    assert 'class="qr"' in page


def test_a_search_is_not_asked_for_by_address(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    assert asha.number not in desk.text(f"{address(rao)}&search=ash")


def test_a_place_without_a_name(desk: Browser, rao: Doctor, slots: list[Slot]) -> None:
    assert "Book the chosen time without a name" in desk.text(address(rao))
    book(desk, address(rao), slots[0])
    assert Appointment.objects.get().patient is None


def test_a_double_click_books_once(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    key = str(uuid4())
    for _click in range(2):
        book(desk, address(rao, asha), slots[0], once=key)
    assert Appointment.objects.count() == 1


def test_without_a_time_it_is_said_and_the_reason_stays(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    answer = desk.send(address(rao, asha), reason="a cough")
    assert answer.status_code == 422
    assert "Please choose a time." in answer.content.decode()
    assert 'value="a cough"' in answer.content.decode()


def test_a_full_time_offers_others_and_what_was_typed_stays(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    agenda.full(slots[0])
    answer = book(desk, address(rao, asha), slots[0], reason="a cough")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This time is fully booked." in page
    assert f'name="instead" value="{slots[1].public_id}"' in page
    assert 'value="a cough"' in page
    desk.send(address(rao, asha), instead=str(slots[1].public_id), reason="a cough")
    assert Appointment.objects.get(patient=asha).slot == slots[1]


def test_who_would_give_way_is_said_before_and_asked(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    [walked] = agenda.full(slots[0])
    to = address(rao, asha, Priority.PAID)
    assert "takes the place of the newest of: walk-in" in desk.text(to)
    answer = book(desk, to, slots[0], reason="a cough")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'name="displaces" value="{walked.public_id}"' in page
    assert walked.patient
    assert walked.patient.name in page
    assert 'value="a cough"' in page
    assert not Appointment.objects.filter(patient=asha).exists()


def test_and_then_it_is_said_where_they_are_now(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    [walked] = agenda.full(slots[0])
    to = address(rao, asha, Priority.PAID)
    agreed = {"displaces": str(walked.public_id), "instead": str(slots[0].public_id)}
    page = desk.text(desk.send(to, **agreed)["Location"])
    walked.refresh_from_db()
    assert walked.slot == slots[1]
    assert walked.patient
    assert walked.patient.name in page
    assert "gave way, and now comes on" in page
    assert "at 11:30" in page
    agenda.assert_slots_agree()


def test_whoever_finds_no_other_place_stands_first_on_the_waitlist(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    everybody = [one for slot in slots for one in agenda.full(slot)]
    walked = everybody[0]
    to = address(rao, asha, Priority.PAID)
    agreed = {"displaces": str(walked.public_id), "slot": str(slots[0].public_id)}
    page = desk.text(desk.send(to, **agreed)["Location"])
    walked.refresh_from_db()
    assert walked.status == Stage.DISPLACED
    assert "now stands first on the waitlist" in page


def test_whose_offer_is_needed_waits_again(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient, ben: Patient, clinic: Clinic
) -> None:
    Clinic.objects.filter(pk=clinic.pk).update(offer_minutes=30)
    agenda.waits(ben, slot=slots[0])
    offered = Appointment.objects.get(status=Stage.WAITLISTED)
    agreed = {"displaces": str(offered.public_id), "slot": str(slots[0].public_id)}
    page = desk.text(desk.send(address(rao, asha, Priority.PAID), **agreed)["Location"])
    assert "who had not answered yet and waits again" in page
    assert "gave way, and now comes on" not in page


def test_agreeing_to_one_is_not_agreeing_to_another(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    agenda.full(slots[0])
    to = address(rao, asha, Priority.PAID)
    answer = book(desk, to, slots[0], displaces=str(uuid4()))
    assert answer.status_code == 409
    assert not Appointment.objects.filter(patient=asha).exists()


def test_from_the_door_to_the_doctor(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    agenda.full(slots[0])
    to = desk.send(address(rao, asha), do="walk_in")["Location"]
    token = Token.objects.get()
    assert token.appointment
    assert token.appointment.slot == slots[1]
    assert f"ticket={token.public_id}" in to
    assert "A-001: checked in." in desk.text(to)


def test_a_number_needs_its_patient(desk: Browser, rao: Doctor, slots: list[Slot]) -> None:
    answer = desk.send(address(rao), do="walk_in")
    assert "A number needs its patient." in answer.content.decode()
    assert not Token.objects.exists()


def test_a_doctor_who_is_full_today_says_so(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    for slot in slots:
        agenda.full(slot)
    answer = desk.send(address(rao, asha), do="walk_in")
    assert answer.status_code == 409
    assert "This doctor is fully booked today." in answer.content.decode()


def test_onto_the_waitlist_of_the_day(
    desk: Browser, rao: Doctor, slots: list[Slot], asha: Patient
) -> None:
    for slot in slots:
        agenda.full(slot)
    to = desk.send(address(rao, asha), do="wait", reason="a cough")["Location"]
    entry = WaitlistEntry.objects.get()
    assert (entry.patient, entry.doctor, entry.earliest) == (asha, rao, slots[0].day)
    assert "a cough" in desk.text(to)


def test_what_makes_no_sense_in_the_address_is_left_out(
    desk: Browser, rao: Doctor, slots: list[Slot]
) -> None:
    assert desk.get(f"{NEW}?doctor=nobody&day=never&source=king&slot=x&booked=y").status_code == 200
    assert desk.get(f"{NEW}?patient={uuid4()}").status_code == 404


def test_a_slot_leads_to_its_day_and_its_doctor(
    desk: Browser, rao: Doctor, opd: Department
) -> None:
    [slot] = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))
    page = desk.text(f"{NEW}?slot={slot.public_id}")
    assert f'value="{slot.public_id}" checked' in page


def test_another_department_does_not_book_here(
    lab_desk: Browser, stranger: Browser, rao: Doctor, slots: list[Slot], clinic: Clinic
) -> None:
    assert book(lab_desk, NEW, slots[0]).status_code == 404
    assert book(stranger, NEW, slots[0]).status_code == 404
    assert not Appointment.objects.exists()
