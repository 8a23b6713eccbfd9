"""A clinic changes its zone, its day, its languages."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.changing import change_row
from queues.actions.making_slots import make_for
from queues.actions.refusals import DayHasBegun, NotAllowed
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, DayBook, Doctor, Kind
from queues.rules.rights import Act, Actor


@transacted
def change(clinic: Clinic, settings: dict[str, Any], *, by: Actor, seen: str = "") -> Clinic:
    held = Clinic.objects.select_for_update().get(pk=clinic.pk)
    before, after = change_row(held, settings, seen)
    if Clinic.OF_LOG_INS & {*after} and not by.may_everywhere(Act.SET_STAFF, held.pk):
        raise NotAllowed(_("How long log-ins last, and what they ask, is set by administrators."))
    numbered = DayBook.objects.filter(clinic=held, department__isnull=False)
    newest = numbered.aggregate(day=Max("day"))["day"]  # its numbers must not begin again
    if newest and held.service_day() < newest:
        raise DayHasBegun(
            _("The service day of %(day)s has begun and cannot be taken back. Please try later.")
            % {"day": newest.isoformat()},
            day=newest.isoformat(),
        )
    entry = Entry(Kind.CLINIC_CHANGED, by, held, held.public_id, before=before, after=after)
    if "books_days_ahead" in after:
        doctors = Doctor.objects.filter(departments__clinic=held).distinct().order_by("pk")
        make_for(doctors, entry, by=by)
    elif after:
        journal.record(entry)
    return held
