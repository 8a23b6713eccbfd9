"""A new record, made by staff: whoever looks like somebody known is asked about first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from queues.actions import patients
from queues.actions.refusals import Conflict
from queues.models import Clinic, Patient, visible
from queues.rules.rights import Actor


class LooksKnown(Conflict):
    """Somebody like this is registered; a second record is made only if staff say so."""

    def __init__(self, matches: list[Patient]) -> None:
        super().__init__(_("Somebody like this is known already. Is it one of them?"))
        self.matches = matches


def register(clinic: Clinic, person: dict[str, Any], *, anyway: bool, by: Actor) -> Patient:
    alike = [] if anyway else patients.matching(person)
    if matches := visible.patients(by).filter(pk__in=[one.pk for one in alike]):
        raise LooksKnown(list(matches))
    return patients.register(clinic, person, by=by).patient
