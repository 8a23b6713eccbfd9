"""/schedule/: doctors' weeks on pages, and the question before anybody loses a place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from queues.models import (
    Clinic,
    Counter,
    Department,
    Doctor,
    ExtraSession,
    Leave,
    Membership,
    Patient,
    ScheduleRule,
    Session,
    Slot,
    User,
)
from queues.rules.appointments import Stage
from queues.rules.rights import Role
from queues.tests import agenda, cast
from queues.tests.actions.test_weeks import rule
from queues.tests.agenda import assert_slots_agree, booked
from queues.tests.views.conftest import Browser

PAGE = "/schedule/"


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def week(rao: Doctor, opd: Department) -> ScheduleRule:
    """Tomorrow and every week: three hours, half an hour each."""
    return rule(rao, opd, agenda.tomorrow(opd.clinic).date())


def page_of(doctor: Doctor) -> str:
    return f"{PAGE}doctors/{doctor.public_id}/"


def hours(**changes: Any) -> dict[str, Any]:
    tomorrow = timezone.now().date() + timedelta(days=1)
    return {
        "weekday": tomorrow.weekday(),
        "opens": "14:00",
        "closes": "16:00",
        "department": "OPD",
        "room": "",
        "slot_minutes": "30",
        "capacity": "2",
        "hard_limit": "",
        "starts_on": tomorrow.isoformat(),
        "ends_on": "",
        **changes,
    }


def test_only_administrators_see_it(
    desk: Browser, admin_desk: Browser, stranger: Browser, browser: Client, week: ScheduleRule
) -> None:
    assert browser.get(PAGE)["Location"] == f"/login/?next={PAGE}"
    assert desk.get(PAGE).status_code == 403
    assert admin_desk.get(PAGE).status_code == 200
    assert stranger.get(page_of(week.doctor)).status_code == 404
    assert desk.send(f"{PAGE}rules/{week.public_id}/remove/").status_code == 403
    assert ScheduleRule.objects.exists()


def test_the_week_is_shown_in_a_picture_and_in_numbers(
    admin_desk: Browser, rao: Doctor, week: ScheduleRule
) -> None:
    slot = agenda_slot()
    booked(slot, None)
    page = admin_desk.text(PAGE)
    assert "1 of 6 places are booked" in page
    assert ">1/6</text>" in page
    assert 'class="booked"' in page
    assert '<td class="number">1</td><td class="number">6</td><td class="number">0</td>' in page
    assert "Dr Rao" in admin_desk.text(page_of(rao))


def agenda_slot() -> Slot:
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    return known.earliest("starts_at")


def test_a_doctor_is_added_and_changed(admin_desk: Browser, clinic: Clinic) -> None:
    new = f"{PAGE}doctors/new/"
    assert 'name="specialty"' in admin_desk.text(new)
    typed: dict[str, Any] = {
        "name": "Dr Sen",
        "specialty": "Skin",
        "languages": ["en", "hi"],
        "code": "S1",
    }
    refused = admin_desk.send(new, **typed)
    assert refused.status_code == 422
    assert 'value="Dr Sen"' in refused.content.decode()
    made = admin_desk.send(new, **typed, departments=["OPD", "LAB"])
    doctor = Doctor.objects.get()
    assert made["Location"] == page_of(doctor)
    assert (doctor.languages, doctor.departments.count()) == (["en", "hi"], 2)
    change = f"{page_of(doctor)}change/"
    assert 'value="Skin"' in admin_desk.text(change)
    admin_desk.send(change, name="Dr Sen", specialty="Heart", departments=["OPD"], is_active="on")
    doctor.refresh_from_db()
    assert (doctor.specialty, doctor.code, doctor.is_active) == ("Heart", None, True)


def test_hours_are_added_changed_and_removed(admin_desk: Browser, rao: Doctor) -> None:
    new = f"{page_of(rao)}rules/new/"
    assert 'name="slot_minutes"' in admin_desk.text(new)
    assert admin_desk.send(new, **hours())["Location"] == page_of(rao)
    row = ScheduleRule.objects.get()
    assert (row.hard_limit, Slot.objects.count()) == (2, 16)
    assert "14:00" not in admin_desk.text(page_of(rao)), "times are written as the reader does"
    change = f"{PAGE}rules/{row.public_id}/"
    assert 'value="14:00"' in admin_desk.text(change)
    admin_desk.send(change, **hours(closes="15:00", hard_limit="4"))
    row.refresh_from_db()
    assert (row.hard_limit, Slot.objects.count()) == (4, 8)
    assert admin_desk.send(f"{change}remove/")["Location"] == page_of(rao)
    assert not Slot.objects.exists()


def test_what_makes_no_sense_comes_back_as_typed(admin_desk: Browser, week: ScheduleRule) -> None:
    new = f"{page_of(week.doctor)}rules/new/"
    answer = admin_desk.send(new, **hours(opens="soon", capacity="3", hard_limit="2"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="soon"' in page
    assert 'id="id_opens_error"' in page
    answer = admin_desk.send(new, **hours(capacity="3", hard_limit="2"))
    assert answer.status_code == 422
    assert 'id="id_hard_limit_error"' in answer.content.decode()
    overlap = admin_desk.send(new, **hours(opens="10:00"))
    assert overlap.status_code == 409
    assert "works at that time already" in overlap.content.decode()
    assert ScheduleRule.objects.count() == 1


def test_a_leave_asks_first_and_then_does_what_was_said(
    admin_desk: Browser, week: ScheduleRule, asha: Patient
) -> None:
    slot = agenda_slot()
    theirs = booked(slot, asha).appointment
    new = f"{page_of(week.doctor)}leaves/new/"
    day = slot.day.isoformat()
    typed = {"starts_on": day, "ends_on": day, "opens": "", "closes": "", "reason": "congress"}
    asked = admin_desk.send(new, **typed)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "1 booking is concerned. Nothing has been changed yet." in page
    assert "Asha" in page
    assert '<input type="hidden" name="reason" value="congress">' in page
    assert not Leave.objects.exists()
    assert admin_desk.send(new, **typed, bookings="move")["Location"] == page_of(week.doctor)
    theirs.refresh_from_db()
    assert (theirs.status, theirs.day) == (Stage.SCHEDULED, slot.day + timedelta(days=7))
    assert "congress" in admin_desk.text(page_of(week.doctor))
    assert_slots_agree()


def test_a_leave_at_all_clinics_is_asked_about_at_each(
    admin_desk: Browser, week: ScheduleRule, asha: Patient
) -> None:
    new, rao = f"{page_of(week.doctor)}leaves/new/", week.doctor
    assert 'name="everywhere"' not in admin_desk.text(new), "there is no other clinic"
    rao.departments.add(cast.department(cast.clinic("far"), "OPD"))
    assert 'name="everywhere"' in admin_desk.text(new)
    day = agenda_slot().day.isoformat()
    typed = {"starts_on": day, "ends_on": day, "opens": "", "closes": "", "reason": "congress"}
    refused = admin_desk.send(new, **typed, everywhere="on")
    assert refused.status_code == 403
    page = refused.content.decode()
    assert "This also reaches Far Clinic, where you may not set doctors&#x27; weeks." in page
    assert 'value="congress"' in page, "what was typed is there to be sent anew"
    assert admin_desk.send(new, **typed)["Location"] == page_of(rao)
    leave = Leave.objects.get()
    assert leave.clinic == week.department.clinic
    assert "at all clinics" not in admin_desk.text(page_of(rao))
    Leave.objects.update(clinic=None)
    assert "at all clinics" in admin_desk.text(page_of(rao))
    change = f"{PAGE}leaves/{leave.public_id}/"
    assert "checked" in admin_desk.text(change)
    assert admin_desk.send(f"{change}remove/").status_code == 403
    assert Leave.objects.exists()


def test_a_doctor_of_another_clinic_too_is_not_put_out_of_use_from_here(
    admin_desk: Browser, week: ScheduleRule
) -> None:
    week.doctor.departments.add(cast.department(cast.clinic("far"), "OPD"))
    change = f"{page_of(week.doctor)}change/"
    refused = admin_desk.send(change, name="Dr Rao", departments=["OPD"])
    assert refused.status_code == 403
    assert "This also reaches Far Clinic" in refused.content.decode()
    assert Doctor.objects.get().is_active


def test_an_extra_session(admin_desk: Browser, rao: Doctor) -> None:
    typed = hours(day=(timezone.now().date() + timedelta(days=2)).isoformat())
    new = f"{page_of(rao)}extras/new/"
    assert 'name="day"' in admin_desk.text(new)
    assert admin_desk.send(new, **typed)["Location"] == page_of(rao)
    assert ExtraSession.objects.exists()
    assert Slot.objects.count() == 4
    assert admin_desk.get(f"{page_of(rao)}others/new/").status_code == 404


def test_a_slot_gets_more_places_but_not_fewer_than_are_booked(
    admin_desk: Browser, week: ScheduleRule
) -> None:
    slot = agenda_slot()
    to = f"{PAGE}sessions/{slot.session.public_id}/"
    assert f'action="{PAGE}slots/{slot.public_id}/"' in admin_desk.text(to)
    path = f"{PAGE}slots/{slot.public_id}/"
    assert admin_desk.send(path, capacity="2", hard_limit="3")["Location"] == to
    slot.refresh_from_db()
    assert (slot.capacity, slot.hard_limit) == (2, 3)
    booked(agenda_slot(), None)
    booked(agenda_slot(), None)
    refused = admin_desk.send(path, capacity="1", hard_limit="1")
    assert refused.status_code == 409
    assert "2 are booked at that time." in refused.content.decode()
    assert admin_desk.send(path, capacity="many", hard_limit="1").status_code == 422


def test_another_room_on_one_day(admin_desk: Browser, week: ScheduleRule) -> None:
    session = Session.objects.earliest("starts_at")
    room = Counter.objects.create(department=week.department, code="R9", is_open=True)
    path = f"{PAGE}sessions/{session.public_id}/room/"
    admin_desk.send(path, room=str(room.public_id))
    session.refresh_from_db()
    assert session.room == room
    assert admin_desk.send(path, room="nowhere").status_code == 422


def test_how_booking_works_here(admin_desk: Browser, clinic: Clinic, week: ScheduleRule) -> None:
    assert 'name="books_days_ahead"' in admin_desk.text(PAGE)
    typed = {"check_in_minutes": "30", "late_minutes": "20", "offer_minutes": "10"}
    admin_desk.send(f"{PAGE}settings/", **typed, books_days_ahead="56")
    clinic.refresh_from_db()
    assert (clinic.books_days_ahead, clinic.offer_minutes) == (56, 10)
    assert Slot.objects.count() == 48
    wrong = admin_desk.send(f"{PAGE}settings/", **typed, books_days_ahead="0")
    assert wrong.status_code == 422
    assert 'id="id_books_days_ahead_error"' in wrong.content.decode()


def test_a_fixed_number_of_queries(
    admin_desk: Browser,
    opd: Department,
    week: ScheduleRule,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(5):
        rule(agenda.doctor(opd, f"Dr {number}"), opd, agenda.tomorrow(opd.clinic).date())
    with django_assert_max_num_queries(14):
        admin_desk.get(PAGE)
    with django_assert_max_num_queries(18):
        admin_desk.get(page_of(week.doctor))


def test_a_doctor_of_another_clinic_comes_to_work_here_too(
    admin_desk: Browser, rao: Doctor, opd: Department
) -> None:
    """Who administers both lets them in; who administers the other alone cannot."""
    hill = cast.clinic("hill")
    heart = agenda.doctor(cast.department(hill, "OPD"), "Dr Heart")
    page = f"{PAGE}doctors/welcome/"
    asked: dict[str, Any] = {"doctor": str(heart.public_id), "departments": ["OPD"]}
    assert "works here already" in admin_desk.text(page)
    assert admin_desk.send(page, **asked).status_code == 422
    amina = User.objects.get(username="amina")
    Membership.objects.create(user=amina, clinic=hill, role=Role.ADMIN)
    assert "Dr Heart" in admin_desk.text(f"{page}?clinic=main")
    assert "Dr Rao" not in admin_desk.text(f"{page}?clinic=main")
    to = admin_desk.send(f"{page}?clinic=main", **asked)["Location"]
    assert to == f"{PAGE}doctors/{heart.public_id}/?clinic=main"
    assert {one.clinic.code for one in heart.departments.all()} == {"main", "hill"}
