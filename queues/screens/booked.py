"""What the page of an appointment says: how it stands, when and where, what to do next. Never a
name, and never for whom a place was needed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from queues.models import Appointment, Event, Kind, Notice, WaitlistEntry
from queues.rules.appointments import AHEAD, HERE, STARTS_FROM, Stage, Step
from queues.rules.priority import Priority
from queues.screens import days, estimates, followed, passes
from queues.screens.passes import Screen

SOON = timedelta(days=2)  # somebody who books for in a week knows it no better today
HOPES = (WaitlistEntry.Status.WAITING, WaitlistEntry.Status.OFFERED)
CHANGED = (Notice.About.MOVED, Notice.About.DISPLACED, Notice.About.CANCELLED)


def known(link_hash: str) -> Appointment | None:
    """The appointment behind a link, with all that its page shows."""
    found = Appointment.objects.select_related(
        "slot__session__room", "department__clinic", "doctor", "patient", "visit"
    )
    return found.filter(link_hash=link_hash).first()


def is_over(appointment: Appointment, now: datetime) -> bool:
    """Its day is over, and so is its link: unless its patient may still come or is here, or is to
    get another time for the one that was lost."""
    clinic, status = appointment.department.clinic, appointment.status
    is_ahead = clinic.service_day(appointment.ends_at) >= clinic.service_day(now)
    if is_ahead or status in HERE or appointment.is_its_day(now):
        return False
    return status != Stage.DISPLACED or not appointment.waits.filter(status__in=HOPES).exists()


def booked(appointment: Appointment, now: datetime) -> dict[str, Any]:
    clinic = appointment.department.clinic
    status, zone = Stage(appointment.status), clinic.zone
    said = followed.says(appointment)
    due = estimates.expected(appointment) if status in AHEAD and appointment.slot else None
    entry = appointment.waits.order_by("-joined_at").first()
    is_its_day = appointment.is_its_day(now)
    is_named = appointment.patient_id is not None
    may_come = followed.may_come(appointment, now)
    has_begun = followed.has_begun(appointment, now)
    shown = {
        "appointment": appointment,
        "clinic": clinic,
        "doctor": appointment.doctor,
        "department": appointment.department,
        "room": appointment.slot.session.room if appointment.slot else None,
        "number": appointment.number,
        "day": days.in_full(appointment.date),
        "near": days.near(clinic.calendar_day(appointment.starts_at), clinic.calendar_day(now)),
        "clock": days.clock_at(appointment.starts_at, zone),
        "has_time": status not in (Stage.DISPLACED, Stage.CANCELLED),
        "sentence": sentence(appointment),
        "changed": _changed(appointment, entry),
        "entry": entry,
        "expected": days.clock_at(due, zone) if due and is_its_day and not has_begun else "",
        **said._asdict(),
        "is_here": status in HERE and appointment.visit is not None,
        "check_in": may_come and is_named,
        "is_nameless": may_come and not is_named,  # one of a family's: the reception asks for whom
        "check_in_from": days.clock_at(followed.opens(appointment), zone),
        "is_its_day": is_its_day,
        "may": {
            "confirm": status in STARTS_FROM[Step.CONFIRM]
            and now < appointment.starts_at <= now + SOON,
            "move": status in STARTS_FROM[Step.RESCHEDULE] and not has_begun,
            "cancel": status in STARTS_FROM[Step.CANCEL] - {Stage.WAITLISTED},
            "calendar": status in AHEAD and not has_begun,
        },
    }
    return {**shown, "state": followed.state(appointment, now, said, due)}


def pass_for(appointment: Appointment, language: str) -> str:
    """What the page may hear live."""
    label = str(appointment.public_id)
    return passes.to(Screen.APPOINTMENT, [appointment.department], language=language, label=label)


def sentence(appointment: Appointment) -> str:
    """How it stands."""
    if appointment.status == Stage.CONFIRMED:
        return _("You said that you will come. We expect you.")
    if appointment.status == Stage.CHECKED_IN:
        return _("You are here. You will be called by your number.")
    if appointment.status == Stage.IN_CONSULTATION:
        return _("You are with the doctor.")
    if appointment.status == Stage.COMPLETED:
        return _("This appointment is over. We wish you well.")
    if appointment.status == Stage.CANCELLED:
        return _("This appointment is cancelled.")
    if appointment.status == Stage.NO_SHOW:
        return _("We expected you, but we did not see you.")
    if appointment.status == Stage.DISPLACED:
        return _("You are first on the waitlist: the next free time is yours.")
    if appointment.status == Stage.WAITLISTED:
        return _("This time is held for you. Please say whether you take it.")
    return _("Your appointment is booked.")


def _changed(appointment: Appointment, entry: WaitlistEntry | None) -> str:
    """What others made of it, as long as it stands as they left it."""
    if appointment.status == Stage.DISPLACED:
        return _needed(appointment)
    if entry and entry.at_head and entry.status == WaitlistEntry.Status.BOOKED:
        if appointment.status in AHEAD:
            return _("A time came free for you. Your new time is %(time)s.") % _new_time(
                appointment
            )
        return ""
    last = appointment.notices.filter(about__in=CHANGED).order_by("-made_at", "-pk").first()
    if last is None:
        return ""
    if appointment.status == Stage.CANCELLED and last.about == Notice.About.CANCELLED:
        return _("The clinic had to cancel it. We are sorry.")
    is_still_so = last.facts.get("to") == appointment.starts_at.isoformat()
    if appointment.status not in AHEAD or not is_still_so:
        return ""
    if last.about == Notice.About.MOVED:
        return _("The clinic moved it. Your new time is %(time)s.") % _new_time(appointment)
    new_time = _("Your new time is %(time)s.") % _new_time(appointment)
    return f"{_needed(appointment)} {new_time}"


def _needed(appointment: Appointment) -> str:
    """Why they lost their place; of who got it, not more than how urgent it was."""
    displaced = Event.objects.filter(kind=Kind.DISPLACED, subject=appointment.public_id)
    last = displaced.order_by("-at", "-pk").first()
    if last and last.note.startswith(Priority.EMERGENCY):
        return _("An emergency needed your place.")
    return _("Somebody who has to be seen more urgently needed your place.")


def _new_time(appointment: Appointment) -> dict[str, str]:
    clinic = appointment.department.clinic
    day = days.in_short(clinic.calendar_day(appointment.starts_at))
    at = {"day": day, "clock": days.clock_at(appointment.starts_at, clinic.zone)}
    return {"time": _("%(day)s at %(clock)s") % at}
