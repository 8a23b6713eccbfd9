"""What somebody waits for, and whether it is something that one can wait for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from queues.actions.refusals import Invalid, Moved
from queues.models import Clinic, Department, Doctor, Patient, Slot, WaitlistEntry
from queues.rules.appointments import priority_of
from queues.rules.priority import URGENCY, Priority
from queues.rules.rights import Actor
from queues.rules.slots import TimeOfDay

Status = WaitlistEntry.Status
MOST_PLACES = 10  # of a family


@dataclass(frozen=True)
class Wish:
    """What somebody waits for: one slot, or a doctor, or a specialty; when; and for how many."""

    clinic: Clinic | None = None  # none: any
    doctor: Doctor | None = None
    specialty: str = ""
    slot: Slot | None = None
    earliest: date | None = None
    latest: date | None = None
    times_of_day: list[str] = field(default_factory=list)
    places: int = 1
    reason: str = ""
    language: str = ""


def departments(wish: Wish, now: datetime) -> list[Department]:
    """Whose pages tell of it: all in which a place that suits them can come free."""
    if wish.slot:
        return [wish.slot.session.department]
    theirs = Q(sessions__slots__ends_at__gt=now)
    if wish.doctor:
        theirs &= Q(sessions__doctor=wish.doctor)
    else:
        theirs &= Q(sessions__slots__specialty=wish.specialty.casefold())
    if wish.clinic:
        theirs &= Q(clinic=wish.clinic)
    found = Department.objects.select_related("clinic").filter(theirs).distinct().order_by("pk")
    if wish.doctor and not found:
        works_in = wish.doctor.departments.select_related("clinic").order_by("pk")
        found = works_in.filter(clinic=wish.clinic) if wish.clinic else works_in
    return list(found)


def entry_of(
    patient: Patient, wish: Wish, source: Priority, clinic: Clinic, *, by: Actor, now: datetime
) -> WaitlistEntry:
    priority = priority_of(source, patient.age(clinic.service_day(now)), clinic.elderly_from)
    return WaitlistEntry(
        clinic=wish.clinic,
        doctor=wish.doctor,
        specialty=wish.specialty.casefold(),
        slot=wish.slot,
        patient=patient,
        places=wish.places,
        source=source,
        priority=priority,
        urgency=URGENCY[priority],
        earliest=wish.earliest,
        latest=wish.latest,
        times_of_day=wish.times_of_day,
        reason=wish.reason,
        joined_at=now,
        joined_by=by.public_id,
        language=wish.language or patient.language,
    )


def refuse(wish: Wish, clinic: Clinic, now: datetime) -> None:
    today = clinic.calendar_day(now)
    if wish.earliest and wish.latest and wish.latest < wish.earliest:
        raise Invalid(latest=_("The last day comes before the first."))
    if wish.latest and wish.latest < today:
        raise Invalid(latest=_("This day is over."))
    if wish.slot and wish.slot.starts_at <= now:
        raise Invalid(slot_id=_("This time is over. Please choose another."))
    if not 1 <= wish.places <= MOST_PLACES:
        raise Invalid(places=_("Please ask for 1 to %(most)s places.") % {"most": MOST_PLACES})
    if unknown := set(wish.times_of_day) - set(TimeOfDay):
        raise Invalid(times_of_day=_("%(time)s is no time of day.") % {"time": min(unknown)})


def refuse_twice(entry: WaitlistEntry, today: date) -> None:
    """Nobody waits twice for what could be the same place. For other days, or at another clinic,
    it is not."""
    theirs = WaitlistEntry.objects.filter(
        patient=entry.patient,
        doctor=entry.doctor,
        specialty=entry.specialty,
        slot=entry.slot,
        at_head=False,
        status__in=(Status.WAITING, Status.OFFERED),
    )
    not_over = Q(latest=None) | Q(latest__gte=entry.earliest or today)
    begun = Q(earliest=None) | Q(earliest__lte=entry.latest) if entry.latest else Q()
    here = Q(clinic=None) | Q(clinic=entry.clinic) if entry.clinic else Q()
    if theirs.filter(not_over, begun, here).exists():
        raise Moved(_("They are on this waitlist already."))
