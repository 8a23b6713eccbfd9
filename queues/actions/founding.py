"""A hospital begins: its clinic, its departments, its counters."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.refusals import Invalid
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, Counter, Department, Kind
from queues.rules.rights import SYSTEM, Actor


@dataclass(frozen=True)
class Plan:
    """A department to be: two open counters, round the clock, until somebody says otherwise."""

    code: str
    name: str
    prefix: str


PLANS = (
    Plan("OPD", "Outpatients", "A"),
    Plan("LAB", "Laboratory", "L"),
    Plan("PHARMACY", "Pharmacy", "P"),
)
COUNTERS = ("1", "2")


@transacted
def found(
    code: str,
    name: str,
    time_zone: str,
    plans: tuple[Plan, ...] = PLANS,
    *,
    by: Actor = SYSTEM,
) -> Clinic:
    """A clinic with its departments, open and ready to give out numbers."""
    if Clinic.objects.filter(code__iexact=code).exists():
        raise Invalid(code=_("There is a clinic of this code already."))
    languages = [language for language, _name in settings.LANGUAGES]
    clinic = Clinic.objects.create(
        code=code, name=name, time_zone=time_zone, languages=languages, spoken=languages[:1]
    )
    for position, plan in enumerate(plans):
        department = Department.objects.create(
            clinic=clinic, code=plan.code, name=plan.name, prefix=plan.prefix, position=position
        )
        for number in COUNTERS:
            Counter.objects.create(department=department, code=number, is_open=True)
    after = {"departments": [plan.code for plan in plans]}
    journal.record(Entry(Kind.CLINIC_FOUNDED, by, clinic, clinic.public_id, after=after))
    return clinic
