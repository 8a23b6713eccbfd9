"""Who sees what: every row that a person or a key reads comes through here."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from queues.models.clinic import Clinic
from queues.models.department import Department
from queues.models.patient import Patient, PatientQuerySet
from queues.models.token import Token, TokenQuerySet
from queues.rules.rights import Act, Actor, Role


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
    """Staff see whoever was registered at their clinic or has had a visit there."""
    mine = [grant.clinic_id for grant in actor.grants if grant.role is not Role.KIOSK]
    seen = Patient.objects.filter(visits__clinic__in=mine)
    return Patient.objects.filter(Q(registered_at__in=mine) | Q(pk__in=seen.values("pk")))


def tokens(actor: Actor) -> TokenQuerySet:
    """Staff see their clinic's; a kiosk sees the ones it gave out."""
    mine = [grant.clinic_id for grant in actor.grants]
    seen = Token.objects.filter(department__clinic__in=mine)
    if not actor.is_staff:
        seen = seen.filter(issued_by=actor.public_id)
    return seen.select_related("visit", "department__clinic", "counter", "doctor", "assigned")
