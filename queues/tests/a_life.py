"""Somebody of whom there is a trace in every corner of the house, and nobody else like them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from queues.actions import consultations, patients, rebooking, tokens, waitlists
from queues.actions.booking import book
from queues.actions.wishes import Wish
from queues.forms import PatientForm
from queues.models import Appointment, Clinic, Department, Patient, Visit, WaitlistEntry
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda, cast
from queues.tests.conftest import ApiClient
from queues.tests.story import waiting

NAME, FORMER_NAME, OTHER_NAME = "Zenobia Quist", "Xenia Élan", "Yvette Ümlaut"
PHONE, FORMER_PHONE = "+919845098450", "+919845012345"
ILLNESS, BORN = "porphyria", "1961-04-05"
WORDS = (
    *("Zenobia", "Quist", "Xenia", "Élan", "Yvette", "Ümlaut"),
    *(PHONE, FORMER_PHONE, "98450 98450", BORN, ILLNESS, "Fuchsia Lane"),
)


@dataclass(frozen=True)
class Life:
    patient: Patient
    merged: Patient
    visit: Visit
    appointment: Appointment
    entry: WaitlistEntry

    def as_it_now_is(self) -> Life:
        return Life(
            Patient.objects.get(pk=self.patient.pk),
            Patient.objects.get(pk=self.merged.pk),
            Visit.objects.get(pk=self.visit.pk),
            Appointment.objects.get(pk=self.appointment.pk),
            WaitlistEntry.objects.get(pk=self.entry.pk),
        )

    @property
    def links(self) -> list[str]:
        return [f"/t/{self.visit.secret}/", *(f"/book/{a}/{b.secret}/" for a, b in self._booked)]

    @property
    def _booked(self) -> list[tuple[str, Appointment | WaitlistEntry]]:
        return [("a", self.appointment), ("w", self.entry)]


def lived(clinic: Clinic, department: Department) -> Life:
    """All of it is over: they wait for nothing any more."""
    patient = _registered(clinic)
    merged = _merged(patient, clinic)
    visit = _came(patient, department)
    appointment = _was_booked(patient, department)
    entry = _waited(patient, department)
    return Life(Patient.objects.get(pk=patient.pk), merged, visit, appointment, entry)


def _registered(clinic: Clinic) -> Patient:
    """By the API, which keeps its answer; then corrected."""
    desk = ApiClient(cast.key(clinic, Role.STAFF))
    person = {"name": FORMER_NAME, "phone": FORMER_PHONE, "birth_date": BORN}
    made = desk.post("/patients", person, **{"Idempotency-Key": "registered"}).json()
    changes = {"name": NAME, "phone": PHONE, "address": "3 Fuchsia Lane"}
    desk.patch(f"/patients/{made['id']}", changes, **{"Idempotency-Key": "corrected"})
    return Patient.objects.get(public_id=made["id"])


def _merged(patient: Patient, clinic: Clinic) -> Patient:
    form = PatientForm(clinic, {"name": OTHER_NAME, "phone": PHONE, "age": 64}, by_staff=True)
    assert form.is_valid()
    double = patients.register(clinic, form.person(), by=SYSTEM).patient
    patients.merge(double, patient, clinic, by=SYSTEM)
    return Patient.objects.get(pk=double.pk)


def _came(patient: Patient, department: Department) -> Visit:
    token = tokens.cancel(waiting(patient, department), by=SYSTEM, note=f"{NAME} went home")
    return token.visit


def _was_booked(patient: Patient, department: Department) -> Appointment:
    """And seen; the doctor wrote, and added something."""
    soon = agenda.tomorrow(department.clinic)
    (slot,) = agenda.slots(agenda.doctor(department), department, soon)
    booked = book(patient, slot, Priority.ONLINE, by=SYSTEM, reason=f"{ILLNESS}, says {NAME}")
    draft = consultations.start(booked.appointment, by=SYSTEM)
    lines = [{"medicine": f"for {ILLNESS}", "dose": "", "when": "", "days": 3}]
    written = {"complaint": ILLNESS, "notes": NAME, "prescription": lines, "follow_up_days": 14}
    consultations.add(consultations.complete(draft, written, by=SYSTEM), ILLNESS, by=SYSTEM)
    return Appointment.objects.get(pk=booked.appointment.pk)


def _waited(patient: Patient, department: Department) -> WaitlistEntry:
    """For a doctor who had no time; and another booking, cancelled with a note."""
    other = agenda.doctor(department, "Dr Iyer", "Neurology")
    later = agenda.tomorrow(department.clinic) + timedelta(days=1)
    (slot,) = agenda.slots(other, department, later)
    booked = book(patient, slot, Priority.ONLINE, by=SYSTEM)
    rebooking.cancel(booked.appointment, by=SYSTEM, note=f"{NAME} cannot come")
    agenda.full(slot)
    wish = Wish(slot=slot, reason=ILLNESS)
    entry = waitlists.join(patient, wish, Priority.ONLINE, by=SYSTEM)
    waitlists.leave(entry, by=SYSTEM)
    return WaitlistEntry.objects.get(pk=entry.pk)
