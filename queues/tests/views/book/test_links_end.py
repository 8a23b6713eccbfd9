"""A link ends with its day: its page says goodbye, and the API knows it no longer."""

from __future__ import annotations

import pytest
from django.utils import timezone

from queues.actions import past_appointments, rebooking, waitlists
from queues.models import Appointment, Consultation, Department, Patient, Slot, WaitlistEntry
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda
from queues.tests.agenda import booked
from queues.tests.conftest import ApiClient
from queues.tests.views.book.at_portal import AtPortal, later, link_of

ALL_OF_IT = ("Dr Rao", "Outpatients", "9:00", "Cardiology")


@pytest.fixture
def hers(nine: Slot, asha: Patient) -> Appointment:
    return booked(nine, asha).appointment


def goodbye(portal: AtPortal, row: Appointment | WaitlistEntry) -> str:
    """What the page says; of the time, the doctor and the place, nothing."""
    response = portal.get(link_of(row))
    assert response.status_code == 410
    assert response["Cache-Control"] == "no-store"
    page = str(response.content.decode())
    assert "This page has ended." in page
    assert not [fact for fact in ALL_OF_IT if fact in page]
    return page


def test_the_day_after_an_appointment_its_link_has_ended(
    portal: AtPortal, hers: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, days=1)
    assert "Dr Rao" in portal.text(link_of(hers)), "on its day"
    later(monkeypatch, days=1)
    past_appointments.close_past_appointments()
    assert "We expected you, but we did not see you." in goodbye(portal, hers)


@pytest.mark.parametrize("act", ["confirm/", "move/", "cancel/", "here/", "appointment.ics"])
def test_nothing_behind_it_opens_either(
    portal: AtPortal, hers: Appointment, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    later(monkeypatch, days=2)
    assert portal.get(link_of(hers) + act).status_code == 410


def test_whoever_is_asked_to_come_again_still_finds_the_way(
    portal: AtPortal, hers: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as the doctor's follow-up may be booked, and not after it."""
    assert hers.patient
    Consultation.objects.create(
        clinic=hers.clinic,
        department=hers.department,
        doctor=hers.doctor,
        patient=hers.patient,
        appointment=hers,
        status=Consultation.Status.COMPLETED,
        follow_up_days=7,
        started_at=timezone.now(),
        changed_at=timezone.now(),
        completed_at=timezone.now(),
    )
    Appointment.objects.filter(pk=hers.pk).update(status=Stage.COMPLETED)
    later(monkeypatch, days=5)
    assert "Dr Rao" in portal.text(link_of(hers))
    later(monkeypatch, days=60)
    goodbye(portal, hers)


def test_whoever_lost_the_place_keeps_the_link_as_long_as_they_wait_for_another(
    portal: AtPortal, opd: Department, asha: Patient, ben: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (only,) = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic), 1)
    hers = booked(only, asha).appointment
    booked(only, ben, Priority.EMERGENCY)
    hers.refresh_from_db()
    assert hers.status == Stage.DISPLACED
    later(monkeypatch, days=2)
    assert portal.get(link_of(hers)).status_code == 200
    WaitlistEntry.objects.update(status=WaitlistEntry.Status.LAPSED)
    goodbye(portal, hers)


def test_a_place_on_the_waitlist_ends_with_the_day_of_its_appointment(
    portal: AtPortal, nine: Slot, asha: Patient, ben: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = booked(nine, ben).appointment
    entry = agenda.waits(asha, slot=nine)
    rebooking.cancel(first, by=SYSTEM)
    entry.refresh_from_db()
    assert entry.status == WaitlistEntry.Status.BOOKED
    later(monkeypatch, days=1)
    assert portal.get(link_of(entry)).status_code == 200
    later(monkeypatch, days=1)
    goodbye(portal, entry)


def test_a_place_that_was_left_ends_with_the_day_of_joining(
    portal: AtPortal, nine: Slot, asha: Patient, ben: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked(nine, ben)
    entry = agenda.waits(asha, slot=nine)
    waitlists.leave(entry, by=SYSTEM)
    assert portal.get(link_of(entry)).status_code == 200
    later(monkeypatch, days=1)
    assert "You have left the waitlist." in goodbye(portal, entry)


def test_the_api_knows_a_link_no_longer_that_has_ended(
    hers: Appointment, nine: Slot, ben: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = agenda.waits(ben, slot=nine)
    path, waits = f"/appointments/{hers.public_id}", f"/waitlist/{entry.public_id}"
    assert ApiClient(hers.secret).get(path).status_code == 200
    assert ApiClient(entry.secret).get(waits).status_code == 200
    later(monkeypatch, days=2)
    waitlists.leave(entry, by=SYSTEM)
    assert ApiClient(hers.secret).get(path).status_code == 401
    assert ApiClient(entry.secret).get(waits).status_code == 401
