"""Which part of a doctor's time is meant: a slot by its id or by its hours, and who is booked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Value
from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid, Moved, NotAllowed, NotThere, WasFirst
from queues.api.doors import actor_of, as_public_id, clinic_of, doctor_named, must
from queues.models import Appointment, Clinic, Doctor, Slot, WaitlistEntry, visible
from queues.models.public_id import NOBODY
from queues.models.slot import SlotQuerySet
from queues.rules.rights import Act, Actor, ActorKind
from queues.rules.slots import Hours


def cleaned(form: Form) -> dict[str, Any]:
    """What was typed, as our forms make it clean; or each field that is not, in one go."""
    if not form.is_valid():
        raise Invalid.of(form)
    return form.cleaned_data


def day_given(in_body: Any, in_query: str) -> Any:
    """As it was typed, for a form to look at: what is no day must not pass for none."""
    return in_query if in_body is None or in_body == "" else in_body


def doctor_at(clinic: Clinic, text: str) -> Doctor:
    """A doctor who sees patients here, or did."""
    doctor = doctor_named(text)
    works_here = doctor.departments.filter(clinic=clinic).exists()
    if not (works_here or doctor.sessions.filter(clinic=clinic).exists()):
        raise NotThere(_("There is no such doctor here."))
    return doctor


def slot_at(
    clinic: Clinic, text: str, doctor: Doctor | None = None, day: date | None = None
) -> Slot:
    """Of this doctor; where nobody is named, of whoever it is, by its id alone."""
    if doctor:
        return slot_named(doctor, clinic, text, day)
    found = Slot.known(clinic=clinic, public_id=id_in(text))
    if found is None:
        raise NotThere(_("There is no such time here."))
    return found


def slot_of(clinic: Clinic, doctor: str, text: str, day: date | None = None) -> Slot:
    """Mostly both are ids, and one look at the slot tells that it is this doctor's."""
    slot = Slot.known(clinic=clinic, public_id=id_in(text))
    if slot and slot.doctor.public_id == as_public_id(doctor):
        return slot
    return slot_named(doctor_named(doctor), clinic, text, day)


def slot_named(doctor: Doctor, clinic: Clinic, text: str, day: date | None = None) -> Slot:
    """By its id; or by its hours on that day, without a day the earliest that is not yet over."""
    if hours := Hours.read(text):
        theirs = _known_slots().filter(doctor=doctor, clinic=clinic)
        found = theirs.with_hours(hours, clinic.zone, timezone.now(), day)
    else:
        found = Slot.known(doctor=doctor, clinic=clinic, public_id=id_in(text))
    if found is None:
        raise NotThere(_("There is no such time of this doctor here."))
    return found


def appointment_named(request: HttpRequest, public_id: str, act: Act) -> Appointment:
    """One that the key may do this with; or the very one that the patient's link leads to."""
    actor = actor_of(request)
    if actor.kind is ActorKind.PATIENT:
        mine = Appointment.objects.filter(public_id=actor.public_id or NOBODY)
        known = mine.select_related("slot__session", "doctor", "patient", "department__clinic")
    else:
        known = visible.appointments(actor)
    found = known.filter(public_id=id_in(public_id)).first()
    if found is None:
        raise NotThere(_("There is no such appointment here."))
    if actor.kind is not ActorKind.PATIENT:
        must(actor, act, found.department.clinic, found.department)
    return found


def entry_named(request: HttpRequest, public_id: str) -> WaitlistEntry:
    """One that is theirs to answer or to take off the list."""
    entry = entry_seen(request, public_id)
    if not entry.is_known:
        raise NotAllowed(
            _("They wait for any clinic. Until they have a place here, this is theirs to do.")
        )
    return entry


def entry_seen(request: HttpRequest, public_id: str) -> WaitlistEntry:
    """One that the key's clinic has to do with; or the very one that the patient's link leads to."""
    actor = actor_of(request)
    if actor.kind is ActorKind.PATIENT:
        mine = WaitlistEntry.objects.filter(public_id=actor.public_id or NOBODY)
        known = mine.annotate(known_here=Value(True)).in_full()
    else:
        must(actor, Act.BOOK, clinic_of(request))
        known = visible.line(actor)
    found = known.filter(public_id=id_in(public_id)).first()
    if found is None:
        raise NotThere(_("There is nobody who waits under this id here."))
    return found


def discreet(actor: Actor, act: Callable[[], Answer]) -> Callable[[], Answer]:
    """Who it was that moved an appointment first is for staff to know, not for its patient."""
    if actor.kind is not ActorKind.PATIENT:
        return act

    def quietly() -> Answer:
        try:
            return act()
        except (Moved, WasFirst) as refused:
            state = refused.facts.get("state")
            raise type(refused)(_("This is no longer possible."), state=state) from refused

    return quietly


def _known_slots() -> SlotQuerySet:
    return Slot.objects.select_related("session__department__clinic", "doctor")


def id_in(text: str) -> UUID:
    """The id that a text is; else one that nobody has."""
    return as_public_id(text) or NOBODY
