"""A time is booked at the portal: who it is for, once more, and done."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.core.cache import cache

from queues.actions import patients
from queues.models import (
    Appointment,
    Consultation,
    Department,
    Doctor,
    Event,
    Kind,
    Patient,
    Slot,
)
from queues.rules.limits import Door, Rate
from queues.rules.links import hashed
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree
from queues.tests.views.book.at_portal import DORA, SECRET, AtPortal, later, of

ONCE = "11111111-1111-4111-8111-111111111111"
NOBODY_FITS = "We found nobody with these details. Please register as new."


def year_of(patient: Patient) -> str:
    return str(patient.birth_year)


def test_somebody_new_books(portal: AtPortal, nine: Slot) -> None:
    address = portal.book(nine)
    found = SECRET.fullmatch(address)
    assert found
    booked = Appointment.objects.get(link_hash=hashed(found[2]))
    patient = booked.patient
    assert patient
    assert (booked.slot, booked.source, booked.status) == (nine, "online", "scheduled")
    assert (patient.name, patient.phone, patient.birth_year) == (
        "Dora Diaz",
        "+919845012345",
        1986,
    )
    page = portal.text(address)
    assert "Your appointment is booked." in page
    assert "Dora" not in page
    event = Event.objects.get(kind=Kind.BOOKED)
    assert (event.actor, event.origin) == (patient.public_id, "portal")
    assert_slots_agree()


def test_somebody_known_books_by_phone_and_year(
    portal: AtPortal, nine: Slot, asha: Patient
) -> None:
    answer = portal.known(nine, asha.phone, year_of(asha))
    assert answer["Location"] == f"{of(nine)}check/"
    check = portal.text(f"{of(nine)}check/")
    assert "Asha" not in check, "whoever knows phone and year does not learn the name"
    assert asha.phone not in check
    portal.send(f"{of(nine)}check/", reason="A cough")
    booked = Appointment.objects.get()
    assert (booked.patient, booked.reason) == (asha, "A cough")
    assert Patient.objects.count() == 1


def test_the_summary_says_all_that_matters(portal: AtPortal, nine: Slot) -> None:
    portal.new(nine)
    check = portal.text(f"{of(nine)}check/")
    for fact in ("Dr Rao", "Cardiology", "Main Clinic, Outpatients", "9:00", "(UTC)", "Dora Diaz"):
        assert fact in check


def test_the_language_goes_with_the_appointment(portal: AtPortal, nine: Slot) -> None:
    portal.get("/book/?language=ar")
    address = portal.book(nine)
    assert Appointment.objects.get().language == "ar"
    assert '<html lang="ar" dir="rtl">' in AtPortal().text(address), "on any device"


def test_a_phone_alone_is_told_from_none_by_nothing(
    portal: AtPortal, nine: Slot, asha: Patient
) -> None:
    known = portal.known(nine, asha.phone, "1950").content.decode()
    unknown = portal.known(nine, "98450 77777", "1950").content.decode()
    assert NOBODY_FITS in known
    assert NOBODY_FITS in unknown


def test_several_who_fit_are_said_as_at_the_kiosk(
    portal: AtPortal, nine: Slot, asha: Patient, opd: Department
) -> None:
    cast.patient(opd.clinic, "Asif", phone=asha.phone)
    answer = portal.known(nine, asha.phone, year_of(asha))
    assert answer.status_code == 409
    assert "Several people fit. Please see the reception." in answer.content.decode()


def test_whoever_says_again_to_be_new_is_who_they_are(portal: AtPortal, slots: list[Slot]) -> None:
    first = portal.text(portal.book(slots[0]))
    portal.new(slots[1], name="dora diaz", phone="+91 98450 12345")
    check = portal.text(f"{of(slots[1])}check/")
    assert "dora diaz" in check, "the page is that of somebody new"
    portal.send(f"{of(slots[1])}check/", reason="")
    [dora] = Patient.objects.filter(phone="+919845012345")
    assert dora.name == "Dora Diaz"
    assert "Your appointment is booked." in first


def test_a_relative_of_the_same_phone_and_year_is_somebody_else(
    portal: AtPortal, slots: list[Slot]
) -> None:
    portal.book(slots[0])
    portal.book(slots[1], name="Dana Diaz")
    assert Patient.objects.filter(phone="+919845012345").count() == 2


def test_whoever_is_not_found_registers_without_typing_it_again(
    portal: AtPortal, nine: Slot
) -> None:
    page = portal.known(nine, "98450 77777", "1950").content.decode()
    new = page[page.index("new-name") :]
    assert 'value="98450 77777"' in new
    assert 'value="1950"' in new


def test_guessing_years_ends_the_same_for_a_phone_that_nobody_has(
    portal: AtPortal, nine: Slot, asha: Patient, settings: LazySettings
) -> None:
    settings.RATES = {**settings.RATES, Door.GUESS: Rate(6, 3600)}
    cache.clear()
    for phone in (asha.phone, "98450 77777"):
        for year in range(6):
            assert NOBODY_FITS in portal.known(nine, phone, str(1930 + year)).content.decode()
        stopped = portal.known(nine, phone, year_of(asha)).content.decode()
        assert "Too many tries." in stopped


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Please write a name of 1 to 200 characters."),
        ({"phone": "12"}, "Please give a phone number of 7 to 15 digits."),
        ({"birth": "86"}, "Please give the year of birth in four digits."),
        ({"birth": "2200"}, "Please give the year of birth in four digits."),
    ],
)
def test_bad_input_is_said_beside_its_field_and_the_rest_stays(
    portal: AtPortal, nine: Slot, wrong: dict[str, str], sentence: str
) -> None:
    answer = portal.new(nine, **wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    for name, typed in {**DORA, **wrong}.items():
        assert f'value="{typed}"' in page or not typed, name
    assert not Patient.objects.exists()


def test_a_form_of_no_known_kind_begins_again(portal: AtPortal, nine: Slot) -> None:
    assert portal.send(of(nine), who="somebody")["Location"] == of(nine)


def test_the_check_wants_to_know_who_first(portal: AtPortal, nine: Slot) -> None:
    assert portal.get(f"{of(nine)}check/")["Location"] == of(nine)
    assert portal.send(f"{of(nine)}check/")["Location"] == of(nine)


def test_a_double_tap_books_once(portal: AtPortal, nine: Slot) -> None:
    portal.new(nine)
    session = portal.session
    answers = []
    for _tap in range(2):
        answers.append(portal.send(f"{of(nine)}check/", once=ONCE, reason=""))
    assert answers[0]["Location"] == answers[1]["Location"]
    # And where both came before either was answered: the session is as it was.
    session.save()
    assert (
        portal.send(f"{of(nine)}check/", once=ONCE, reason="")["Location"] == answers[0]["Location"]
    )
    assert Appointment.objects.count() == 1
    assert Patient.objects.count() == 1


def test_losing_the_race_keeps_what_was_typed(portal: AtPortal, slots: list[Slot]) -> None:
    nine, half_past, _ten = slots
    portal.new(nine)
    agenda.full(nine, Priority.PAID)
    before = Patient.objects.count()
    answer = portal.send(f"{of(nine)}check/", reason="")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This time is no longer free." in page
    assert "What you typed is kept." in page
    assert Patient.objects.count() == before, "nobody was registered for nothing"
    assert f'href="{of(half_past)}check/"' in page
    assert "Dora Diaz" in portal.text(f"{of(half_past)}check/")
    portal.send(f"{of(half_past)}check/", reason="")
    assert Appointment.objects.get(patient__name="Dora Diaz").slot == half_past


def test_a_time_that_is_gone_says_so_before_anything_is_asked(
    portal: AtPortal, slots: list[Slot]
) -> None:
    agenda.full(slots[0])
    page = portal.text(of(slots[0]))
    assert "This time is no longer free." in page
    assert of(slots[1]) in page
    assert f"/book/wait/?slot={slots[0].public_id}" in page


def test_a_time_that_passed_meanwhile(
    portal: AtPortal, nine: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, days=3)
    portal.new(nine)
    assert "This time is no longer free." in portal.text(of(nine))


def test_not_twice_with_one_doctor_a_day(portal: AtPortal, slots: list[Slot]) -> None:
    portal.book(slots[0])
    portal.known(slots[1], DORA["phone"], DORA["birth"])
    answer = portal.send(f"{of(slots[1])}check/", reason="")
    assert answer.status_code == 409
    assert (
        "There is an appointment with this doctor on that day already." in answer.content.decode()
    )


def test_who_is_inactive_is_sent_to_the_reception(
    portal: AtPortal, nine: Slot, asha: Patient, opd: Department
) -> None:
    patients.set_active(asha, opd.clinic, False, by=SYSTEM)
    portal.known(nine, asha.phone, year_of(asha))
    answer = portal.send(f"{of(nine)}check/", reason="")
    assert "Please see the reception." in answer.content.decode()


def test_a_reason_too_long_is_said_and_kept(portal: AtPortal, nine: Slot) -> None:
    portal.new(nine)
    answer = portal.send(f"{of(nine)}check/", reason="x" * 201)
    assert answer.status_code == 422
    assert "x" * 201 in answer.content.decode()


def test_nothing_personal_is_in_an_address(portal: AtPortal, nine: Slot) -> None:
    addresses = [portal.new(nine)["Location"], portal.send(f"{of(nine)}check/")["Location"]]
    for secret in (*DORA.values(), "9845012345", "Dora"):
        assert not any(secret in address for address in addresses)


def test_who_it_was_is_forgotten_when_it_is_done(portal: AtPortal, nine: Slot) -> None:
    address = portal.book(nine)
    kept = str(dict(portal.session.items()))
    for secret in ("Dora", "98450", "1986", address.split("/")[-2]):
        assert secret not in kept


def test_and_when_they_say_so_or_take_too_long(
    portal: AtPortal, nine: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.new(nine)
    portal.send("/book/forget/")
    assert portal.get(f"{of(nine)}check/")["Location"] == of(nine)
    portal.new(nine)
    later(monkeypatch, minutes=31)
    assert portal.get(f"{of(nine)}check/").status_code == 302


def test_pages_with_what_was_typed_are_kept_nowhere(portal: AtPortal, nine: Slot) -> None:
    portal.new(nine)
    for page in (of(nine), f"{of(nine)}check/", "/book/mine/"):
        assert portal.get(page)["Cache-Control"] == "no-store"


def test_who_was_asked_to_come_again_books_a_follow_up(
    portal: AtPortal, nine: Slot, asha: Patient, rao: Doctor, opd: Department
) -> None:
    asked_to_come_again(asha, rao, opd)
    portal.known(nine, asha.phone, year_of(asha))
    portal.send(f"{of(nine)}check/", reason="")
    assert Appointment.objects.get().source == Priority.FOLLOW_UP


def asked_to_come_again(patient: Patient, doctor: Doctor, department: Department) -> None:
    long_ago = agenda.tomorrow(department.clinic).replace(year=2026)
    Consultation.objects.create(
        clinic=department.clinic,
        department=department,
        doctor=doctor,
        patient=patient,
        status=Consultation.Status.COMPLETED,
        follow_up_days=7,
        started_at=long_ago,
        changed_at=long_ago,
        completed_at=long_ago,
    )
