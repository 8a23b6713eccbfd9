"""At half past midnight, in the middle of a doctor's work, every page shows what goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.formats import date_format

from queues.actions import consultations, delays
from queues.models import Appointment, Clinic, Department, Doctor, Patient, Session, Token, User
from queues.rules.appointments import Stage
from queues.rules.rights import SYSTEM, Role
from queues.rules.weeks import DAY
from queues.tests import cast
from queues.tests import night as nights
from queues.tests.agenda import waits
from queues.tests.night import Night, Strike, booked
from queues.tests.story import standing
from queues.tests.views.at_kiosk import KIOSK, AtKiosk, stands_at
from queues.tests.views.book.at_portal import link_of
from queues.tests.views.conftest import Browser

TODAY, NEW = "/appointments/today/", "/appointments/new/"
PHONE = "98450 54321"


@pytest.fixture
def clinic(db: None, night: Night, strike: Strike) -> Clinic:
    return nights.clinic(night)


@pytest.fixture
def rao(night: Night, clinic: Clinic, opd: Department) -> Doctor:
    doctor = nights.doctor(night, opd)
    doctor.user = cast.user(clinic, "rao", Role.DOCTOR, opd)
    doctor.save()
    return doctor


@pytest.fixture
def doctor(rao: Doctor, logged_in: Callable[[User], Browser]) -> Browser:
    assert rao.user
    return logged_in(rao.user)


@pytest.fixture
def dora(clinic: Clinic) -> Patient:
    return cast.patient(clinic, "Dora Diaz", phone=PHONE, age=40)


@pytest.fixture
def doras(night: Night, rao: Doctor, dora: Patient) -> Appointment:
    return booked(rao, night.at(1), dora)


@pytest.fixture
def late(night: Night, rao: Doctor, asha: Patient) -> Appointment:
    """Asha was to come before midnight."""
    return booked(rao, night.at(23), asha)


@pytest.fixture(autouse=True)
def half_past(night: Night, strike: Strike, doras: Appointment, late: Appointment) -> None:
    strike(night.at(0, 30))


def stage(appointment: Appointment) -> str:
    return Appointment.objects.get(pk=appointment.pk).status


# The doctor's own page


def test_the_doctor_sees_the_running_list(doctor: Browser, night: Night) -> None:
    page = doctor.text("/doctor/")
    day = date_format(night.day, "D j M")
    assert f'Today, <time datetime="{night.day}">{day}' in page
    for shown in ("Asha", "Dora Diaz", "Running late", f"{night.opens:%H:%M}–{night.closes:%H:%M}"):
        assert shown in page


def test_and_works_on_it(doctor: Browser, rao: Doctor, doras: Appointment) -> None:
    at = f"/doctor/{rao.public_id}/"
    doctor.send(f"{at}appointments/{doras.public_id}/", do="check_in")
    assert stage(doras) == Stage.CHECKED_IN
    doctor.send(f"{at}next/")
    token = Token.objects.get()
    assert standing(token) == "called"
    session = Session.objects.get(starts_at__lt=doras.starts_at, ends_at__gt=doras.starts_at)
    assert str(session.public_id) in doctor.text("/doctor/")
    doctor.send(f"{at}late/", session=session.public_id, minutes="20")
    session.refresh_from_db()
    assert session.delay_minutes == 20
    doctor.send(f"/consultations/new/{doras.public_id}/")
    draft = consultations.of(doras)
    assert draft
    doctor.send(f"/consultations/{draft.public_id}/complete/", diagnosis="Migraine")
    assert stage(doras) == Stage.COMPLETED
    assert "seen today</dt><dd>1<" in doctor.text("/doctor/")


def test_what_was_seen_before_midnight_counts(
    night: Night, strike: Strike, doctor: Browser, rao: Doctor, ben: Patient
) -> None:
    his = booked(rao, night.at(1, 30), ben)
    strike(night.at(22, 30))
    consultations.complete(consultations.start(his, by=SYSTEM), by=SYSTEM)
    strike(night.at(0, 30))
    assert "seen today</dt><dd>1<" in doctor.text("/doctor/")


def test_in_the_morning_it_is_another_day(night: Night, strike: Strike, doctor: Browser) -> None:
    """The list of the next night, and what was on that of the last is a day back."""
    strike(night.at(8))
    page = doctor.text("/doctor/")
    assert f'Today, <time datetime="{night.day + DAY}"' in page
    assert "Dora Diaz" not in page
    assert "Dora Diaz" in doctor.text(f"/doctor/?day={night.day}")


def test_who_chooses_a_doctor_sees_their_hours(desk: Browser, night: Night) -> None:
    hours = f"{night.opens:%H:%M}–{night.closes:%H:%M}"
    assert desk.text("/doctor/").count(hours) == (1 if night.is_still_today else 2)


# The desk


def test_the_agenda_shows_who_is_still_expected(
    desk: Browser, night: Night, late: Appointment, doras: Appointment
) -> None:
    page = desk.text(TODAY)
    for shown in ("Asha", "23:00", "Dora Diaz", "01:00"):
        assert shown in page
    other = night.day if night.service_day != night.day else night.day + DAY
    assert date_format(other, "D j M") in page
    for one in (late, doras):
        desk.send(f"/appointments/{one.public_id}/step/", step="check_in")
        assert stage(one) == Stage.CHECKED_IN


def test_so_does_the_desk_of_the_department(desk: Browser) -> None:
    page = desk.text("/desk/main/OPD/")
    assert "2 are expected: check in" in page


def test_and_those_of_the_next_night_from_its_day_on(
    desk: Browser, night: Night, strike: Strike, rao: Doctor, ben: Patient
) -> None:
    strike(night.at(12))
    booked(rao, night.at(1) + DAY, ben)
    strike(night.at(0, 30))
    assert ("Ben" in desk.text(TODAY)) == (not night.is_still_today)
    assert "Ben" in desk.text(f"{TODAY}?day={night.day + DAY}")
    assert "Ben" not in desk.text(f"{TODAY}?day={night.day}")


def test_the_night_is_in_the_agenda_of_its_day(desk: Browser, night: Night, strike: Strike) -> None:
    strike(night.at(12))
    page = desk.text(TODAY)
    assert "Asha" in page
    assert "Dora Diaz" in page
    strike(night.at(8))
    page = desk.text(f"{TODAY}?day={night.day}")
    assert "Asha" in page
    assert "Dora Diaz" in page


def test_who_waits_for_this_date_is_shown(
    desk: Browser, night: Night, rao: Doctor, chen: Patient
) -> None:
    nights.fill(rao, night.day)
    nights.fill(rao, night.day + DAY)
    date = night.day + DAY
    waits(chen, doctor=rao, earliest=date, latest=date)
    assert "Chen" in desk.text(TODAY)


def test_a_walk_in_gets_a_place_and_a_number(
    desk: Browser, night: Night, rao: Doctor, ben: Patient
) -> None:
    to = f"{NEW}?doctor={rao.public_id}&patient={ben.public_id}"
    assert "Is here now" in desk.text(to)
    desk.send(to, do="walk_in")
    his = Appointment.objects.get(patient=ben)
    assert (his.status, his.day, his.starts_at) == (Stage.CHECKED_IN, night.day, night.at(0, 30))


def test_the_button_beside_a_doctor_leads_to_their_next_times(
    desk: Browser, night: Night, rao: Doctor
) -> None:
    page = desk.text(TODAY)
    to = f"{NEW}?clinic=main&amp;doctor={rao.public_id}&amp;day={night.day + DAY}"
    assert to in page
    times = desk.text(to.replace("&amp;", "&"))
    assert "00:30" in times
    assert "There are no times on this day." not in times


def test_a_time_past_midnight_is_of_its_date(
    desk: Browser, night: Night, strike: Strike, rao: Doctor
) -> None:
    strike(night.at(12))
    to = f"{NEW}?doctor={rao.public_id}&day="
    tonight, tomorrow = desk.text(f"{to}{night.day}"), desk.text(f"{to}{night.day + DAY}")
    assert ">23:00<" in tonight
    assert ">01:00<" not in tonight
    assert ">01:00<" in tomorrow


def test_moving_begins_on_its_date_and_ends_in_its_agenda(
    desk: Browser, night: Night, rao: Doctor, doras: Appointment
) -> None:
    to = f"/appointments/{doras.public_id}/move/"
    assert ">01:30<" in desk.text(to)
    half_past_one = nights.slot(rao, night.at(1, 30))
    where = desk.send(to, slot=half_past_one.public_id)["Location"]
    assert where.endswith(f"day={night.service_day}")
    assert "01:30" in desk.text(where)


# The kiosk, and the phone


@pytest.mark.parametrize("whose", ["late", "doras"])
def test_they_say_at_the_kiosk_that_they_are_here(
    whose: str, request: pytest.FixtureRequest, clinic: Clinic
) -> None:
    theirs: Appointment = request.getfixturevalue(whose)
    kiosk = AtKiosk()
    answer = kiosk.go_through(who="appointment", by="code", card=theirs.secret)
    assert stands_at(answer, "appointment")
    kiosk.answer("appointment", str(theirs.public_id))
    assert stage(theirs) == Stage.CHECKED_IN
    assert "A-001" in kiosk.ask("ticket")


def test_before_midnight_too(night: Night, strike: Strike, doras: Appointment) -> None:
    strike(night.at(23, 45))
    kiosk = AtKiosk()
    answer = kiosk.go_through(who="appointment", by="code", card=doras.secret)
    assert stands_at(answer, "appointment")


def test_the_next_nights_are_told_when_to_come(night: Night, rao: Doctor, ben: Patient) -> None:
    his = booked(rao, night.at(23) + DAY, ben)
    kiosk = AtKiosk()
    answer = kiosk.go_through(who="appointment", by="code", card=his.secret)
    if night.is_still_today:
        assert "Please come again then." in answer.content.decode()
    else:
        assert answer["Location"] == f"{KIOSK}appointment/"


@pytest.mark.parametrize("whose", ["late", "doras"])
def test_they_say_it_on_their_phone(
    whose: str, request: pytest.FixtureRequest, browser: Browser
) -> None:
    theirs: Appointment = request.getfixturevalue(whose)
    assert "I am here" in browser.text(link_of(theirs))
    browser.send(f"{link_of(theirs)}here/")
    assert stage(theirs) == Stage.CHECKED_IN


def test_a_phone_says_the_date_of_the_calendar(browser: Browser, doras: Appointment) -> None:
    page = browser.text(link_of(doras))
    assert "Today" in page
    assert "Tomorrow" not in page


# The week


def test_the_running_night_is_among_the_doctors_sessions(
    night: Night, rao: Doctor, late: Appointment, admin_desk: Browser
) -> None:
    assert late.slot
    page = admin_desk.text(f"/schedule/doctors/{rao.public_id}/")
    assert str(late.slot.session.public_id) in page


def test_who_runs_late_past_the_end_still_has_their_list(
    night: Night, strike: Strike, doctor: Browser, late: Appointment
) -> None:
    assert late.slot
    session = late.slot.session
    delays.run_late(session, 60, by=SYSTEM)
    strike(session.ends_at + timedelta(minutes=59))
    assert "Asha" in doctor.text("/doctor/")
    strike(session.ends_at + timedelta(minutes=60))
    assert ("Asha" in doctor.text("/doctor/")) == night.is_still_today
