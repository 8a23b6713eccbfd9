"""People enter the hospital's memory, are found again, corrected, and become one record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.refusals import (
    Anonymised,
    BothBooked,
    BothHere,
    Invalid,
    MergedAway,
    NotThere,
    PatientInactive,
    SeveralMatches,
)
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import (
    Appointment,
    Clinic,
    Consultation,
    FormerRecord,
    Kind,
    Notice,
    Patient,
    Token,
    User,
    Visit,
    WaitlistEntry,
    statements,
)
from queues.models.patient import those_who_stayed
from queues.rules.links import hashed, secret_in
from queues.rules.people import new_number, tidy_number
from queues.rules.rights import Actor, ActorKind


@dataclass(frozen=True)
class Registration:
    patient: Patient
    matches: list[Patient]  # others who may be the same person


@transacted
def register(clinic: Clinic, person: dict[str, Any], *, by: Actor) -> Registration:
    """A new record; where it looks like somebody known already, it is flagged for staff."""
    matches = matching(person)
    patient = Patient(
        **person,
        number=new_number(),
        registered_at=clinic,
        registered_on=clinic.service_day(),
        may_be_duplicate=bool(matches),
    )
    statements.insert(patient)
    journal.record(
        Entry(
            Kind.PATIENT_REGISTERED,
            by,
            clinic,
            patient.public_id,
            after={"matches": [str(match.public_id) for match in matches]},
        )
    )
    return Registration(patient, matches)


def as_they_now_are(patient: Patient) -> Patient:
    """The record, held: merged or put out of use a moment ago is merged or out of use."""
    held = statements.held(Patient, {"pk": patient.pk})
    if held and held.merged_into_id:
        held = statements.held(Patient, {"pk": held.merged_into_id})
    if held is None:
        raise Patient.DoesNotExist
    return held


def in_use(patient: Patient) -> Patient:
    """The same, for what is begun anew: never under a record that is out of use."""
    held = as_they_now_are(patient)
    if not held.is_active:
        raise PatientInactive(_("This record is inactive. Please see the reception."))
    return held


def refuse_anonymised(patient: Patient) -> None:
    if patient.anonymised_at:
        raise Anonymised


def hold_patients(patients: Iterable[Patient | None]) -> None:
    """Whoever books for one of them meanwhile waits."""
    for pk in sorted({patient.pk for patient in patients if patient}):
        statements.held(Patient, {"pk": pk})


def matching(person: dict[str, Any]) -> list[Patient]:
    """Records that this person may have already."""
    if not person["phone"] or person["birth_year"] is None:
        return []
    year = person["birth_year"]
    if person["birth_date"]:
        return Patient.known_by(person["phone"], year)
    return those_who_stayed(Patient.about_of_age(person["phone"], year))


def find_returning(given: dict[str, Any]) -> Patient:
    """Whoever fits phone and birth year, or holds the number; if several, a person must look.

    That nobody fits is said in the same words whether or not the phone is known.
    """
    if given["number"]:
        return _the_one(Patient.objects.filter(number__iexact=given["number"]).now())
    return _the_one(Patient.known_by(given["phone"], given["birth_year"]))


def find_by_card(text: str) -> Patient:
    """Whoever has this number on their card, or was given this code today: it ends with the day."""
    if secret := secret_in(text):
        visit = Visit.objects.select_related("clinic").filter(link_hash=hashed(secret)).first()
        is_of_today = visit is not None and visit.day == visit.clinic.service_day()
        theirs = Patient.objects.filter(visits=visit) if is_of_today else Patient.objects.none()
        return _the_one(theirs.now())
    return _the_one(Patient.objects.filter(number__iexact=tidy_number(text)).now())


def _the_one(found: list[Patient]) -> Patient:
    if len(found) > 1:
        raise SeveralMatches(_("Several people fit. Please see the reception."))
    if not found:
        raise NotThere(_("We found nobody with these details. Please register as new."))
    return found[0]


@transacted
def correct(patient: Patient, clinic: Clinic, person: dict[str, Any], *, by: Actor) -> Patient:
    """Change what a record says; what it said is kept, and the event names only the fields."""
    held = Patient.objects.select_for_update().get(pk=patient.pk)
    if held.merged_into:
        raise MergedAway(
            _("This record was merged into %(number)s.") % {"number": held.merged_into.number},
            into=str(held.merged_into.public_id),
        )
    refuse_anonymised(held)
    before = held.record()
    changed = sorted(name for name, value in person.items() if before[name] != value)
    if not changed:
        return held
    FormerRecord.objects.create(
        patient=held,
        values={name: _plain(before[name]) for name in changed},
        replaced_by=_user_of(by),
    )
    if "age_when_registered" in changed:
        held.registered_on = clinic.service_day()
    for name in changed:
        setattr(held, name, person[name])
    held.save(update_fields=[*changed, "registered_on"])
    journal.record(
        Entry(Kind.PATIENT_CORRECTED, by, clinic, held.public_id, after={"fields": changed})
    )
    return held


@transacted
def set_active(patient: Patient, clinic: Clinic, active: bool, *, by: Actor) -> Patient:
    return correct(patient, clinic, {"is_active": active}, by=by)


@transacted
def merge(duplicate: Patient, into: Patient, clinic: Clinic, *, by: Actor) -> Patient:
    """Two records are one person: the duplicate points to the one that stays, and gives it its
    visits, appointments and consultations.

    Where both had a visit on one day, the duplicate keeps its own: a day has one number.
    """
    if duplicate.pk == into.pk:
        raise Invalid(into=_("A record cannot be merged with itself."))
    pair = Patient.objects.select_for_update().filter(pk__in=[duplicate.pk, into.pk]).order_by("pk")
    if any(record.merged_into_id for record in pair):
        raise Invalid(into=_("One of the two has been merged already."))
    for record in pair:
        refuse_anonymised(record)
    here = Token.objects.live().filter(visit__patient__in=[duplicate, into])
    if len(set(here.values_list("visit__patient", flat=True))) == 2:
        raise BothHere(
            _("Both are in a queue just now. Please end or cancel one of the two first.")
        )
    taken = Visit.objects.filter(patient=into, clinic=OuterRef("clinic"), day=OuterRef("day"))
    visits = list(Visit.objects.filter(~Exists(taken), patient=duplicate).order_by("pk"))
    Visit.objects.filter(pk__in=[visit.pk for visit in visits]).update(patient=into)
    appointments = _hand_over_appointments(duplicate, into)
    Patient.objects.filter(merged_into=duplicate).update(merged_into=into)
    Patient.objects.filter(pk=duplicate.pk).update(merged_into=into, may_be_duplicate=False)
    Patient.objects.filter(pk=into.pk).update(may_be_duplicate=False)
    journal.record(
        Entry(
            Kind.PATIENTS_MERGED,
            by,
            clinic,
            duplicate.public_id,
            after={
                "into": str(into.public_id),
                "visits": [str(visit.public_id) for visit in visits],
                "appointments": appointments,
            },
        )
    )
    into.refresh_from_db()
    return into


def _hand_over_appointments(duplicate: Patient, into: Patient) -> list[str]:
    """What was booked, written or promised for the one is the other's; returns the appointments.

    Two with one doctor on one day are fine once they are over; one that is still to come must go
    first, and a person says which.
    """
    same_day = Appointment.objects.filter(
        patient=into, doctor=OuterRef("doctor"), day=OuterRef("day"), once=True
    )
    twice = Appointment.objects.filter(Exists(same_day), patient=duplicate, once=True)
    if twice.active().exists():
        raise BothBooked(
            _(
                "Both have an appointment with the same doctor on the same day. "
                "Please cancel one of the two first."
            )
        )
    Appointment.objects.filter(pk__in=[one.pk for one in twice]).update(once=None)
    theirs = Appointment.objects.filter(patient=duplicate)
    handed_over = [str(one) for one in theirs.values_list("public_id", flat=True).order_by("pk")]
    theirs.update(patient=into)
    for model in (Consultation, WaitlistEntry, Notice):
        model._default_manager.filter(patient=duplicate).update(patient=into)
    return handed_over


def _user_of(by: Actor) -> User | None:
    if by.public_id is None or by.kind is not ActorKind.USER:
        return None
    return User.objects.filter(public_id=by.public_id).first()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
