"""A consultation: begun, written as it goes, completed once, and corrected by addenda only.

What the queue does meanwhile never touches what is written. While a draft is open, staff may
complete the number, mark it absent, cancel it, take the last step back or send it to the Lab; the
draft stays, and is completed whenever its doctor does so:

- Is the patient in the doctor's hands, completing ends their number and their appointment too.
- Do they wait, or are they in the Lab, it is refused, and says where they are: they come back to
  this doctor, and the draft waits for them.
- Has their number ended already, the queue keeps what staff said of it, and the record is closed.
- A number that a completed consultation ended is not taken back: what is written there stays.

No event tells what is written, only which parts were.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import tokens
from queues.actions.appointments import fresh, told
from queues.actions.bringing_in import bring_in, is_here, where_now
from queues.actions.moments import refuse_before_its_day
from queues.actions.patients import as_they_now_are, in_use, refuse_anonymised
from queues.actions.rebooking import no_longer
from queues.actions.refusals import (
    ChangedMeanwhile,
    Invalid,
    Moved,
    NotAllowed,
    was_first,
)
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import (
    Addendum,
    ApiKey,
    Appointment,
    Consultation,
    Department,
    Doctor,
    Event,
    Kind,
    Patient,
    Token,
    User,
)
from queues.rules.appointments import AHEAD, Stage
from queues.rules.rights import Act, Actor, ActorKind
from queues.rules.status import LIVE, Status
from queues.screens import words

State = dict[str, Any]
ONE_SITTING = timedelta(minutes=5)  # of writing, that one entry tells of
WITH_THE_DOCTOR = (Stage.CHECKED_IN, Stage.IN_CONSULTATION)


@transacted
def start(of: Appointment | Token, *, by: Actor) -> Consultation:
    """The draft of this appointment, or of somebody who walked in; the one that is open already,
    where there is one. Who waits is called to the doctor's room, and served there."""
    if isinstance(of, Token) and of.appointment:
        of = of.appointment
    if isinstance(of, Appointment):
        return _start_appointment(fresh(of), by=by)
    return _start_walk_in(of, by=by)


@transacted
def write(
    consultation: Consultation,
    written: Mapping[str, Any],
    *,
    by: Actor,
    seen: datetime | None = None,
) -> Consultation:
    """Keep these parts of a draft; `seen` is the state of it that was written on."""
    consultation = _fresh(consultation)
    _refuse_hands(consultation.doctor, consultation.department, by)
    before, changed = _put_down(consultation, written, seen)
    if changed and _is_news(consultation, changed, by):
        journal.record(_told(Kind.CONSULTATION_CHANGED, consultation, by, before, changed))
    return consultation


@transacted
def complete(
    consultation: Consultation,
    written: Mapping[str, Any] | None = None,
    *,
    by: Actor,
    seen: datetime | None = None,
) -> Consultation:
    """For good, and with it the appointment and the number that it is about; the room is free."""
    consultation = _fresh(consultation)
    _refuse_hands(consultation.doctor, consultation.department, by)
    token = where_now(consultation.appointment or consultation.token)
    if token:
        token.lock()
    here = token and is_here(token, consultation.doctor, consultation.department)
    left = None if here else _leave(consultation, by)
    before, changed = _put_down(consultation, written or {}, seen)
    now = timezone.now()
    drafts = Consultation.objects.filter(pk=consultation.pk, status=Consultation.Status.DRAFT)
    if not drafts.update(status=Consultation.Status.COMPLETED, completed_at=now, changed_at=now):
        raise _no_draft(consultation)
    consultation.refresh_from_db()
    if token and here:
        tokens.complete(token, by=by)
    told = _told(Kind.CONSULTATION_COMPLETED, consultation, by, before, changed)
    journal.record(*([left] if left else []), told)
    return consultation


@transacted
def add(consultation: Consultation, text: str, *, by: Actor) -> Addendum:
    """What was found to be missing or wrong afterwards; the consultation stays as it was."""
    consultation = _fresh(consultation)
    refuse_anonymised(as_they_now_are(consultation.patient))
    _refuse_hands(consultation.doctor, consultation.department, by)
    if consultation.status != Consultation.Status.COMPLETED:
        raise Moved(
            _("This consultation is not completed yet: please write into it."),
            state=consultation.status,
        )
    addendum = Addendum.objects.create(
        consultation=consultation,
        text=text,
        written_by=by.public_id,
        written_by_name=_name_of(by),
        written_at=timezone.now(),
    )
    journal.record(
        Entry(Kind.ADDENDUM_WRITTEN, by, consultation.department, consultation.public_id)
    )
    return addendum


