"""The day's appointments at the desk: checked in, confirmed, missed, cancelled, and who waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from queues.actions import rebooking, waitlists
from queues.actions.wishes import Wish
from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Event,
    Kind,
    Patient,
    Slot,
    Token,
    WaitlistEntry,
)
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda, cast
from queues.tests.conftest import ApiClient
from queues.tests.hours import at_ten, today
from queues.tests.views.conftest import Browser

TODAY = "/appointments/today/"


@pytest.fixture
def clinic(db: None) -> Clinic:
    return at_ten(cast.clinic())


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def slots(rao: Doctor, opd: Department) -> list[Slot]:
    return agenda.slots(rao, opd, today(opd.clinic), 4)


@pytest.fixture
def ashas(slots: list[Slot], asha: Patient) -> Appointment:
    return agenda.booked(slots[0], asha).appointment


def work(desk: Browser, appointment: Appointment, step: str, query: str = "", **typed: str) -> Any:
    return desk.send(f"/appointments/{appointment.public_id}/step/{query}", step=step, **typed)


def test_the_day_shows_who_comes_to_whom_and_when(desk: Browser, ashas: Appointment) -> None:
    page = desk.text(TODAY)
    for shown in ("Dr Rao", "11:00", "Asha", "booked online", "expected in at 11:00"):
        assert shown in page
    assert "3 times with room" in page


def test_check_in_gives_a_number_and_shows_it(desk: Browser, ashas: Appointment) -> None:
    to = work(desk, ashas, "check_in")["Location"]
    token = Token.objects.get()
    assert token.appointment == ashas
    assert to == f"{TODAY}?ticket={token.public_id}#ticket"
    page = desk.text(to)
    assert "A-001: checked in." in page
    assert 'class="qr"' in page
    assert '<p class="ticket-label">A-001</p>' in page


def test_a_double_click_checks_in_once(desk: Browser, ashas: Appointment) -> None:
    key = str(uuid4())
    to = {work(desk, ashas, "check_in", once=key)["Location"] for _click in range(2)}
    assert len(to) == 1
    assert Event.objects.filter(kind=Kind.CHECKED_IN).count() == 1


@pytest.mark.parametrize(
    ("step", "stage", "kind"),
    [
        ("confirm", Stage.CONFIRMED, Kind.CONFIRMED),
        ("cancel", Stage.CANCELLED, Kind.BOOKING_CANCELLED),
    ],
)
def test_each_button_does_what_it_says(
    desk: Browser, ashas: Appointment, step: str, stage: Stage, kind: Kind
) -> None:
    work(desk, ashas, step, reason="has a cold")
    ashas.refresh_from_db()
    assert ashas.status == stage
    event = Event.objects.get(kind=kind)
    assert event.note == ("has a cold" if step == "cancel" else "")


@pytest.fixture
def bens(rao: Doctor, opd: Department, ben: Patient) -> Appointment:
    """Expected an hour ago, in a time that still runs."""
    slot = agenda.slots(rao, opd, today(opd.clinic, 9), minutes=120)[0]
    return agenda.booked(slot, ben).appointment


def test_nobody_is_expected_before_now_or_before_they_booked(
    desk: Browser, bens: Appointment, staff_api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a time that runs the page said when it had begun, and the API a moment of now with its
    microseconds."""
    moment = today(bens.clinic, 10) + timedelta(minutes=7, seconds=20, microseconds=274168)
    Appointment.objects.update(booked_at=moment)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    assert "expected in at 10:07" in desk.text(TODAY)
    assert "expected in at 10:07" in desk.text(f"/appointments/new/?booked={bens.public_id}")
    told = staff_api.get(f"/appointments/{bens.public_id}").json()["estimated_time"]
    assert datetime.fromisoformat(told) == moment.replace(second=0, microsecond=0)
    monkeypatch.setattr(timezone, "now", lambda: moment + timedelta(minutes=12))
    page = desk.text(TODAY)
    assert "was expected at 10:07" in page
    assert "12 minutes ago" in page


