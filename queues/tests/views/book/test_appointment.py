"""The page of an appointment, behind a link that only its patient has."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from queues.actions import calling, delays, rebooking, tokens
from queues.actions.booking import book
from queues.actions.clinics import change
from queues.models import (
    Appointment,
    Clinic,
    Consultation,
    Counter,
    Department,
    Doctor,
    Event,
    Kind,
    Patient,
    Session,
    Slot,
    Token,
)
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.screens import passes
from queues.screens.passes import Pass, Screen
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked
from queues.tests.views.book.at_portal import AtPortal, at, link_of

ONCE = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def hers(nine: Slot, asha: Patient) -> Appointment:
    return booked(nine, asha).appointment


@pytest.fixture
def link(hers: Appointment) -> str:
    return link_of(hers)


def status_of(appointment: Appointment) -> str:
    return Appointment.objects.get(pk=appointment.pk).status


def test_doctor_time_and_place_and_no_name(portal: AtPortal, link: str) -> None:
    page = portal.text(link)
    for fact in ("Your appointment is booked.", "Dr Rao", "Main Clinic, Outpatients", "9:00"):
        assert fact in page
    assert "Asha" not in page


def test_the_page_is_kept_and_listed_nowhere(portal: AtPortal, link: str) -> None:
    response = portal.get(link)
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert response.cookies == {}


ACTS = ("confirm", "move", "cancel", "here", "again", "appointment.ics")


@pytest.mark.parametrize("act", ["", *(f"{act}/" for act in ACTS[:-1]), ACTS[-1]])
def test_a_link_that_is_nobodys(portal: AtPortal, link: str, act: str) -> None:
    answer = portal.get(f"/book/a/{'x' * 43}/{act}")
    assert answer.status_code == 404
    assert "This link leads nowhere." in answer.content.decode()
    assert answer["Referrer-Policy"] == "no-referrer"


def test_somebody_elses_link_leads_to_theirs_alone(
    portal: AtPortal, hers: Appointment, half_past: Slot, ben: Patient
) -> None:
    his = booked(half_past, ben).appointment
    portal.send(f"{link_of(his)}cancel/")
    assert (status_of(his), status_of(hers)) == (Stage.CANCELLED, Stage.SCHEDULED)


def test_it_is_confirmed(portal: AtPortal, link: str, hers: Appointment) -> None:
    answer = portal.send(f"{link}confirm/")
    assert (answer.status_code, answer["Location"]) == (303, link)
    assert status_of(hers) == Stage.CONFIRMED
    assert "You said that you will come." in portal.text(link)
    event = Event.objects.get(kind=Kind.CONFIRMED)
    assert (event.actor, event.origin) == (hers.public_id, "phone")


def test_it_is_cancelled_only_when_asked_twice(
    portal: AtPortal, link: str, hers: Appointment
) -> None:
    assert "Do you really want to cancel?" in portal.text(f"{link}cancel/")
    assert status_of(hers) == Stage.SCHEDULED
    portal.send(f"{link}cancel/")
    assert status_of(hers) == Stage.CANCELLED
    assert "This appointment is cancelled." in portal.text(link)
    assert portal.get(f"{link}cancel/")["Location"] == link
    assert_slots_agree()


def test_it_is_moved(portal: AtPortal, link: str, hers: Appointment, half_past: Slot) -> None:
    times = portal.text(f"{link}move/")
    assert f'href="?slot={half_past.public_id}"' in times
    asked = portal.text(f"{link}move/?slot={half_past.public_id}")
    assert "Move the appointment to this time?" in asked
    assert "9:30" in asked
    assert Appointment.objects.get().slot == hers.slot
    portal.send(f"{link}move/", slot=half_past.public_id)
    assert Appointment.objects.get().slot == half_past
    assert "9:30" in portal.text(link)
    assert_slots_agree()


def test_a_time_that_was_taken_meanwhile_leaves_it_where_it_is(
    portal: AtPortal, link: str, hers: Appointment, slots: list[Slot]
) -> None:
    agenda.full(slots[1])
    answer = portal.send(f"{link}move/", slot=slots[1].public_id)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This time is fully booked. Please choose another." in page
    assert str(slots[2].public_id) in page
    assert Appointment.objects.get(pk=hers.pk).slot == slots[0]


@pytest.mark.parametrize("slot", ["", "nonsense", "11111111-1111-4111-8111-111111111111"])
def test_a_time_that_is_none(portal: AtPortal, link: str, slot: str) -> None:
    assert portal.send(f"{link}move/", slot=slot).status_code == 404


def test_another_doctors_time_is_not_moved_to(portal: AtPortal, link: str, opd: Department) -> None:
    other = agenda.doctor(opd, "Dr Sen")
    slot = agenda.slots(other, opd, agenda.tomorrow(opd.clinic, 15))[0]
    assert portal.send(f"{link}move/", slot=slot.public_id).status_code == 404


def test_a_double_tap_acts_once(portal: AtPortal, link: str) -> None:
    for _tap in range(2):
        answer = portal.send(f"{link}cancel/", once=ONCE)
        assert (answer.status_code, answer["Location"]) == (303, link)
    assert Event.objects.filter(kind=Kind.BOOKING_CANCELLED).count() == 1


def test_what_came_too_late_is_said_without_naming_who_was_first(
    portal: AtPortal, link: str, hers: Appointment, nurse: Actor
) -> None:
    rebooking.cancel(hers, by=nurse)
    answer = portal.send(f"{link}confirm/")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This is no longer possible." in page
    assert "The clinic had to cancel it." in page
    assert "put there by" not in page


@pytest.mark.parametrize("act", ["confirm", "here"])
def test_a_page_that_a_form_left_behind_can_be_loaded_anew(
    portal: AtPortal, link: str, act: str
) -> None:
    assert portal.get(f"{link}{act}/")["Location"] == link


def test_forms_of_a_page_without_referrer_arrive_over_https(
    settings: LazySettings, link: str, hers: Appointment
) -> None:
    """A browser sends them with `Origin: null` and no Referer. The address is the secret."""
    settings.SECURE_SSL_REDIRECT = True
    phone = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    assert phone.post(f"{link}confirm/", {"once": ONCE}, secure=True).status_code == 303
    assert status_of(hers) == Stage.CONFIRMED


def test_the_file_for_the_calendar(portal: AtPortal, link: str, hers: Appointment) -> None:
    assert f'href="{link}appointment.ics"' in portal.text(link)
    answer = portal.get(f"{link}appointment.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert answer["Referrer-Policy"] == "no-referrer"
    assert f"UID:{hers.public_id}@" in answer.content.decode()


# Who had to give way


def test_an_emergency_took_the_place_and_there_is_another(
    portal: AtPortal, link: str, nine: Slot, ben: Patient
) -> None:
    booked(nine, ben, Priority.EMERGENCY)
    page = portal.text(link)
    assert "An emergency needed your place. Your new time is" in page
    assert "9:30" in page
    assert "Ben" not in page


def test_somebody_more_urgent_is_not_called_an_emergency(
    portal: AtPortal, link: str, nine: Slot, ben: Patient
) -> None:
    booked(nine, ben, Priority.PAID)
    page = portal.text(link)
    assert "Somebody who has to be seen more urgently needed your place." in page
    assert "mergency" not in page
    assert "paid" not in page


def test_no_other_place_is_free(
    portal: AtPortal, link: str, slots: list[Slot], ben: Patient, hers: Appointment
) -> None:
    for slot in slots[1:]:
        agenda.full(slot)
    urgent = booked(slots[0], ben, Priority.EMERGENCY).appointment
    page = portal.text(link)
    assert "An emergency needed your place." in page
    assert "You are first on the waitlist: the next free time is yours." in page
    assert "Choose a time myself" in page
    rebooking.cancel(urgent, by=SYSTEM)
    again = portal.text(link)
    assert "A time came free for you. Your new time is" in again
    assert status_of(hers) == Stage.SCHEDULED


def test_whoever_is_first_on_the_waitlist_may_give_up(
    portal: AtPortal, link: str, slots: list[Slot], ben: Patient, hers: Appointment
) -> None:
    for slot in slots[1:]:
        agenda.full(slot)
    booked(slots[0], ben, Priority.EMERGENCY)
    assert "You then no longer wait for a time with Dr Rao." in portal.text(f"{link}cancel/")
    portal.send(f"{link}cancel/")
    assert status_of(hers) == Stage.CANCELLED


def test_staff_moved_it(
    portal: AtPortal, link: str, hers: Appointment, half_past: Slot, nurse: Actor
) -> None:
    rebooking.reschedule(hers, half_past, by=nurse)
    assert "The clinic moved it. Your new time is" in portal.text(link)
    portal.send(f"{link}move/", slot=hers.slot.public_id if hers.slot else "")
    assert "The clinic moved it." not in portal.text(link)


# The day itself


def test_the_doctor_is_late_and_so_is_the_estimate(
    portal: AtPortal, link: str, hers: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    delays.run_late(Session.objects.get(), 20, by=SYSTEM)
    at(monkeypatch, hers.starts_at - timedelta(minutes=30))
    page = portal.text(link)
    assert "The doctor is about 20 minutes late." in page
    assert "You will probably be seen at about 9:20" in page


def test_i_am_here_gives_the_number_and_leads_to_its_page(
    portal: AtPortal, link: str, hers: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, hers.starts_at - timedelta(minutes=30))
    assert "I am here" in portal.text(link)
    answers = [portal.send(f"{link}here/", once=ONCE) for _tap in range(2)]
    token = Token.objects.get()
    for answer in answers:
        assert answer["Location"] == f"/t/{token.visit.secret}/"
    assert status_of(hers) == Stage.CHECKED_IN
    page = portal.text(link)
    assert f"Follow your number {token.visit.label}" in page
    assert f'href="/t/{token.visit.secret}/"' in page


def test_whoever_is_here_still_sees_the_delay_and_when_they_are_expected(
    portal: AtPortal, link: str, hers: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, hers.starts_at - timedelta(minutes=30))
    portal.send(f"{link}here/")
    assert "You will probably be seen at about 9:00" in portal.text(link)
    delays.run_late(Session.objects.get(), 20, by=SYSTEM)
    page = portal.text(link)
    assert "You are here. You will be called by your number." in page
    assert "The doctor is about 20 minutes late." in page
    assert "You will probably be seen at about 9:20" in page
    assert "If the doctor is free sooner, you may be called sooner." in page


def test_once_they_are_called_nothing_is_reckoned(
    portal: AtPortal,
    link: str,
    hers: Appointment,
    desk_a: Counter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at(monkeypatch, hers.starts_at - timedelta(minutes=30))
    portal.send(f"{link}here/")
    Counter.objects.filter(pk=desk_a.pk).update(doctor=hers.doctor)
    calling.call_next(cast.counter(hers.department, "1"), by=SYSTEM)
    assert "You will probably be seen" not in portal.text(link)


def test_the_page_may_hear_of_its_own_appointment_alone(
    portal: AtPortal, link: str, hers: Appointment, opd: Department
) -> None:
    found = re.search('data-pass="([^"]+)"', portal.text(link))
    assert found
    signed = passes.read(html.unescape(found[1]))
    label = str(hers.public_id)
    assert signed == Pass(Screen.APPOINTMENT, (opd.public_id,), "en", label)


def test_too_early_says_from_when(
    portal: AtPortal, link: str, hers: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "from 8:00" in portal.text(link).replace("\u202f", " ")
    at(monkeypatch, hers.starts_at - timedelta(minutes=90))
    page = portal.text(link)
    assert "I am here" not in page
    assert "From 8:00" in page
    answer = portal.send(f"{link}here/")
    assert answer.status_code == 409
    assert "You can say that you are here from" in answer.content.decode()
    assert not Token.objects.exists()


def test_the_clinic_says_how_early(
    portal: AtPortal,
    link: str,
    hers: Appointment,
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change(clinic, {"check_in_minutes": 120}, by=SYSTEM)
    at(monkeypatch, hers.starts_at - timedelta(minutes=90))
    assert "I am here" in portal.text(link)


def test_a_place_without_a_name_is_named_at_the_reception(
    portal: AtPortal, nine: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless = booked(nine, None).appointment
    at(monkeypatch, nine.starts_at - timedelta(minutes=10))
    page = portal.text(link_of(nameless))
    assert "please tell the reception who this place is for" in page
    assert "I am here" not in page


def test_nobody_came(
    portal: AtPortal, link: str, hers: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, hers.starts_at + timedelta(minutes=5))
    rebooking.miss(hers, by=SYSTEM)
    page = portal.text(link)
    assert "We expected you, but we did not see you." in page
    assert f"/book/doctor/{hers.doctor.public_id}/" in page
    assert "I am here" in page
    portal.send(f"{link}here/")
    assert status_of(hers) == Stage.CHECKED_IN


# Afterwards


@pytest.fixture
def over(
    hers: Appointment,
    link: str,
    portal: AtPortal,
    rao: Doctor,
    opd: Department,
    monkeypatch: pytest.MonkeyPatch,
) -> Appointment:
    """She came and was seen."""
    at(monkeypatch, hers.starts_at)
    portal.send(f"{link}here/")
    Counter.objects.create(department=opd, code="R1", doctor=rao, is_open=True)
    room = cast.counter(opd, "R1")
    tokens.complete(calling.call_next(room, by=SYSTEM), by=SYSTEM)
    hers.refresh_from_db()
    assert hers.status == Stage.COMPLETED
    return hers


def asks_to_come_again(appointment: Appointment) -> None:
    assert appointment.patient
    Consultation.objects.create(
        clinic=appointment.clinic,
        department=appointment.department,
        doctor=appointment.doctor,
        patient=appointment.patient,
        appointment=appointment,
        status=Consultation.Status.COMPLETED,
        follow_up_days=7,
        started_at=appointment.starts_at,
        changed_at=appointment.starts_at,
        completed_at=appointment.starts_at,
    )


def test_a_follow_up_is_offered_where_the_doctor_asked_for_one(
    portal: AtPortal, link: str, over: Appointment, rao: Doctor, opd: Department, asha: Patient
) -> None:
    next_week = agenda.slots(rao, opd, over.starts_at + timedelta(days=7))[0]
    assert "This appointment is over. We wish you well." in portal.text(link)
    assert "asked you to come again" not in portal.text(link)
    assert portal.get(f"{link}again/")["Location"] == link
    asks_to_come_again(over)
    assert "Dr Rao asked you to come again." in portal.text(link)
    assert str(next_week.public_id) in portal.text(f"{link}again/")
    assert "Book this time?" in portal.text(f"{link}again/?slot={next_week.public_id}")
    answers = [
        portal.send(f"{link}again/", once=ONCE, slot=next_week.public_id) for _tap in range(2)
    ]
    new = Appointment.objects.get(slot=next_week)
    assert (new.source, new.patient) == (Priority.FOLLOW_UP, asha)
    assert answers[0]["Location"] == link_of(new)
    assert "asked you to come again" not in portal.text(link), "once"


def test_the_language_of_the_appointment(
    portal: AtPortal, nine: Slot, asha: Patient, clinic: Clinic
) -> None:
    arabic = book(asha, nine, Priority.ONLINE, by=SYSTEM, language="ar").appointment
    assert '<html lang="ar" dir="rtl">' in portal.text(link_of(arabic))


def test_another_language_is_kept_on_the_appointment(
    portal: AtPortal, link: str, hers: Appointment
) -> None:
    assert "العربية" in portal.text(link)
    for _tap in range(2):
        assert portal.send(f"{link}language/", once=ONCE, language="ar")["Location"] == link
    assert '<html lang="ar" dir="rtl">' in AtPortal().text(link), "on every device"
    event = Event.objects.get(kind=Kind.LANGUAGE_CHOSEN)
    assert (event.subject, event.after) == (hers.public_id, {"fields": ["language"]})
    assert portal.get(f"{link}language/")["Location"] == link
    refused = portal.send(f"{link}language/", language="xx")
    assert refused.status_code == 422
    assert Appointment.objects.get().language == "ar"


def test_the_time_is_the_clinics(portal: AtPortal, rao: Doctor, asha: Patient) -> None:
    east = cast.department(cast.clinic("east", "Asia/Kolkata"), "OPD")
    slot = agenda.slots(rao, east, agenda.tomorrow(east.clinic, 19))[0]
    assert "7:00" in portal.text(link_of(booked(slot, asha).appointment))
