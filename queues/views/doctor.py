"""A doctor's day: their list, their room, and how late they run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from queues.actions import (
    bringing_in,
    calling,
    checking_in,
    consultations,
    counters,
    delays,
    rebooking,
)
from queues.actions.refusals import Invalid, NoRoom, Refused
from queues.actions.undoing import TIME_TO_THINK
from queues.forms import MoveForm
from queues.models import Counter, Department, Doctor, Session, visible
from queues.rules.rights import Act
from queues.rules.status import Move
from queues.screens import doctor as screen
from queues.screens import keys, sessions, words
from queues.views import moves
from queues.views.doors import At, Here, acted, clinic_staff_may, done

PACKED = GZipMiddleware(lambda request: HttpResponse())
FARTHEST = timedelta(days=366)  # from today


@require_safe
@clinic_staff_may(Act.WORK_QUEUE)
def doctor(request: HttpRequest, at: At) -> HttpResponse:
    """One's own day; of others for whoever works in their departments."""
    wanted = request.GET.get("doctor", "")
    mine = _doctors(at).filter(user=at.user).first()
    if wanted:
        return _shown(request, at, _doctor(at, wanted))
    if mine:
        return _shown(request, at, mine)
    choice = screen.choice(_doctors(at), at.clinic, timezone.now())
    return render(request, "doctor/choice.html", {"at": at, "clinic": at.clinic, "choice": choice})


@require_POST
@clinic_staff_may(Act.WORK_QUEUE)
def call_next(request: HttpRequest, at: At, doctor: UUID) -> HttpResponse:
    """Whoever is in the room is completed, and the next one called."""
    whose = _doctor(at, str(doctor))

    def act() -> str:
        room = _room(at, whose)
        if room.current:
            called = calling.complete_and_call_next(room, by=at.actor)
            return words.stands(called) if called else _("Completed. Nobody else is waiting.")
        return words.stands(calling.call_next(room, by=at.actor))

    return _answered(request, at, whose, act)


@require_POST
@clinic_staff_may(Act.WORK_QUEUE)
def move(request: HttpRequest, at: At, doctor: UUID, token: UUID) -> HttpResponse:
    """Call this one, start, complete, not come, put back …: whatever the pressed button says."""
    whose = _doctor(at, str(doctor))
    mine = visible.tokens(at.actor).filter(department__in=_departments(at, whose))
    moving = get_object_or_404(mine, public_id=token)

    def act() -> str:
        form = MoveForm(request.POST)
        if not form.is_valid():
            raise Refused(" ".join(str(texts[0]) for texts in form.errors.values()))
        calls = form.cleaned_data["move"] == Move.CALL
        room = bringing_in.room_for(whose, moving.department).code if calls else ""
        here = Here(at.user, at.actor, moving.department)
        return moves.move(moving, here, form.cleaned_data, room)

    return _answered(request, at, whose, act)


@require_POST
@clinic_staff_may(Act.CHECK_IN)
def appointment(request: HttpRequest, at: At, doctor: UUID, appointment: UUID) -> HttpResponse:
    """Somebody who is still expected: they are here, or they will not come."""
    whose, do = _doctor(at, str(doctor)), request.POST.get("do", "")
    theirs = visible.appointments(at.actor).filter(
        doctor=whose, department__in=at.departments(Act.CHECK_IN)
    )
    booked = get_object_or_404(theirs, public_id=appointment)
    if do not in ("check_in", "miss"):
        raise BadRequest("an appointment has no such button")

    def act() -> str:
        if do == "check_in":
            return words.stands(checking_in.check_in(booked, by=at.actor))
        rebooking.miss(booked, by=at.actor)
        return _("The appointment is noted as missed.")

    return _answered(request, at, whose, act)


@require_POST
@clinic_staff_may(Act.WORK_COUNTERS)
def work_room(request: HttpRequest, at: At, doctor: UUID) -> HttpResponse:
    """Open the doctor's room, close it, or make a free counter the doctor's room."""
    whose, do = _doctor(at, str(doctor)), request.POST.get("do", "")
    if do not in ("open", "close"):
        raise BadRequest("a room has no such button")
    known = Counter.objects.select_related("department__clinic", "doctor")
    open_to_us = known.filter(department__in=at.departments(Act.WORK_COUNTERS))
    room = get_object_or_404(open_to_us, public_id=_uuid(request.POST.get("room", "")))
    if room.doctor_id not in (None, whose.pk):
        raise PermissionDenied

    def act() -> str:
        opens: dict[str, Any] = {"is_open": True, "doctor": whose, "staffed_by": at.user}
        change = opens if do == "open" else {"is_open": False, "staffed_by": None}
        changed = counters.change(room, change, by=at.actor)
        facts = {"room": str(changed)}
        return _("%(room)s is open.") % facts if do == "open" else _("%(room)s is closed.") % facts

    return _answered(request, at, whose, act)