@transacted
def take_back(consultation: Consultation, *, by: Actor) -> None:
    """Begun by mistake, and nothing is written yet: as if it had not been. Who never checked in is
    expected again; a number that is served is taken back or put back as any other."""
    consultation = _fresh(consultation)
    _refuse_hands(consultation.doctor, consultation.department, by)
    written = any(getattr(consultation, name) for name in Consultation.WRITTEN)
    here = Consultation.objects.filter(
        pk=consultation.pk,
        status=Consultation.Status.DRAFT,
        changed_at=consultation.changed_at,
    )
    if written or not here.exists():
        raise Moved(
            _("Something is written already, and stays. Please complete the consultation."),
            state=consultation.status,
        )
    expected = _expect_again(consultation, by)
    here.delete()
    before, where = {"status": consultation.status}, consultation.department
    undone = Entry(Kind.UNDONE, by, where, consultation.public_id, before=before)
    journal.record(*([expected] if expected else []), undone)


def may_write(doctor: Doctor, department: Department, by: Actor) -> bool:
    """Its doctor, as long as they work there, and whoever consults in the department."""
    is_theirs = by.kind is ActorKind.USER and doctor.user and doctor.user.public_id == by.public_id
    return (bool(is_theirs) and by.works_at(department.clinic_id)) or by.may(
        Act.CONSULT, department.clinic_id, department.pk
    )


def of(what: Appointment | Token) -> Consultation | None:
    """The consultation that was begun for it."""
    known = _known()
    if isinstance(what, Token) and what.appointment_id is None:
        return known.filter(token=what).first()
    appointment = what.appointment_id if isinstance(what, Token) else what.pk
    return known.filter(appointment=appointment).first()


# How it begins.


def _start_appointment(appointment: Appointment, *, by: Actor) -> Consultation:
    doctor, department = appointment.doctor, appointment.department
    _refuse_hands(doctor, department, by)
    if begun := of(appointment):
        return _resumed(begun, by=by)
    if appointment.patient is None:
        raise Invalid(patient_id=_("Please say who this place was booked for."))
    patient = in_use(appointment.patient)
    token = where_now(appointment)
    if token is None or token.status not in LIVE:
        refuse_before_its_day(appointment, timezone.now())
        moved = _comes_in(appointment, by)
        return _begun(_draft(doctor, department, patient, appointment=appointment), moved, by=by)
    token.lock()
    draft = _draft(doctor, department, patient, appointment=appointment)
    bring_in(token, doctor, department, by=by)
    return _begun(draft, None, by=by)


def _start_walk_in(token: Token, *, by: Actor) -> Consultation:
    doctor = _whose(token, by)
    _refuse_hands(doctor, token.department, by)
    if begun := of(token):
        return _resumed(begun, by=by)
    patient = in_use(token.visit.patient)
    token.lock()
    if token.status not in LIVE:
        raise was_first(token)
    draft = _draft(doctor, token.department, patient, token=token)
    bring_in(token, doctor, token.department, by=by)
    return _begun(draft, None, by=by)


def _begun(draft: Consultation, moved: Entry | None, *, by: Actor) -> Consultation:
    told = _told(Kind.CONSULTATION_STARTED, draft, by, {}, [])
    journal.record(*([moved] if moved else []), told)
    return draft


def _resumed(begun: Consultation, *, by: Actor) -> Consultation:
    """Somebody was first: theirs is the draft. Who came back from the Lab is called in again."""
    if begun.status == Consultation.Status.COMPLETED:
        raise _no_draft(begun)
    token = where_now(begun.appointment or begun.token)
    if token and token.department_id == begun.department_id:
        token.lock()
        if token.status in (Status.WAITING, Status.CALLED):
            bring_in(token, begun.doctor, begun.department, by=by)
    return begun


def _comes_in(appointment: Appointment, by: Actor) -> Entry | None:
    """They never checked in: the appointment alone moves, unless another system moved it so."""
    before, now = appointment.state(), timezone.now()
    if appointment.shift({Stage.IN_CONSULTATION}, now=now):
        return None
    if not appointment.shift(AHEAD, now=now, status=Stage.IN_CONSULTATION):
        raise no_longer(appointment)
    return told(Kind.STARTED, appointment, before, by=by)


def _draft(
    doctor: Doctor,
    department: Department,
    patient: Patient,
    *,
    appointment: Appointment | None = None,
    token: Token | None = None,
) -> Consultation:
    """Had somebody begun it meanwhile, a unique key says so and the next try finds theirs."""
    refuse_anonymised(patient)
    now = timezone.now()
    return Consultation.objects.create(
        clinic=department.clinic,
        department=department,
        doctor=doctor,
        patient=patient,
        appointment=appointment,
        token=token,
        started_at=now,
        changed_at=now,
    )


