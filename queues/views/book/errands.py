"""What a patient came for: a time, or a place on a waitlist. Both ask who they are, show what is
about to be done, and do it once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from queues.actions import booking, waitlists
from queues.actions.asking import may_follow_up
from queues.actions.refusals import Moved
from queues.actions.wishes import Wish
from queues.forms.portal import TIMES_OF_DAY, WishForm
from queues.models import Appointment, Clinic, Doctor, Patient, Slot, WaitlistEntry
from queues.models.slot import SlotQuerySet
from queues.rules.priority import Priority
from queues.rules.rights import Actor
from queues.screens import days
from queues.views.book.door import all_clinics


class Errand(Protocol):
    """`clinic` is the one in whose country a phone without its country is."""

    @property
    def clinic(self) -> Clinic: ...
    @property
    def who(self) -> str: ...
    @property
    def check(self) -> str: ...
    @property
    def before(self) -> str: ...
    def summary(self) -> dict[str, Any]: ...
    def act(
        self, patient: Patient, now: datetime, *, by: Actor, reason: str, language: str
    ) -> str: ...


@dataclass(frozen=True)
class BookATime:
    slot: Slot

    @property
    def clinic(self) -> Clinic:
        return self.slot.session.department.clinic

    @property
    def who(self) -> str:
        return reverse("book-time", args=[self.slot.public_id])

    @property
    def check(self) -> str:
        return reverse("book-check", args=[self.slot.public_id])

    @property
    def before(self) -> str:
        return reverse("book-doctor", args=[self.slot.doctor.public_id])

    def summary(self) -> dict[str, Any]:
        slot, zone = self.slot, self.clinic.zone
        return {
            "is_booking": True,
            "doctor": slot.doctor,
            "clinic": self.clinic,
            "department": slot.session.department,
            "room": slot.session.room,
            "day": days.in_full(slot.date),
            "clock": days.clock_at(slot.starts_at, zone),
            "until": days.clock_at(slot.ends_at, zone),
            "zone": self.clinic.time_zone,
        }

    def act(self, patient: Patient, now: datetime, *, by: Actor, reason: str, language: str) -> str:
        source = source_of(patient, self.slot.doctor, now)
        booked = booking.book(
            patient, self.slot, source, by=by, reason=reason, language=language
        ).appointment
        return str(booked.public_id)


def source_of(patient: Patient, doctor: Doctor, now: datetime) -> Priority:
    """A follow-up where the doctor asked for one, and none is booked yet."""
    comes_again = may_follow_up(patient, doctor, now)
    return Priority.FOLLOW_UP if comes_again else Priority.ONLINE


@dataclass(frozen=True)
class JoinTheWaitlist:
    wish: Wish
    query: str

    @property
    def clinic(self) -> Clinic:
        slot = self.wish.slot
        return self.wish.clinic or (slot.clinic if slot else all_clinics()[0])

    @property
    def who(self) -> str:
        return f"{reverse('wait-who')}?{self.query}"

    @property
    def check(self) -> str:
        return f"{reverse('wait-check')}?{self.query}"

    @property
    def before(self) -> str:
        return f"{reverse('book-wait')}?{self.query}"

    def summary(self) -> dict[str, Any]:
        wish, slot = self.wish, self.wish.slot
        return {
            "is_booking": False,
            "doctor": slot.doctor if slot else wish.doctor,
            "specialty": wish.specialty,
            "clinic": wish.clinic or (slot.clinic if slot else None),
            "day": days.in_full(slot.date) if slot else "",
            "clock": days.clock_at(slot.starts_at, slot.clinic.zone) if slot else "",
            "earliest": days.in_short(wish.earliest) if wish.earliest else "",
            "latest": days.in_short(wish.latest) if wish.latest else "",
            "times_of_day": [name for code, name in TIMES_OF_DAY if code in wish.times_of_day],
            "places": wish.places,
        }

    def act(self, patient: Patient, now: datetime, *, by: Actor, reason: str, language: str) -> str:
        asked = replace(self.wish, reason=reason, language=language)
        try:
            entry = waitlists.join(patient, asked, Priority.ONLINE, by=by)
        except Moved as refused:
            raise Moved(_("You are on this waitlist already.")) from refused
        return str(entry.public_id)


def address_of(errand: Errand, got: str) -> str:
    """Where what was done is seen; nothing, where that was another errand. The secret of the link
    is made anew each time."""
    if isinstance(errand, BookATime):
        booked = Appointment.objects.filter(public_id=got).first()
        return reverse("booking", args=[booked.secret]) if booked else ""
    entry = WaitlistEntry.objects.filter(public_id=got).first()
    return reverse("waiting", args=[entry.secret]) if entry else ""


def bookable() -> SlotQuerySet:
    return Slot.objects.select_related("session__department__clinic", "session__room", "doctor")


WHAT = ("doctor", "slot", "specialty", "clinic")


@dataclass(frozen=True)
class Awaited:
    """For what somebody could wait, as the address names it."""

    doctor: Doctor | None = None
    slot: Slot | None = None
    specialty: str = ""
    clinic: Clinic | None = None
    named: tuple[tuple[str, str], ...] = ()

    def wished(self, form: WishForm) -> JoinTheWaitlist:
        given = form.cleaned_data
        wish = Wish(
            clinic=self.clinic,
            doctor=None if self.slot else self.doctor,
            specialty="" if self.doctor or self.slot else self.specialty,
            slot=self.slot,
            earliest=given["earliest"],
            latest=given["latest"],
            times_of_day=given["times_of_day"],
            places=given["places"],
        )
        asked = [
            ("earliest", given["earliest"].isoformat() if given["earliest"] else ""),
            ("latest", given["latest"].isoformat() if given["latest"] else ""),
            *(("times_of_day", time) for time in given["times_of_day"]),
            ("places", str(given["places"])),
        ]
        return JoinTheWaitlist(wish, urlencode([*self.named, *(pair for pair in asked if pair[1])]))


def awaited(asked: QueryDict) -> Awaited:
    """What the address names; a doctor, a slot or a specialty, or there is nothing to wait for."""
    named = {name: str(asked.get(name, "")) for name in WHAT}
    doctor = slot = clinic = None
    if text := named["slot"]:
        slot = get_object_or_404(bookable(), public_id=_uuid(text))
    if text := named["doctor"]:
        doctor = get_object_or_404(Doctor, public_id=_uuid(text), is_active=True)
    if text := named["clinic"]:
        clinic = get_object_or_404(Clinic, code=text)
    specialty = named["specialty"]
    if not (doctor or slot or _is_known(specialty)):
        raise Http404
    given = tuple((name, text) for name, text in named.items() if text)
    return Awaited(doctor, slot, specialty, clinic, given)


def _is_known(specialty: str) -> bool:
    known = Doctor.objects.filter(is_active=True, specialty__iexact=specialty)
    return bool(specialty) and known.exists()


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