@require_POST
@clinic_staff_may(Act.RUN_LATE)
def run_late(request: HttpRequest, at: At, doctor: UUID) -> HttpResponse:
    whose = _doctor(at, str(doctor))
    known = Session.objects.select_related("department__clinic", "doctor")
    mine = known.filter(doctor=whose, department__in=at.departments(Act.RUN_LATE))
    session = get_object_or_404(mine, public_id=_uuid(request.POST.get("session", "")))

    def act() -> str:
        typed = request.POST.get("minutes", "").strip()
        if not (typed.isdecimal() and len(typed) < 5):
            raise Refused(_("Please give the minutes as a number."))
        try:
            late = delays.run_late(session, int(typed), by=at.actor)
        except Invalid as refused:  # one box has no fields to mark
            raise Refused(" ".join(refused.fields.values())) from refused
        return _said_late(late)

    return _answered(request, at, whose, act)


def _said_late(session: Session) -> str:
    told = sessions.delay_answer(session, timezone.now())["told"]
    if not session.delay_minutes:
        return _("On time again: every expected time is as it was booked.")
    return ngettext(
        "%(minutes)s minutes late: every expected time has moved, and %(count)d patient is told.",
        "%(minutes)s minutes late: every expected time has moved, and %(count)d patients are told.",
        told,
    ) % {"minutes": session.delay_minutes, "count": told}


# The page.


def _answered(request: HttpRequest, at: At, whose: Doctor, act: Callable[[], str]) -> HttpResponse:
    """Act, and show the day with a sentence: what was done, or who stood in the way."""
    to = _address(at, _look(request, at, whose))
    try:
        said = acted(request, at.owner, lambda: done(to, act())).body["said"]
    except Refused as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.success(request, said)
    return _shown(request, at, whose) if _wants_part(request) else redirect(to)


def _shown(request: HttpRequest, at: At, whose: Doctor) -> HttpResponse:
    """The day as it now is: its living part for a page that has the rest, else the page."""
    now, look = timezone.now(), _look(request, at, whose)
    departments = list(_departments(at, whose))
    hours = sessions.of_list(whose, at.clinic, look.day)
    department = sessions.department_of(hours, departments, now)
    if department is None:
        raise Http404
    may_consult = consultations.may_write(whose, department, at.actor)
    context = {
        **screen.doctors_day(
            whose,
            department,
            look.day,
            is_today=look.is_today,
            now=now,
            just_now=now - TIME_TO_THINK,
        ),
        "pass": at.pass_to(department),
        "here": _address(at, look),
        "query": _query(at, look),
        "may_consult": may_consult,
        "drafts": screen.open_drafts(whose) if may_consult else [],
        "is_mine": whose.user_id == at.user.pk,
        "yesterday": look.day - timedelta(days=1),
        "tomorrow": look.day + timedelta(days=1),
    }
    if _wants_part(request):
        return _drawn(request, "doctor/_day.html", context)
    others = _doctors(at).exclude(pk=whose.pk)
    still = {"keys": keys.explained_to_doctor(context["key"]), "others": others}
    return _drawn(request, "doctor/page.html", {**context, **still})


def _drawn(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Small on the wire, as the desk is."""
    drawn = render(request, template, context)
    PACKED.process_response(request, drawn)
    return drawn


def _wants_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


@dataclass(frozen=True)
class Look:
    """Which of a doctor's lists is looked at; today's is that on which they work now."""

    whose: Doctor
    day: date
    is_today: bool


def _look(request: HttpRequest, at: At, whose: Doctor) -> Look:
    """The day that is asked for; today where it makes no sense."""
    today = whose.sessions.day_of_work(at.clinic, timezone.now())
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = today
    if abs(day - today) > FARTHEST:
        day = today
    return Look(whose, day, day == today)


def _address(at: At, look: Look) -> str:
    return f"{reverse('doctor')}?{urlencode({'doctor': look.whose.public_id, **_kept(at, look)})}"


def _query(at: At, look: Look) -> str:
    """What every form of the page sends along."""
    kept = _kept(at, look)
    return f"?{urlencode(kept)}" if kept else ""


def _kept(at: At, look: Look) -> dict[str, str]:
    kept = {"clinic": at.clinic.code} if len(at.clinics) > 1 else {}
    return kept if look.is_today else {**kept, "day": look.day.isoformat()}


# Whose, and where.


def _doctors(at: At) -> Any:
    """Whose day they may look at: of the departments in which they work."""
    mine = Doctor.objects.filter(departments__in=at.departments(Act.WORK_QUEUE), is_active=True)
    return mine.select_related("user").distinct().order_by("name", "pk")


def _doctor(at: At, public_id: str) -> Doctor:
    found: Doctor = get_object_or_404(_doctors(at), public_id=_uuid(public_id))
    return found


def _departments(at: At, whose: Doctor) -> Any:
    """Where both of them work."""
    return at.departments(Act.WORK_QUEUE).filter(doctors=whose).order_by("position", "pk")


def _room(at: At, whose: Doctor) -> Counter:
    """The doctor's open room, wherever they work now."""
    departments, now = list(_departments(at, whose)), timezone.now()
    hours = whose.sessions.today(at.clinic, now)
    first: Department | None = sessions.department_of(hours, departments, now)
    in_order = sorted(departments, key=lambda one: one != first)
    refused: Refused = NoRoom(_("This doctor has no open room. Please open one first."))
    for department in in_order:
        try:
            return bringing_in.room_for(whose, department)
        except NoRoom as none_here:
            refused = none_here
    raise refused


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