def test_who_is_here_is_expected_in_not_before_now(
    desk: Browser, bens: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(desk, bens, "check_in")
    late = today(bens.clinic, 10) + timedelta(minutes=59)
    monkeypatch.setattr(timezone, "now", lambda: late)
    assert "expected in at 10:59" in desk.text(TODAY)
    assert "expected at 10:59" in desk.text(f"/doctor/?doctor={bens.doctor.public_id}")


def test_nobody_is_missed_before_their_time(desk: Browser, ashas: Appointment) -> None:
    assert 'value="no_show"' not in desk.text(TODAY)
    page = desk.text(work(desk, ashas, "no_show")["Location"])
    assert "They are expected at 11 a.m. and may still come." in page
    ashas.refresh_from_db()
    assert ashas.status == Stage.SCHEDULED


def test_who_was_missed_and_comes_after_all_is_checked_in(desk: Browser, bens: Appointment) -> None:
    assert 'value="no_show"' in desk.text(TODAY)
    work(desk, bens, "no_show")
    bens.refresh_from_db()
    assert bens.status == Stage.NO_SHOW
    assert Event.objects.filter(kind=Kind.MISSED).count() == 1
    missed = desk.text(f"{TODAY}?show=missed")
    assert 'value="check_in"' in missed
    assert "More" not in missed
    assert "A-001: checked in." in desk.text(work(desk, bens, "check_in")["Location"])


def test_what_cannot_be_done_is_said_in_a_sentence(desk: Browser, ashas: Appointment) -> None:
    work(desk, ashas, "cancel")
    page = desk.text(work(desk, ashas, "check_in")["Location"])
    assert "This appointment is: cancelled." in page
    assert "Nadia" in page


def test_a_page_that_is_here_gets_its_living_part(desk: Browser, ashas: Appointment) -> None:
    address = f"/appointments/{ashas.public_id}/step/?day={ashas.day}"
    answer = desk.post(
        address, {"step": "check_in", "once": str(uuid4())}, headers={"HX-Request": "true"}
    )
    part = answer.content.decode()
    assert answer.status_code == 200
    assert part.strip().startswith('<div id="agenda"')
    assert "A-001: checked in." in part
    assert f"ticket={Token.objects.get().public_id}" in part  # and so does the next look


def test_no_button_that_is_not_there(desk: Browser, ashas: Appointment) -> None:
    assert work(desk, ashas, "consult").status_code == 400
    assert work(desk, ashas, "dance").status_code == 400


def test_the_address_narrows_the_day(
    desk: Browser, ashas: Appointment, slots: list[Slot], ben: Patient, opd: Department
) -> None:
    lin = agenda.doctor(opd, "Dr Lin", "Eyes")
    agenda.booked(agenda.slots(lin, opd, today(opd.clinic))[0], ben)
    assert "Ben" not in desk.text(f"{TODAY}?doctor={ashas.doctor.public_id}")
    assert "Asha" not in desk.text(f"{TODAY}?show=here")
    assert "Asha" not in desk.text(f"{TODAY}?day=2020-01-01")
    assert "Asha" in desk.text(f"{TODAY}?day=nonsense&doctor=nonsense&show=nonsense")


def test_counts_are_of_the_whole_day(
    desk: Browser, ashas: Appointment, slots: list[Slot], ben: Patient
) -> None:
    agenda.booked(slots[1], ben)
    work(desk, ashas, "check_in")
    page = desk.text(f"{TODAY}?show=cancelled")
    for name, count in (("To do", 2), ("Expected", 1), ("Here", 1), ("Cancelled", 0)):
        assert f'{name} <span class="count">{count}</span>' in page


def test_somebody_without_a_name_is_asked_who_they_are(
    desk: Browser, slots: list[Slot], asha: Patient
) -> None:
    nobody = agenda.booked(slots[0], None).appointment
    name = f"/appointments/{nobody.public_id}/name/"
    assert name in desk.text(TODAY)
    assert asha.number in desk.send(name, search="ash").content.decode()
    to = desk.send(name, patient=str(asha.public_id), then="check_in")["Location"]
    nobody.refresh_from_db()
    assert (nobody.patient, nobody.status) == (asha, Stage.CHECKED_IN)
    assert f"ticket={Token.objects.get().public_id}" in to


def test_somebody_who_has_a_place_already_is_not_named_for_another(
    desk: Browser, slots: list[Slot], ashas: Appointment, asha: Patient
) -> None:
    nobody = agenda.booked(slots[1], None).appointment
    answer = desk.send(f"/appointments/{nobody.public_id}/name/", patient=str(asha.public_id))
    assert answer.status_code == 409
    assert "There is an appointment with this doctor on that day" in answer.content.decode()


def test_a_new_patient_gets_the_place_that_waited_for_a_name(
    desk: Browser, slots: list[Slot]
) -> None:
    nobody = agenda.booked(slots[0], None).appointment
    new = f"/patients/new/?naming={nobody.public_id}"
    to = desk.send(new, name="Dora Diaz", phone="9845012345", age="40", then="name")["Location"]
    dora = Patient.objects.get(name="Dora Diaz")
    assert to.startswith(f"/appointments/{nobody.public_id}/name/?")
    assert f"patient={dora.public_id}" in to
    assert "Dora Diaz" in desk.text(to)


def test_an_appointment_moves_and_both_days_are_right(
    desk: Browser, ashas: Appointment, slots: list[Slot]
) -> None:
    move = f"/appointments/{ashas.public_id}/move/"
    assert str(slots[2].public_id) in desk.text(move)
    to = desk.send(move, slot=str(slots[2].public_id))["Location"]
    ashas.refresh_from_db()
    assert ashas.slot == slots[2]
    assert "The appointment is moved." in desk.text(to)
    agenda.assert_slots_agree()


def test_a_full_time_offers_the_next_ones(
    desk: Browser, ashas: Appointment, slots: list[Slot]
) -> None:
    agenda.full(slots[1])
    answer = desk.send(f"/appointments/{ashas.public_id}/move/", slot=str(slots[1].public_id))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'name="instead" value="{slots[2].public_id}"' in page
    desk.send(f"/appointments/{ashas.public_id}/move/", instead=str(slots[2].public_id))
    ashas.refresh_from_db()
    assert ashas.slot == slots[2]


def test_the_waitlist_of_the_day_and_its_offers(
    desk: Browser, slots: list[Slot], rao: Doctor, ben: Patient, clinic: Clinic
) -> None:
    Clinic.objects.filter(pk=clinic.pk).update(offer_minutes=30)
    taken = [one for slot in slots for one in agenda.full(slot)]
    wish = Wish(doctor=rao, reason="a cough")
    entry = waitlists.join(ben, wish, Priority.ONLINE, by=SYSTEM)
    assert "a cough" in desk.text(TODAY)
    work(desk, taken[0], "cancel")
    page = desk.text(TODAY)
    assert "offered" in page
    desk.send(f"/appointments/waitlist/{entry.public_id}/", do="accept")
    entry.refresh_from_db()
    assert entry.status == WaitlistEntry.Status.BOOKED
    again = desk.send(f"/appointments/waitlist/{entry.public_id}/", do="leave")
    assert "The place is booked." in desk.text(again["Location"])


def test_somebody_is_taken_off_the_waitlist(
    desk: Browser, slots: list[Slot], rao: Doctor, ben: Patient
) -> None:
    for slot in slots:
        agenda.full(slot)
    entry = waitlists.join(ben, Wish(doctor=rao), Priority.ONLINE, by=SYSTEM)
    desk.send(f"/appointments/waitlist/{entry.public_id}/", do="leave")
    entry.refresh_from_db()
    assert entry.status == WaitlistEntry.Status.LEFT


def test_of_a_stranger_only_the_place_in_the_line_is_shown(
    stranger: Browser, rao: Doctor, asha: Patient
) -> None:
    """Asha waits for the doctor at any clinic; the other one has never seen her."""
    other = cast.department(Clinic.objects.get(code="other"), "OPD")
    (slot,) = agenda.slots(rao, other, agenda.tomorrow(other.clinic))
    (taken,) = agenda.full(slot)
    entry = agenda.waits(asha, doctor=rao, reason="a secret cough")
    page = stranger.text(f"{TODAY}?day={slot.day}")
    for shown in ("no. 1", "Dr Rao", "for any clinic, since"):
        assert shown in page
    for hidden in ("Asha", asha.number, asha.phone, str(asha.public_id), "secret", "Take off"):
        assert hidden not in page
    answer = f"/appointments/waitlist/{entry.public_id}/"
    assert stranger.send(answer, do="leave").status_code == 404
    entry.refresh_from_db()
    assert entry.status == WaitlistEntry.Status.WAITING
    Clinic.objects.filter(pk=other.clinic_id).update(offer_minutes=10)
    rebooking.cancel(taken, by=SYSTEM)
    assert "Asha" in stranger.text(f"{TODAY}?day={slot.day}"), "she has a place there now"
    stranger.send(answer, do="leave")
    entry.refresh_from_db()
    assert entry.status == WaitlistEntry.Status.LEFT


def test_the_desk_of_the_department_says_who_is_expected(
    desk: Browser, ashas: Appointment, opd: Department
) -> None:
    page = desk.text("/desk/main/OPD/")
    assert 'id="coming"' in page
    assert "1 is expected: check in" in page
    work(desk, ashas, "check_in")
    page = desk.text("/desk/main/OPD/")
    assert 'id="coming"' not in page
    assert "11:00 with Dr Rao" in page
    assert "Placed by the appointment at 11:00, and 10 minutes earlier." in page


def test_another_department_and_another_clinic_are_not_theirs(
    lab_desk: Browser, stranger: Browser, ashas: Appointment
) -> None:
    assert "Asha" not in lab_desk.text(TODAY)
    assert work(lab_desk, ashas, "check_in").status_code == 403
    assert work(stranger, ashas, "check_in").status_code == 404
    assert stranger.get(f"/appointments/{ashas.public_id}/move/").status_code == 404
    assert not Token.objects.exists()


def test_whoever_is_not_logged_in_is_asked_to(browser: Browser, ashas: Appointment) -> None:
    for address in (TODAY, "/appointments/new/", "/patients/", "/patients/new/"):
        assert browser.get(address)["Location"].startswith("/login/")


@pytest.mark.parametrize("role", [Role.CLERK, Role.NURSE, Role.DOCTOR, Role.ADMIN])
def test_everybody_at_a_desk_may(
    role: Role, clinic: Clinic, ashas: Appointment, logged_in: Any
) -> None:
    assert "Asha" in logged_in(cast.user(clinic, "somebody", role)).text(TODAY)
