"""A consultation as a page: written as one goes, completed, added to, and nobody else's to read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from queues.actions import consultations
from queues.models import (
    Appointment,
    Clinic,
    Consultation,
    Counter,
    Department,
    Doctor,
    KeptAnswer,
    Patient,
    Slot,
    User,
)
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda, cast, consulting
from queues.tests.consulting import arrived, booked
from queues.tests.story import standing
from queues.tests.views.conftest import Browser

pytestmark = pytest.mark.django_db
PART = {"hx-request": "true"}


@pytest.fixture
def rao(clinic: Clinic, opd: Department) -> Doctor:
    doctor = agenda.doctor(opd)
    doctor.user = cast.user(clinic, "rao", Role.DOCTOR, opd)
    doctor.save()
    return doctor


@pytest.fixture
def room(rao: Doctor, opd: Department) -> Counter:
    return consulting.room(rao, opd)


@pytest.fixture
def ashas(rao: Doctor, opd: Department, asha: Patient) -> Appointment:
    return booked(consulting.slots_of_today(rao, opd)[0], asha)


@pytest.fixture
def doctor(rao: Doctor, logged_in: Callable[[User], Browser]) -> Browser:
    assert rao.user
    return logged_in(rao.user)


@pytest.fixture
def draft(ashas: Appointment) -> Consultation:
    return consultations.start(ashas, by=SYSTEM)


@pytest.fixture
def here(draft: Consultation) -> str:
    return f"/consultations/{draft.public_id}/"


def typed(draft: Consultation, *lines: tuple[str, str, str, str], **more: Any) -> dict[str, Any]:
    """All that the page sends."""
    columns = [list(column) for column in zip(*lines, strict=True)] or [[], [], [], []]
    draft.refresh_from_db()
    fields = dict(zip(("medicine", "dose", "when", "days"), columns, strict=True))
    empty = {"complaint": "", "notes": "", "diagnosis": "", "advice": "", "follow_up_days": ""}
    return {**empty, **fields, "seen": draft.changed_at.isoformat(), **more}


ASPIRIN = ("Aspirin", "75 mg", "morning", "30")


def test_one_tap_begins_it_and_the_next_goes_on(
    doctor: Browser, ashas: Appointment, room: Counter
) -> None:
    token = arrived(ashas)
    new = f"/consultations/new/{token.public_id}/"
    assert "Begin the consultation" in doctor.text(new)
    to = doctor.send(new)["Location"]
    assert standing(token) == "serving"
    assert "Asha" in doctor.text(to)
    assert doctor.get(f"/consultations/new/{ashas.public_id}/")["Location"] == to
    assert doctor.send(new)["Location"] == to
    assert Consultation.objects.count() == 1


def test_who_is_in_the_room_is_said_on_the_page(
    doctor: Browser, ashas: Appointment, room: Counter, rao: Doctor, ben: Patient, opd: Department
) -> None:
    other = booked(
        Slot.objects.select_related("session__department__clinic", "doctor").all()[1], ben
    )
    consultations.start(arrived(other), by=SYSTEM)
    arrived(ashas)
    answer = doctor.send(f"/consultations/new/{ashas.public_id}/")
    assert answer.status_code == 409
    assert "Counter R1 has A-001." in answer.content.decode()


def test_it_is_saved_as_it_is_typed(doctor: Browser, draft: Consultation, here: str) -> None:
    told = typed(draft, ASPIRIN, complaint="Pain\r\nat night", follow_up_days="14", do="save")
    assert doctor.send(here, **told)["Location"] == here
    draft.refresh_from_db()
    assert (draft.complaint, draft.follow_up_days) == ("Pain\nat night", 14)
    assert draft.prescription == [
        {"medicine": "Aspirin", "dose": "75 mg", "when": "morning", "days": 30}
    ]
    part = doctor.post(here, typed(draft, ASPIRIN, notes="more", do="autosave"), headers=PART)
    assert "Saved at" in part.content.decode()
    draft.refresh_from_db()
    assert draft.notes == "more"
    assert draft.changed_at.isoformat() in part.content.decode()


def test_lines_come_and_go_and_what_is_typed_stays(
    doctor: Browser, draft: Consultation, here: str
) -> None:
    told = typed(draft, ASPIRIN, ("Statin", "", "", ""), notes="kept", do="add")
    page = doctor.send(here, **told).content.decode()
    assert page.count('class="line"') == 3
    told = typed(draft, ASPIRIN, ("Statin", "", "", ""), notes="kept", remove="0")
    page = doctor.send(here, **told).content.decode()
    assert "Aspirin" not in page
    assert "Statin" in page
    assert "kept" in page
    part = doctor.post(here, typed(draft, ASPIRIN, do="add"), headers=PART).content.decode()
    assert part.count('class="line"') == 2
    assert "<html" not in part


def test_what_makes_no_sense_is_told_and_stays(
    doctor: Browser, draft: Consultation, here: str
) -> None:
    told = typed(draft, ("", "75 mg", "", ""), notes="kept", follow_up_days="9999", do="save")
    answer = doctor.send(here, **told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 1: please name the medicine" in page
    assert "75 mg" in page
    assert "kept" in page
    part = doctor.post(here, {**told, "do": "autosave"}, headers=PART).content.decode()
    assert "Not saved." in part
    assert doctor.send(f"{here}complete/", **told).status_code == 422
    draft.refresh_from_db()
    assert (draft.status, draft.notes) == ("draft", "")


def test_another_window_is_not_overwritten(doctor: Browser, draft: Consultation, here: str) -> None:
    old = typed(draft, notes="second", do="save")
    consultations.write(draft, {"notes": "first"}, by=SYSTEM)
    answer = doctor.send(here, **old)
    assert answer.status_code == 409
    assert "changed in another window" in answer.content.decode()
    assert "second" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.notes == "first"


def test_it_is_completed_with_what_is_on_the_page_and_then_only_added_to(
    doctor: Browser, draft: Consultation, here: str
) -> None:
    answer = doctor.send(f"{here}complete/", **typed(draft, ASPIRIN, diagnosis="Angina"))
    assert answer["Location"] == here
    page = doctor.text(here)
    assert "The consultation is completed." in page
    assert "Angina" in page
    assert "<textarea" in page, "of the addendum"
    assert 'name="diagnosis"' not in page
    assert doctor.send(here, **typed(draft, notes="late")).status_code == 409
    assert doctor.send(f"{here}addendum/", text="").status_code == 422
    doctor.send(f"{here}addendum/", text="Allergic to penicillin")
    page = doctor.text(here)
    assert "Allergic to penicillin" in page
    assert "Rao" in page


def test_begun_by_mistake_it_is_taken_back(doctor: Browser, draft: Consultation, here: str) -> None:
    assert "Take it back" in doctor.text(here)
    assert doctor.send(f"{here}take-back/")["Location"].startswith("/doctor/")
    assert not Consultation.objects.exists()
    assert doctor.get(here).status_code == 404


def test_the_history_tells_that_something_was_written_and_not_what(
    doctor: Browser, draft: Consultation, here: str, admin_desk: Browser
) -> None:
    doctor.send(here, **typed(draft, notes="Secret", do="save"))
    doctor.send(f"{here}complete/", **typed(draft, notes="Secret", advice="Secret too"))
    page = admin_desk.text("/events/main/OPD/")
    for told in (
        "Consultation started",
        "Consultation changed",
        "Consultation completed",
        "Written: the notes.",
        "It was booked and is now with the doctor.",
        "It was not completed and is now completed.",
    ):
        assert told in page
    assert "Secret" not in page


def test_a_follow_up_is_booked_in_one_tap(
    doctor: Browser, draft: Consultation, here: str, rao: Doctor, opd: Department, asha: Patient
) -> None:
    due = agenda.tomorrow(opd.clinic) + timedelta(days=13)
    early, late = (
        agenda.slots(rao, opd, due - timedelta(days=3))[0],
        agenda.slots(rao, opd, due + timedelta(days=1))[0],
    )
    doctor.send(f"{here}complete/", **typed(draft, follow_up_days="14"))
    page = doctor.text(here)
    assert str(late.public_id) in page
    assert str(early.public_id) not in page
    doctor.send(f"{here}follow-up/", slot=late.public_id)
    theirs = Appointment.objects.get(source=Priority.FOLLOW_UP)
    assert (theirs.patient, theirs.slot) == (asha, late)
    assert "Booked for" in doctor.text(here)
    assert doctor.send(f"{here}follow-up/", slot=uuid4()).status_code == 404


def test_a_prescription_to_print_once_it_is_completed(
    doctor: Browser, draft: Consultation, here: str
) -> None:
    assert doctor.get(f"{here}prescription/")["Location"] == here
    doctor.send(f"{here}complete/", **typed(draft, ASPIRIN, notes="not for paper"))
    answer = doctor.get(f"{here}prescription/")
    page = answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert "Aspirin" in page
    assert "Asha" in page
    assert "not for paper" not in page


def test_what_was_before_stands_beside_it(
    doctor: Browser, draft: Consultation, rao: Doctor, asha: Patient
) -> None:
    consultations.complete(draft, {"diagnosis": "Reflux"}, by=SYSTEM)
    slot = Slot.objects.filter(doctor=rao).order_by("starts_at")[1]
    again = consultations.start(booked(slot, asha, Priority.FOLLOW_UP), by=SYSTEM)
    page = doctor.text(f"/consultations/{again.public_id}/")
    assert "Reflux" in page


def test_the_list_is_filtered_and_paged(
    doctor: Browser, draft: Consultation, asha: Patient, rao: Doctor
) -> None:
    everything = "/consultations/"

    def listed(**sought: str) -> bool:
        return "Asha" in doctor.post(everything, sought).content.decode()

    assert "Asha" in doctor.text(everything)
    assert "Asha" in doctor.text(f"{everything}?doctor={rao.public_id}")
    assert "Asha" in doctor.text(f"{everything}?beside={draft.public_id}")
    assert asha.number in doctor.text(f"{everything}?beside={draft.public_id}")
    assert listed(patient=asha.number, status="draft")
    assert not listed(status="completed")
    assert not listed(patient="NOBODY")
    assert not listed(day="2020-01-01")
    assert listed(day="nonsense")


def test_what_was_sought_stays_from_page_to_page(
    doctor: Browser, draft: Consultation, asha: Patient
) -> None:
    facts = {name: getattr(draft, name) for name in ("clinic", "department", "doctor", "patient")}
    facts |= {"started_at": draft.started_at - timedelta(days=1), "changed_at": draft.changed_at}
    Consultation.objects.bulk_create(Consultation(**facts) for _ in range(25))
    first = doctor.post("/consultations/", {"patient": asha.number}).content.decode()
    assert 'name="page" value="2"' in first
    assert f'type="hidden" name="patient" value="{asha.number}"' in first
    second = doctor.post("/consultations/", {"patient": asha.number, "page": "2"}).content.decode()
    assert second.count("<tr>") == 2, "its heading, and the one that is left"
    assert 'name="page" value="1"' in second


def test_clerks_nurses_and_strangers_read_nothing(
    clinic: Clinic,
    opd: Department,
    ashas: Appointment,
    draft: Consultation,
    here: str,
    logged_in: Callable[[User], Browser],
    stranger: Browser,
    browser: Browser,
) -> None:
    clerk = logged_in(cast.user(clinic, "carlos", Role.CLERK))
    nurse = logged_in(cast.user(clinic, "nadia", Role.NURSE, opd))
    for somebody in (clerk, nurse):
        assert somebody.get("/consultations/").status_code == 403
        assert somebody.get(f"/consultations/new/{ashas.public_id}/").status_code == 403
        assert somebody.send(f"/consultations/new/{ashas.public_id}/").status_code == 403
    for somebody in (clerk, nurse, stranger):
        for page in ("", "prescription/"):
            assert somebody.get(here + page).status_code == 404
        for button in ("", "complete/", "addendum/", "follow-up/"):
            assert somebody.send(here + button, text="x").status_code == 404
    assert stranger.get(f"/consultations/new/{ashas.public_id}/").status_code == 404
    assert "/login/" in browser.get(here)["Location"]
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_no_word_of_it_is_in_an_address_or_in_a_kept_answer(
    doctor: Browser, draft: Consultation, here: str
) -> None:
    answers = [
        doctor.send(here, **typed(draft, notes="Secret", do="save")),
        doctor.send(f"{here}complete/", **typed(draft, notes="Secret", advice="Secret")),
        doctor.send(f"{here}addendum/", text="Secret"),
    ]
    assert all("Secret" not in answer["Location"] for answer in answers)
    assert "Secret" not in str(list(KeptAnswer.objects.values_list("body", flat=True)))


def test_the_queries_are_the_same_however_long_the_history(
    doctor: Browser, rao: Doctor, opd: Department, asha: Patient
) -> None:
    slots = consulting.slots_of_today(rao, opd, 6)
    first = consultations.start(booked(slots[0], asha, Priority.FOLLOW_UP), by=SYSTEM)

    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            doctor.text(page)
        return len(asked)

    pages = (f"/consultations/{first.public_id}/", "/consultations/")

    def more(slot: Slot) -> None:
        one = consultations.start(booked(slot, asha, Priority.FOLLOW_UP), by=SYSTEM)
        consultations.add(consultations.complete(one, by=SYSTEM), "more", by=SYSTEM)

    more(slots[1])
    doctor.text(pages[0])  # that it was opened is told once
    few = [queries(page) for page in pages]
    for slot in slots[2:]:
        more(slot)
    assert [queries(page) for page in pages] == few
