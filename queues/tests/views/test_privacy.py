"""The record's page: who opened it, all of it in a file, and the end of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from queues.models import Clinic, Consultation, Department, Doctor, Event, Kind, Patient, User
from queues.rules.rights import Role
from queues.tests import agenda, cast, consulting
from queues.tests.story import waiting
from queues.tests.views.conftest import Browser

SURE = {"sure": "yes"}


def page_of(patient: Patient) -> str:
    return f"/patients/{patient.public_id}/"


def looks() -> list[tuple[str, str]]:
    found = Event.objects.filter(kind=Kind.RECORD_OPENED).order_by("pk")
    return [(str(one.subject), one.after["part"]) for one in found]


# Who opened it


def test_whoever_opens_a_record_leaves_their_name(desk: Browser, asha: Patient) -> None:
    desk.text(page_of(asha))
    desk.text(page_of(asha))
    assert looks() == [(str(asha.public_id), "record")]
    told = Event.objects.get(kind=Kind.RECORD_OPENED)
    assert told.actor == User.objects.get(username="nadia").public_id


def test_to_be_listed_is_not_to_be_opened(desk: Browser, asha: Patient) -> None:
    desk.send("/patients/", search="Asha")
    assert looks() == []


def test_who_opened_it_is_shown_to_who_answers_for_it(
    desk: Browser, admin_desk: Browser, asha: Patient
) -> None:
    desk.text(page_of(asha))
    assert "Who opened this record" not in desk.text(page_of(asha))
    page = admin_desk.text(page_of(asha))
    shown = page.partition("Who opened this record")[2].partition("</details>")[0]
    assert shown.count("<li>") == 2
    assert "Amina" in shown
    assert "Nadia" in shown


def test_reading_what_a_doctor_wrote_is_told(
    admin_desk: Browser, opd: Department, asha: Patient
) -> None:
    written = consultation(opd, asha)
    admin_desk.text(f"/consultations/{written.public_id}/")
    assert looks() == [(str(asha.public_id), "consultations")]


def consultation(department: Department, patient: Patient) -> Consultation:
    rao: Doctor = agenda.doctor(department)
    slot = consulting.slots_of_today(rao, department)[0]
    booked = consulting.booked(slot, patient)
    return Consultation.objects.create(
        clinic=department.clinic,
        department=department,
        doctor=rao,
        patient=patient,
        appointment=booked,
        started_at=booked.booked_at,
        changed_at=booked.booked_at,
    )


# All of it in a file


def test_all_that_is_held_is_a_file(admin_desk: Browser, asha: Patient) -> None:
    file = admin_desk.post(f"{page_of(asha)}export/")
    assert file["Content-Disposition"] == f'attachment; filename="{asha.number}.json"'
    assert file["Cache-Control"] == "no-store"
    assert file.json()["records"][0]["name"] == "Asha"
    assert Event.objects.filter(kind=Kind.RECORD_EXPORTED, subject=asha.public_id).count() == 1


def test_nobody_is_led_to_it_by_an_address(admin_desk: Browser, asha: Patient) -> None:
    assert admin_desk.get(f"{page_of(asha)}export/").status_code == 405


# The end of it


def test_it_is_asked_about_and_done(admin_desk: Browser, asha: Patient) -> None:
    assert "for good" in admin_desk.text(f"{page_of(asha)}anonymise/")
    answer = admin_desk.send(f"{page_of(asha)}anonymise/", **SURE)
    assert answer["Location"] == page_of(asha)
    page = admin_desk.text(page_of(asha))
    assert "The record is anonymised." in page
    assert "What is left is nobody" in page
    assert "Asha" not in page
    for form in ("correct/", "merge/", "active/"):
        assert f"{page_of(asha)}{form}" not in page


def test_without_the_tick_nothing_happens(admin_desk: Browser, asha: Patient) -> None:
    answer = admin_desk.send(f"{page_of(asha)}anonymise/")
    assert answer.status_code == 422
    assert "Please tick that you are sure." in answer.content.decode()
    assert Patient.objects.get().name == "Asha"


def test_refused_it_says_why(admin_desk: Browser, asha: Patient, opd: Department) -> None:
    waiting(asha, opd)
    answer = admin_desk.send(f"{page_of(asha)}anonymise/", **SURE)
    assert answer.status_code == 409
    assert "They are in a queue just now." in answer.content.decode()


def test_it_is_not_for_everybody(desk: Browser, stranger: Browser, asha: Patient) -> None:
    for act in ("export/", "anonymise/"):
        assert desk.send(f"{page_of(asha)}{act}", **SURE).status_code == 403
        assert stranger.send(f"{page_of(asha)}{act}", **SURE).status_code == 404
        assert f"{page_of(asha)}{act}" not in desk.text(page_of(asha))


@pytest.mark.parametrize("act", ["export/", "anonymise/"])
def test_what_two_clinics_know_is_not_one_clinics_alone(
    act: str, logged_in: Callable[[User], Browser], clinic: Clinic, asha: Patient
) -> None:
    far = cast.clinic("far")
    waiting(asha, cast.department(far, "OPD"))
    amina = cast.user(clinic, "amina", Role.ADMIN)
    one, path = logged_in(amina), f"{page_of(asha)}{act}"
    assert one.send(path, **SURE).status_code == 403
    assert path not in one.text(page_of(asha))
    amina.memberships.create(clinic=far, role=Role.ADMIN)
    assert one.send(path, **SURE).status_code == {"export/": 200, "anonymise/": 409}[act]


def test_a_department_alone_does_not_answer_for_a_person(
    logged_in: Callable[[User], Browser], clinic: Clinic, opd: Department, asha: Patient
) -> None:
    of_opd = logged_in(cast.user(clinic, "olga", Role.ADMIN, opd))
    assert of_opd.send(f"{page_of(asha)}anonymise/", **SURE).status_code == 403


def test_the_anonymised_are_found_no_longer(admin_desk: Browser, asha: Patient) -> None:
    admin_desk.send(f"{page_of(asha)}anonymise/", **SURE)
    number = Patient.objects.get().number
    assert page_of(asha) not in admin_desk.text("/patients/")
    for text in ("Asha", asha.phone, number):
        found = admin_desk.send("/patients/", search=text).content.decode()
        assert page_of(asha) not in found
