"""A patient's data is handed out to them, or taken out of the house for good.

What is taken out is all that says who somebody is, and all that was written about them. What
stays tells nobody's story any more: that a number was given, called and served, and the events.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.refusals import MergedAway, StillExpected
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import (
    Appointment,
    Clinic,
    Consultation,
    Event,
    KeptAnswer,
    Kind,
    Patient,
    Visit,
    WaitlistEntry,
)
from queues.models.holdings import Holdings
from queues.rules.appointments import ACTIVE, Stage
from queues.rules.links import hashed, new_key, nonce
from queues.rules.people import Gender, new_number
from queues.rules.rights import Actor
from queues.screens.export import export

EXPECTED = ACTIVE | {Stage.DISPLACED}
HOPES = (WaitlistEntry.Status.WAITING, WaitlistEntry.Status.OFFERED)
NOTED_IN_CODE = (Kind.UNDONE, Kind.DISPLACED, Kind.RESCHEDULED)  # by ourselves, and of nobody


@transacted
def hand_out(patient: Patient, clinic: Clinic, *, by: Actor) -> dict[str, Any]:
    """All that is held about them; that it was handed out is told too."""
    journal.record(Entry(Kind.RECORD_EXPORTED, by, clinic, patient.public_id))
    return export(Holdings(patient), timezone.now())


@transacted
def anonymise(patient: Patient, clinic: Clinic, *, by: Actor) -> Patient:
    """For good, and with it the records that were merged into this one. It is one event."""
    held = Holdings(patient)
    records = {one.pk: one for one in held.records.select_for_update()}
    whole = records[patient.pk]
    if whole.merged_into:
        number = whole.merged_into.number
        raise MergedAway(_("This record was merged into %(number)s.") % {"number": number})
    if whole.anonymised_at:
        return whole
    _refuse_while_expected(held)
    _forget_answers(held)
    _forget_what_was_written(held)
    _end_links(held)
    for record in records.values():
        _forget_who_it_was(record)
    merged = [str(one.public_id) for one in records.values() if one != whole]
    told = Entry(Kind.RECORD_ANONYMISED, by, clinic, whole.public_id, after={"merged": merged})
    journal.record(told)
    return whole


def _refuse_while_expected(held: Holdings) -> None:
    """Their rows are held, and whoever gives them a number or a place holds these first."""
    if held.tokens.live().exists():
        raise StillExpected(_("They are in a queue just now. Please end or cancel that first."))
    if held.appointments.filter(status__in=EXPECTED).exists():
        raise StillExpected(_("They have an appointment. Please cancel it first."))
    if held.waits.filter(status__in=HOPES).exists():
        raise StillExpected(_("They are on a waitlist. Please take them off it first."))


def _forget_answers(held: Holdings) -> None:
    """Those about a row of theirs, and those that name them in their text."""
    linked = Q(visit__in=held.visits.order_by())
    linked |= Q(appointment__in=held.appointments.order_by()) | Q(entry__in=held.waits.order_by())
    names = [name for one in held.records for name in (str(one.public_id), one.number, one.phone)]
    named = reduce(or_, (Q(text__contains=name) for name in names if name))
    answers = KeptAnswer.objects.annotate(text=Cast("body", TextField()))
    answers.filter(linked | named).delete()


def _forget_what_was_written(held: Holdings) -> None:
    """A draft that is still open is closed: its window may not save into it any more."""
    now = timezone.now()
    held.notices.delete()
    held.former_records.delete()
    held.addenda.update(text="")
    held.consultations.filter(completed_at=None).update(completed_at=now)
    blank = Consultation()
    empty = {name: getattr(blank, name) for name in Consultation.WRITTEN}
    completed = Consultation.Status.COMPLETED
    held.consultations.update(**empty, status=completed, changed_at=now)
    notes = Event.objects.filter(subject__in=held.subjects()).exclude(note="")
    notes.exclude(kind__in=NOTED_IN_CODE).update(note="")  # of a note the chain has the digest


def _end_links(held: Holdings) -> None:
    """What was printed or sent leads nowhere from now on, nor to them at the kiosk."""
    for visit in held.visits:
        Visit.objects.filter(pk=visit.pk).update(**_no_link(), language="")
    for appointment in held.appointments:
        Appointment.objects.filter(pk=appointment.pk).update(**_no_link(), language="", reason="")
    for entry in held.waits:
        WaitlistEntry.objects.filter(pk=entry.pk).update(**_no_link(), language="", reason="")


def _no_link() -> dict[str, str]:
    """The hash of something else than the secret that the nonce makes."""
    return {"nonce": nonce(), "link_hash": hashed(new_key())}


def _forget_who_it_was(record: Patient) -> None:
    """It gets another number, since the card has the old one, and goes by it."""
    record.number = record.name = new_number()
    record.phone = record.address = record.language = ""
    record.birth_date = record.birth_year = record.age_when_registered = None
    record.gender = Gender.UNKNOWN
    record.is_active = record.may_be_duplicate = False
    record.is_identified = True  # else the name would be a description
    record.anonymised_at = timezone.now()
    record.save()
