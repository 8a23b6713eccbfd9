"""Who sees what: every row that a person or a key reads comes through here."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from queues.models import statements
from queues.models.appointment import Appointment, AppointmentQuerySet
from queues.models.clinic import Clinic
from queues.models.consultation import Consultation
from queues.models.department import Department
from queues.models.device import Device, DeviceQuerySet
from queues.models.holdings import Holdings
from queues.models.patient import Patient, PatientQuerySet
from queues.models.token import Token, TokenQuerySet
from queues.models.visit import Visit
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


def devices(actor: Actor) -> DeviceQuerySet:
    """Those that stand where they may let machines in, and nowhere else."""
    elsewhere = Department.objects.exclude(pk__in=departments(actor, Act.SET_DEVICES))
    let_in = Device.objects.filter(clinic__in=clinics(actor), approved_at__isnull=False)
    return let_in.exclude(departments__in=elsewhere)


def patients(actor: Actor) -> PatientQuerySet:
    """Staff see whoever was registered at their clinic, or has had a visit or an appointment there."""
    mine = _clinics_of_staff(actor)
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
    return seen.select_related(*_OF_A_TOKEN)


def token(actor: Actor, public_id: UUID) -> Token | None:
    """One of these: the same rule, in a statement that was built before."""
    found = statements.found(Token, {"public_id": public_id}, *_OF_A_TOKEN)
    if found is None or not actor.works_at(found.department.clinic_id):
        return None
    return found if actor.is_staff or found.issued_by == actor.public_id else None


_OF_A_TOKEN = ("visit", "department__clinic", "counter", "doctor", "assigned")


def appointments(actor: Actor) -> AppointmentQuerySet:
    """Those of the clinics where they work."""
    mine = [grant.clinic_id for grant in actor.grants]
    seen = Appointment.objects.filter(clinic__in=mine)
    return seen.select_related("slot__session", "doctor", "patient", "department__clinic", "visit")


def waitlist(actor: Actor) -> WaitlistEntryQuerySet:
    """Whom they know by name, and may answer for or take off the list: who waits for their clinics
    alone, and patients of theirs who wait for any."""
    mine = _clinics_of_staff(actor)
    if not mine:
        return WaitlistEntry.objects.none()
    return WaitlistEntry.objects.filter(_known_at(mine)).in_full()


def line(actor: Actor) -> WaitlistEntryQuerySet:
    """All who could get a place at their clinics. Among them are strangers who wait for any: until
    something is booked for them there, who they are `is_known` to nobody."""
    mine = _clinics_of_staff(actor)
    if not mine:
        return WaitlistEntry.objects.none()
    known = _known_at(mine)
    strangers = ANYWHERE & Q(status=WaitlistEntry.Status.WAITING)
    known_here = Case(When(known, then=Value(True)), default=Value(False))
    seen = WaitlistEntry.objects.filter(known | strangers)
    return seen.annotate(known_here=known_here).in_full()


ANYWHERE = Q(clinic=None, slot=None)


def _known_at(clinics: Collection[int]) -> Q:
    """As `patients` has it, of the few who wait."""
    theirs = {"patient": OuterRef("patient"), "clinic__in": clinics}
    has_come = Q(Exists(Visit.objects.filter(**theirs)))
    is_booked = Q(Exists(Appointment.objects.filter(**theirs)))
    is_patient = Q(patient__registered_at__in=clinics) | has_come | is_booked
    return Q(clinic__in=clinics) | Q(slot__clinic__in=clinics) | (ANYWHERE & is_patient)


def _clinics_of_staff(actor: Actor) -> list[int]:
    return [grant.clinic_id for grant in actor.grants if grant.role is not Role.KIOSK]


def consultations(actor: Actor) -> QuerySet[Consultation]:
    """One's own, and all of the departments where the right goes that far."""
    seen = Q(department__in=departments(actor, Act.SEE_CONSULTATIONS))
    if actor.kind is ActorKind.USER and actor.public_id:
        theirs = Q(doctor__user__public_id=actor.public_id)
        seen |= theirs & Q(department__clinic__in=clinics(actor))  # as long as they work there
    known = Consultation.objects.select_related("doctor", "patient", "department__clinic")
    return known.filter(seen)
