"""What the page of a place on the waitlist says. Never a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from queues.forms.portal import TIMES_OF_DAY
from queues.models import Appointment, Clinic, WaitlistEntry
from queues.screens import booked, days, following

Status = WaitlistEntry.Status


def known(link_hash: str) -> WaitlistEntry | None:
    found = WaitlistEntry.objects.select_related(
        "clinic",
        "doctor",
        "patient",
        "slot__clinic",
        "slot__doctor",
        "slot__session__department",
        "appointment__department__clinic",
        "appointment__doctor",
    )
    return found.filter(link_hash=link_hash).first()


def clinic_of(entry: WaitlistEntry) -> Clinic:
    """On whose clock its times are told: where the place is, or could be."""
    if entry.appointment:
        return entry.appointment.department.clinic
    named = entry.clinic or (entry.slot.clinic if entry.slot else None)
    return named or Clinic.objects.order_by("name")[0]


def is_over(entry: WaitlistEntry, now: datetime) -> bool:
    """Its link ends with the day of what came of it; where nothing did, with the day of joining."""
    if entry.status in (Status.WAITING, Status.OFFERED):
        return False
    if entry.status == Status.BOOKED and entry.appointment:
        return booked.is_over(entry.appointment, now)
    clinic = clinic_of(entry)
    return clinic.service_day(entry.joined_at) < clinic.service_day(now)


def awaited(entry: WaitlistEntry, now: datetime) -> dict[str, Any]:
    clinic, is_held = clinic_of(entry), entry.status == Status.OFFERED
    places = _places(entry)
    left = int((entry.offer_ends_at - now).total_seconds()) if entry.offer_ends_at else 0
    return {
        "entry": entry,
        "clinic": clinic,
        "sentence": sentence(entry, is_over=is_held and left <= 0),
        "wish": wish(entry),
        "places": [_place(one) for one in places],
        "is_held": is_held and left > 0,
        "seconds_left": max(left, 0),
        "answer_by": days.clock_at(entry.offer_ends_at, clinic.zone) if entry.offer_ends_at else "",
        "waits": entry.status == Status.WAITING,
        "is_over": entry.status in (Status.LEFT, Status.LAPSED),
        "told": following.state(entry),
        "state": f"{following.state(entry)} {left > 0}",
    }


def wish(entry: WaitlistEntry) -> dict[str, Any]:
    """For what they wait."""
    slot = entry.slot
    doctor = slot.doctor if slot else entry.doctor
    return {
        "doctor": doctor,
        "specialty": "" if doctor else entry.specialty.capitalize(),
        "slot": slot,
        "slot_day": days.in_full(slot.date) if slot else "",
        "slot_clock": days.clock_at(slot.starts_at, slot.clinic.zone) if slot else "",
        "clinic": entry.clinic,
        "earliest": days.in_short(entry.earliest) if entry.earliest else "",
        "latest": days.in_short(entry.latest) if entry.latest else "",
        "times_of_day": [name for code, name in TIMES_OF_DAY if code in entry.times_of_day],
        "places": entry.places,
    }


def _places(entry: WaitlistEntry) -> list[Appointment]:
    """What was found for them: one place, or the family's."""
    if entry.status not in (Status.OFFERED, Status.BOOKED) or entry.appointment is None:
        return []
    if entry.places == 1:
        return [entry.appointment]
    family = Appointment.objects.filter(party=entry.public_id)
    return list(family.select_related("doctor", "department__clinic").order_by("starts_at", "pk"))


def _place(appointment: Appointment) -> dict[str, Any]:
    clinic = appointment.department.clinic
    return {
        "appointment": appointment,
        "doctor": appointment.doctor,
        "department": appointment.department,
        "clinic": clinic,
        "day": days.in_full(appointment.date),
        "clock": days.clock_at(appointment.starts_at, clinic.zone),
    }


def sentence(entry: WaitlistEntry, *, is_over: bool = False) -> str:
    if is_over:
        return _("The time to answer is over.")
    sentences = {
        Status.WAITING: _(
            "You are on the waitlist. As soon as a place is free for you, it is shown here."
        ),
        Status.OFFERED: _("A place is free for you. Do you take it?"),
        Status.BOOKED: _("There is a place for you, and it is booked."),
        Status.LEFT: _("You have left the waitlist."),
        Status.LAPSED: _("You are no longer on the waitlist: the time for it is over."),
    }
    return sentences[Status(entry.status)]