def _whose(token: Token, by: Actor) -> Doctor:
    """Of somebody who walked in: the doctor they wait for, or whose room they are in, or who asks."""
    if token.doctor:
        return token.doctor
    if token.counter and token.counter.doctor:
        return token.counter.doctor
    doctor = None
    if by.kind is ActorKind.USER and by.public_id:
        works_here = Doctor.objects.filter(departments=token.department_id, is_active=True)
        doctor = works_here.select_related("user").filter(user__public_id=by.public_id).first()
    if doctor is None:
        raise Invalid(
            doctor_id=_(
                "No doctor is named for this number. The doctor who sees the patient begins the consultation."
            )
        )
    return doctor


# How it is written.


def _put_down(
    consultation: Consultation, written: Mapping[str, Any], seen: datetime | None
) -> tuple[State, list[str]]:
    """The parts that differ are saved; returns its state before, and their names."""
    if consultation.status != Consultation.Status.DRAFT:
        raise _no_draft(consultation)
    before = {"status": consultation.status}
    changed = [name for name, value in written.items() if getattr(consultation, name) != value]
    if not changed:
        return before, []
    if seen and consultation.changed_at != seen:
        raise ChangedMeanwhile(
            _("This draft was changed in another window. Please load the page again first.")
        )
    now = timezone.now()
    here = Consultation.objects.filter(pk=consultation.pk, status=Consultation.Status.DRAFT)
    if seen:
        here = here.filter(changed_at=seen)
    values = {name: written[name] for name in changed}
    if not here.update(**values, changed_at=now):
        raise _no_draft(consultation)
    for name, value in {**values, "changed_at": now}.items():
        setattr(consultation, name, value)
    return before, changed


def _is_news(consultation: Consultation, changed: list[str], by: Actor) -> bool:
    """Writing is saved every few seconds; one entry tells of it, until another part is written or
    another hand writes."""
    last = Event.objects.of(consultation).first()
    return (
        last is None
        or last.kind != Kind.CONSULTATION_CHANGED
        or last.actor != by.public_id
        or timezone.now() - last.at > ONE_SITTING
        or not set(changed) <= set(last.after.get("fields", []))
    )


# How it ends.


def _leave(consultation: Consultation, by: Actor) -> Entry | None:
    """The appointment of somebody who is in no queue any more; one that has ended stays so."""
    if consultation.appointment_id is None:
        return None
    appointment = fresh(Appointment(pk=consultation.appointment_id))
    before = appointment.state()
    now = timezone.now()
    if not appointment.shift(WITH_THE_DOCTOR, now=now, status=Stage.COMPLETED):
        return None
    return told(Kind.COMPLETED, appointment, before, by=by)


def _expect_again(consultation: Consultation, by: Actor) -> Entry | None:
    """The appointment that had moved alone goes back to where it was."""
    if consultation.appointment is None or where_now(consultation.appointment):
        return None
    appointment = fresh(consultation.appointment)
    moved = Event.objects.of(appointment).filter(kind=Kind.STARTED).first()
    if moved is None:
        return None
    before = appointment.state()
    was = Stage(moved.before["status"])
    if not appointment.shift({Stage.IN_CONSULTATION}, now=timezone.now(), status=was):
        return None
    return told(Kind.UNDONE, appointment, before, by=by)


# What all of them share.


def _known() -> QuerySet[Consultation]:
    return Consultation.objects.select_related(
        "doctor__user", "patient", "department__clinic", "appointment", "token"
    )


def _fresh(consultation: Consultation) -> Consultation:
    return _known().get(pk=consultation.pk)


def _refuse_hands(doctor: Doctor, department: Department, by: Actor) -> None:
    if not may_write(doctor, department, by):
        raise NotAllowed(_("Only doctors write a consultation."))


def _no_draft(consultation: Consultation) -> Moved:
    """Who completed it, in a sentence."""
    consultation.refresh_from_db(fields=["status"])
    last = Event.objects.last_move_of(consultation)
    return Moved(
        words.consultation_stands(consultation, last),
        consultation_id=str(consultation.public_id),
        state=consultation.status,
        since=consultation.department.clinic.on_its_clock(last.at) if last else None,
        by=words.who(last) if last else None,
    )


def _told(
    kind: Kind, consultation: Consultation, by: Actor, before: State, fields: list[str]
) -> Entry:
    after: State = {"fields": fields} if fields else {}
    if kind != Kind.CONSULTATION_CHANGED:
        after["status"] = consultation.status
    else:
        before = {}
    where, subject = consultation.department, consultation.public_id
    return Entry(kind, by, where, subject, before=before, after=after)


def _name_of(by: Actor) -> str:
    """As it stands under an addendum for good."""
    if by.public_id is None:
        return ""
    if by.kind is ActorKind.KEY:
        key = ApiKey.objects.filter(public_id=by.public_id).first()
        return key.name[:120] if key else ""
    user = User.objects.filter(public_id=by.public_id).first()
    return user.shown_name[:120] if user else ""
