"""Who sees what: every row that a person or a key reads comes through here."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from queues.models.appointment import Appointment, AppointmentQuerySet
from queues.models.clinic import Clinic
from queues.models.consultation import Consultation
from queues.models.department import Department
from queues.models.holdings import Holdings
from queues.models.patient import Patient, PatientQuerySet
from queues.models.token import Token, TokenQuerySet
from queues.models.waitlist import WaitlistEntry, WaitlistEntryQuerySet
from queues.rules.rights import Act, Actor, ActorKind, Role


def clinics(actor: Actor) -> QuerySet[Clinic]:
    return Clinic.objects.filter(pk__in=[grant.clinic_id for grant in actor.grants])


def departments(actor: Actor, act: Act) -> QuerySet[Department]:
    """Where the actor may do this."""
    every = Department.objects.select_related("clinic")
    mine = [
        department.pk
        for department in every.filter(clinic__in=clinics(actor))
        if actor.may(act, department.clinic_id, department.pk)
    ]
    return every.filter(pk__in=mine)


def patients(actor: Actor) -> PatientQuerySet:
    """Staff see whoever was registered at their clinic, or has had a visit or an appointment there."""
    mine = [grant.clinic_id for grant in actor.grants if grant.role is not Role.KIOSK]
    seen = Patient.objects.filter(visits__clinic__in=mine)
    booked = Appointment.objects.filter(clinic__in=mine, patient__isnull=False)
    return Patient.objects.filter(
        Q(registered_at__in=mine) | Q(pk__in=seen.values("pk")) | Q(pk__in=booked.values("patient"))
    )


def answers_for(actor: Actor, patient: Patient, act: Act) -> bool:
    """Whether the act is theirs in all of every clinic that has to do with the patient: what is
    handed out or taken away is not one clinic's alone."""
    clinics = Holdings(patient).clinics()
    return all(actor.may_everywhere(act, clinic) for clinic in clinics)


def tokens(actor: Actor) -> TokenQuerySet:
    """Staff see their clinic's; a kiosk sees the ones it gave out."""
    mine = [grant.clinic_id for grant in actor.grants]
    seen = Token.objects.filter(department__clinic__in=mine)
    if not actor.is_staff:
        seen = seen.filter(issued_by=actor.public_id)
    return seen.select_related("visit", "department__clinic", "counter", "doctor", "assigned")


def appointments(actor: Actor) -> AppointmentQuerySet:
    """Those of the clinics where they work."""
    mine = [grant.clinic_id for grant in actor.grants]
    seen = Appointment.objects.filter(clinic__in=mine)
    return seen.select_related("slot__session", "doctor", "patient", "department__clinic", "visit")


def waitlist(actor: Actor) -> WaitlistEntryQuerySet:
    """Those who wait for their clinics, or for any."""
    mine = [grant.clinic_id for grant in actor.grants if grant.role is not Role.KIOSK]
    if not mine:
        return WaitlistEntry.objects.none()
    seen = WaitlistEntry.objects.filter(Q(clinic__in=mine) | Q(clinic=None))
    return seen.select_related("doctor", "patient", "appointment", "clinic", "slot")


def consultations(actor: Actor) -> QuerySet[Consultation]:
    """One's own, and all of the departments where the right goes that far."""
    seen = Q(department__in=departments(actor, Act.SEE_CONSULTATIONS))
    if actor.kind is ActorKind.USER and actor.public_id:
        seen |= Q(doctor__user__public_id=actor.public_id)
    known = Consultation.objects.select_related("doctor", "patient", "department__clinic")
    return known.filter(seen)
