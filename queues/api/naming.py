"""Which part of a doctor's time is meant: a slot by its id or by its hours, and who is booked."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _

from queues.actions.refusals import Invalid, NotThere
from queues.models import Clinic, Doctor, Slot
from queues.models.public_id import NOBODY
from queues.rules.slots import Hours


def cleaned(form: Form) -> dict[str, Any]:
    """What was typed, as our forms make it clean; or each field that is not, in one go."""
    if not form.is_valid():
        raise Invalid.of(form)
    return form.cleaned_data


def slot_named(doctor: Doctor, clinic: Clinic, text: str, day: date | None = None) -> Slot:
    """By its id; or by its hours on that day, without a day the earliest that is not yet over."""
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    theirs = known.filter(doctor=doctor, clinic=clinic)
    if hours := Hours.read(text):
        found = theirs.with_hours(hours, clinic.zone, timezone.now(), day)
    else:
        found = theirs.filter(public_id=id_in(text)).first()
    if found is None:
        raise NotThere(_("There is no such time of this doctor here."))
    return found


def id_in(text: str) -> UUID:
    """The id that a text is; else one that nobody has."""
    try:
        return UUID(text)
    except ValueError:
        return NOBODY
