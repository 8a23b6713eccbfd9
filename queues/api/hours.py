"""POST /api/doctor: a doctor and the hours that another system sets for them; and single slots."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from queues.actions import doctors, resizing, setting_hours
from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid, NotThere
from queues.actions.resizing import Places
from queues.actions.setting_hours import Wanted
from queues.api import schedule_shapes as shapes
from queues.api.doctor import router as of_a_doctor
from queues.api.doors import (
    actor_of,
    answered,
    as_public_id,
    clinic_of,
    department_of,
    find_doctor,
    must,
)
from queues.api.naming import cleaned, doctor_at
from queues.forms import DoctorForm, DoctorsDayForm, PlacesForm
from queues.forms.schedule import MOST_PLACES
from queues.models import Clinic, Department, Doctor, Slot
from queues.rules.rights import Act
from queues.rules.slots import Hours
from queues.screens.appointments import slot_answer

router = Router(tags=["doctors' weeks"])
MOST_HOURS = 96  # of one request


@of_a_doctor.post(
    "/doctor/{doctor_id}",
    response={201: shapes.DoctorWithSlots},
    summary="A doctor with these slots on that day",
)
def set_hours(
    request: HttpRequest,
    doctor_id: str,
    body: shapes.HoursIn,
    date: str = "",
    name: str = "",
    specialty: str = "",
    department: str = "",
    clinic: str = "",
) -> HttpResponse:
    """Without a date each hour is today's, or tomorrow's if it is over, as the calendar there has
    it."""
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.SET_SCHEDULE, at)
    day = cleaned(DoctorsDayForm({"date": date}))["date"]
    doctor = _doctor(doctor_id, at)
    where = department_of(at, department) if department else _their_department(doctor, at)
    must(actor, Act.SET_SCHEDULE, at, where)
    wanted = _wanted(body.root, at, day)
    if doctor is None:
        typed = {"name": name or doctor_id, "specialty": specialty, "code": doctor_id}
        person = cleaned(DoctorForm(at, typed, partial=True))

    def act() -> Answer:
        if doctor:
            found, made = doctor, setting_hours.set_hours(doctor, where, wanted, by=actor)
        else:
            found, made = doctors.add_with_hours(
                person["code"],
                person["name"],
                where,
                wanted,
                by=actor,
                specialty=person["specialty"],
            )
        known = {"id": str(found.public_id), "code": found.code, "name": found.name}
        return Answer(201, {**known, "slots": [slot_answer(slot) for slot in made]})

    return answered(request, act)


def _doctor(text: str, at: Clinic) -> Doctor | None:
    """One who sees patients here; none where the code is nobody's yet. Whoever works elsewhere
    alone is another clinic's to lend."""
    if find_doctor(text) or as_public_id(text):
        return doctor_at(at, text)
    return None


def _their_department(doctor: Doctor | None, at: Clinic) -> Department:
    """Where they work; for somebody new the clinic's first."""
    theirs = doctor.departments.filter(clinic=at).first() if doctor else None
    found = theirs or at.departments.first()
    if found is None:
        raise Invalid(department=_("There is no such department here."))
    found.clinic = at
    return found


def _wanted(given: dict[str, Any], at: Clinic, day: date | None) -> dict[str, Wanted]:
    if not given or len(given) > MOST_HOURS:
        sentence = _("Please give 1 to %(most)d hours, as in 9-10.") % {"most": MOST_HOURS}
        raise Invalid(body=sentence)
    now, wrong, wanted = timezone.now(), {}, {}
    for text, value in given.items():
        hours, places = Hours.read(text), _places(value)
        if hours is None:
            wrong[text or "body"] = _("Please give hours as in 9-10 or 09:30-10:15.")
        elif isinstance(places, str):
            wrong[text] = places
        else:
            on, starts, ends = _when(hours, at, day, now)
            if starts >= ends:
                wrong[text] = _("There are no such hours on that day: the clocks change.")
            wanted[text] = Wanted(on, starts, ends, places)
    if wrong:
        raise Invalid(**wrong)
    return wanted


def _when(
    hours: Hours, at: Clinic, day: date | None, now: datetime
) -> tuple[date, datetime, datetime]:
    on = day or at.calendar_day(now)
    starts, ends = hours.on(on, at.zone)
    if day is None and ends <= now:
        on += timedelta(days=1)
        starts, ends = hours.on(on, at.zone)
    return on, starts, ends


def _places(value: Any) -> Places | str:
    """A bare number has no buffer; or a sentence on what is wrong."""
    given: dict[str, Any] = value if isinstance(value, dict) else {"capacity": value}
    capacity: Any = given.get("capacity")
    hard_limit: Any = given.get("hard_limit", capacity)
    if set(given) - {"capacity", "hard_limit"}:
        return _("Please give a number of places, or a capacity and a hard limit.")
    for number in (capacity, hard_limit):
        if type(number) is not int or not 0 <= number <= MOST_PLACES:
            return _("Please give whole numbers from 0 to %(most)d.") % {"most": MOST_PLACES}
    if hard_limit < capacity:
        return _("The limit cannot be below the number of places.")
    return Places(capacity, hard_limit)


@router.patch("/slots/{slot_id}", response=shapes.SetSlot, summary="More places, or fewer")
def resize(
    request: HttpRequest, slot_id: UUID, body: shapes.SlotPatch, clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    slot = known.filter(clinic=at, public_id=slot_id).first()
    if slot is None:
        raise NotThere(_("There is no such time here."))
    must(actor, Act.SET_SCHEDULE, at, slot.session.department)
    given = cleaned(PlacesForm(body.dict(exclude_unset=True)))
    capacity = given.get("capacity", slot.capacity)
    places = Places(capacity, given.get("hard_limit", max(capacity, slot.hard_limit)))

    def act() -> Answer:
        return Answer(200, slot_answer(resizing.resize(slot, places, by=actor)))

    return answered(request, act)
