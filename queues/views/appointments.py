"""A doctor's time for a patient, at the desk: booked, moved to another time, given its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from queues.actions import booking, checking_in, rebooking, waitlists
from queues.actions.idempotency import Answer
from queues.actions.refusals import Conflict, Invalid, Refused, SlotFull
from queues.actions.wishes import Wish
from queues.forms import ChosenTimeForm, TimesForm
from queues.models import Appointment, Clinic, Patient, Slot, visible
from queues.rules.appointments import STARTS_FROM, Stage, Step, priority_of
from queues.rules.people import clean_text
from queues.rules.priority import Priority
from queues.rules.rights import Act
from queues.screens import sessions, words
from queues.screens import times as screen
from queues.screens.estimates import expected, told
from queues.screens.times import Wanted
from queues.views.appointment_doors import appointment_of, doctors_of, onward, uuid_of
from queues.views.doors import At, acted, clinic_staff_may, status_of
from queues.views.tickets import qr

FOUND_SHOWN = 20


class HasToGiveWay(Conflict):
    """The time is full, and somebody less urgent would have to go: it is asked first."""

    def __init__(self, leaving: Appointment) -> None:
        super().__init__(_("This time is full. Somebody less urgent would have to give way."))
        self.leaving = leaving
        self.urgency = Priority(leaving.priority)


@require_http_methods(["GET", "HEAD", "POST"])
@clinic_staff_may(Act.BOOK)
def new_appointment(request: HttpRequest, at: At) -> HttpResponse:
    """The search is sent, not asked for by address: names do not belong into addresses."""
    patient = patient_of(at, request.GET.get("patient", ""))
    looked = times_form(request, at)
    if request.method != "POST":
        return _page(request, at, patient, looked, booked=_booked(request, at))
    if "search" in request.POST:
        return _page(request, at, patient, looked, **found(request, at))
    if request.POST.get("do") == "walk_in":
        return _acted(request, at, patient, looked, lambda: _walk_in(at, patient, looked))
    if request.POST.get("do") == "wait":
        return _acted(request, at, patient, looked, lambda: _wait(request, at, patient, looked))
    form = ChosenTimeForm(request.POST)
    if not form.is_valid():
        return _page(request, at, patient, looked, 422, form=form)

    def book() -> Answer:
        given, source = form.cleaned_data, looked.source_wanted
        slot = slot_of(at, given["chosen"])
        _ask_first(patient, slot, source, given["displaces"])
        made = booking.book(patient, slot, source, by=at.actor, reason=given["reason"])
        gone = {"displaced": made.displaced.public_id} if made.displaced else {}
        to = onward(request, "patient", "slot", booked=made.appointment.public_id, **gone)
        return Answer(303, {"to": reverse("new-appointment") + to})

    return _acted(request, at, patient, looked, book, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@clinic_staff_may(Act.BOOK)
def reschedule(request: HttpRequest, at: At, appointment: UUID) -> HttpResponse:
    """To another time, of this doctor or of another."""
    theirs = appointment_of(at, appointment)
    given = {"doctor": str(theirs.doctor.public_id), "day": theirs.date.isoformat()}
    looked = times_form(request, at, {} if request.GET.get("day") else given)
    priority = Priority(theirs.priority)
    page: dict[str, Any] = {
        "appointment": theirs,
        "may_move": theirs.status in STARTS_FROM[Step.RESCHEDULE],
    }
    if request.method != "POST":
        return _moving(request, at, looked, priority, **page)
    form = ChosenTimeForm(request.POST)
    if not form.is_valid():
        return _moving(request, at, looked, priority, 422, form=form, **page)

    def move() -> Answer:
        slot = slot_of(at, form.cleaned_data["chosen"])
        moved = rebooking.reschedule(theirs, slot, by=at.actor)
        return Answer(303, {"to": _day_of(moved), "said": _("The appointment is moved.")})

    try:
        body = acted(request, at.owner, move).body
    except Refused as refused:
        alternatives = _alternatives(refused, at)
        return _moving(
            request,
            at,
            looked,
            priority,
            status_of(refused),
            form=form,
            refused=refused,
            alternatives=alternatives,
            **page,
        )
    messages.success(request, body["said"])
    return redirect(body["to"])


@require_http_methods(["GET", "HEAD", "POST"])
@clinic_staff_may(Act.BOOK)
def name_booking(request: HttpRequest, at: At, appointment: UUID) -> HttpResponse:
    """Who it is that a place was booked for without a name."""
    theirs = appointment_of(at, appointment)
    page = {"appointment": theirs, "clinic": at.clinic, "query": onward(request)}
    chosen = patient_of(at, request.GET.get("patient", ""))
    shown = {"found": [chosen]} if chosen else {}
    if request.method != "POST" or "search" in request.POST:
        shown |= found(request, at)
        return render(request, "appointments/name.html", {**page, **shown})
    patient = get_object_or_404(
        visible.patients(at.actor), public_id=uuid_of(request.POST.get("patient", ""))
    )
    is_here = request.POST.get("then") == "check_in"

    def name() -> Answer:
        named = rebooking.name(theirs, patient, by=at.actor)
        to = _day_of(named)
        if not is_here:
            return Answer(303, {"to": to, "said": _("The appointment has its patient.")})
        token = checking_in.check_in(named, by=at.actor)
        said = _("%(label)s: checked in.") % {"label": token.visit.label}
        return Answer(303, {"to": f"{to}&ticket={token.public_id}#ticket", "said": said})

    try:
        body = acted(request, at.owner, name).body
    except Refused as refused:
        status = status_of(refused)
        again = {**page, "found": [patient], "refused": sentence_of(refused)}
        return render(request, "appointments/name.html", again, status=status)
    messages.success(request, body["said"])
    return redirect(body["to"])


# What is looked for.


def patient_of(at: At, public_id: str) -> Patient | None:
    """Whom it is for; of a record that was merged, the one that stayed."""
    wanted = uuid_of(public_id)
    if wanted is None:
        return None
    seen = visible.patients(at.actor).select_related("merged_into")
    one = get_object_or_404(seen, public_id=wanted)
    return one.merged_into or one


def found(request: HttpRequest, at: At) -> dict[str, Any]:
    """Whoever fits what was typed."""
    text = clean_text(request.POST.get("search", ""))[:100]
    if not text:
        return {}
    fitting = visible.patients(at.actor).current().matching(text)
    return {"search": text, "found": list(fitting.order_by("name", "pk")[:FOUND_SHOWN])}


def times_form(request: HttpRequest, at: At, given: dict[str, str] | None = None) -> TimesForm:
    departments = list(at.departments(Act.BOOK).order_by("name", "pk"))
    asked = {name: request.GET.get(name, "") for name in TimesForm.base_fields}
    if not request.GET.get("day") and (slot := _slot_named(request, at)):
        asked |= {"day": slot.date.isoformat(), "doctor": str(slot.doctor.public_id)}
    return TimesForm(at.clinic, departments, doctors_of(departments), {**asked, **(given or {})})


def slot_of(at: At, public_id: UUID) -> Slot:
    """One of this clinic's, in a department where they may book."""
    here = Slot.objects.filter(
        clinic=at.clinic, session__department__in=at.departments(Act.BOOK)
    ).select_related("session__department__clinic", "doctor")
    return get_object_or_404(here, public_id=public_id)


def _slot_named(request: HttpRequest, at: At) -> Slot | None:
    named = uuid_of(request.GET.get("slot", ""))
    return slot_of(at, named) if named else None


# What is done.


def _ask_first(
    patient: Patient | None, slot: Slot, source: Priority, agreed_to: UUID | None
) -> None:
    priority = _priority(patient, source, slot.session.department.clinic)
    leaving = screen.who_gives_way(slot, priority)
    if leaving and leaving.status != Stage.WAITLISTED and leaving.public_id != agreed_to:
        raise HasToGiveWay(leaving)


def _walk_in(at: At, patient: Patient | None, looked: TimesForm) -> Answer:
    """From the door: the doctor's first time with room, and a number at once."""
    doctor = looked.doctor_wanted
    if patient is None:
        raise Refused(_("Please choose who it is for. A number needs its patient."))
    if doctor is None:
        raise Refused(_("Please choose a doctor first."))
    theirs = at.departments(Act.ISSUE).filter(doctors=doctor)
    if looked.department_wanted:
        theirs = theirs.filter(pk=looked.department_wanted.pk)
    now = timezone.now()
    hours = doctor.sessions.today(at.clinic, now)
    department = sessions.department_of(hours, list(theirs), now)
    if department is None:
        raise Refused(_("This doctor does not see patients here."))
    token = checking_in.walk_in(
        patient, doctor, department, by=at.actor, source=looked.source_wanted
    )
    said = _("%(label)s: checked in.") % {"label": token.visit.label}
    query = f"?clinic={at.clinic.code}&ticket={token.public_id}#ticket"
    return Answer(303, {"to": reverse("appointments") + query, "said": said})


def _wait(request: HttpRequest, at: At, patient: Patient | None, looked: TimesForm) -> Answer:
    """Nothing is free that suits them: they get what comes free on that day."""
    doctor = looked.doctor_wanted
    if patient is None:
        raise Refused(_("Please choose who it is for. The waitlist needs a patient."))
    if doctor is None:
        raise Refused(_("Please choose a doctor first."))
    wish = Wish(
        clinic=at.clinic,
        doctor=doctor,
        earliest=looked.day_wanted,
        latest=looked.day_wanted,
        reason=clean_text(request.POST.get("reason", ""))[:200],
    )
    waitlists.join(patient, wish, looked.source_wanted, by=at.actor)
    query = f"?clinic={at.clinic.code}&day={looked.day_wanted.isoformat()}"
    to = reverse("appointments") + query
    return Answer(303, {"to": to, "said": _("They are on the waitlist of that day.")})


def _acted(
    request: HttpRequest,
    at: At,
    patient: Patient | None,
    looked: TimesForm,
    act: Callable[[], Answer],
    *,
    form: ChosenTimeForm | None = None,
) -> HttpResponse:
    """On to what was done; if refused, the page again with all that was typed."""
    page: dict[str, Any] = {"form": form or ChosenTimeForm(request.POST)}
    try:
        body = acted(request, at.owner, act).body
    except HasToGiveWay as refused:
        page |= {"leaving": refused.leaving, "leaves_as": words.PRIORITY[refused.urgency]}
        return _page(request, at, patient, looked, 409, **page)
    except Refused as refused:
        page |= {"refused": refused, "alternatives": _alternatives(refused, at)}
        return _page(request, at, patient, looked, status_of(refused), **page)
    if body.get("said"):
        messages.success(request, body["said"])
    return redirect(body["to"])


# What is shown.


def _page(
    request: HttpRequest,
    at: At,
    patient: Patient | None,
    looked: TimesForm,
    status: int = 200,
    **page: Any,
) -> HttpResponse:
    priority = _priority(patient, looked.source_wanted, at.clinic)
    shown = {
        **_times(request, at, looked, priority),
        "patient": patient,
        "age": patient.age(at.clinic.service_day()) if patient else None,
        "query": onward(request),
        "without_patient": onward(request, "patient"),
        **page,
        "refused": sentence_of(page.get("refused")),
    }
    return render(request, "appointments/new.html", shown, status=status)


def _moving(
    request: HttpRequest,
    at: At,
    looked: TimesForm,
    priority: Priority,
    status: int = 200,
    **page: Any,
) -> HttpResponse:
    shown = {
        **_times(request, at, looked, priority),
        "is_moving": True,
        "query": onward(request),
        **page,
        "refused": sentence_of(page.get("refused")),
    }
    return render(request, "appointments/move.html", shown, status=status)


def _times(request: HttpRequest, at: At, looked: TimesForm, priority: Priority) -> dict[str, Any]:
    now = timezone.now()
    doctor, department = looked.doctor_wanted, looked.department_wanted
    wanted = Wanted(
        at.clinic,
        (department,) if department else tuple(looked.departments.values()),
        looked.day_wanted,
        doctor.public_id if doctor else None,
        looked.cleaned_data.get("specialty", ""),
        priority,
    )
    offered = screen.times(wanted, now) if looked.says_whom else []
    has_room = any(one.has_room for one in offered)
    return {
        "clinic": at.clinic,
        "looked": looked,
        "day": looked.day_wanted,
        "is_today": looked.day_wanted == at.clinic.calendar_day(now),
        "doctors_times": offered,
        "next_free": screen.next_free(wanted, now) if looked.says_whom and not has_room else [],
        "form": ChosenTimeForm(),
        "chosen": request.GET.get("slot", ""),
    }


def _booked(request: HttpRequest, at: At) -> dict[str, Any] | None:
    """What was booked a moment ago, and who had to give way for it."""
    public_id = uuid_of(request.GET.get("booked", ""))
    if public_id is None:
        return None
    booked = appointment_of(at, public_id)
    gone = uuid_of(request.GET.get("displaced", ""))
    return {
        "appointment": booked,
        "expected": told(expected(booked), booked, timezone.now()),
        "qr": qr(booked.url),
        "displaced": appointment_of(at, gone) if gone else None,
        "day": _day_of(booked),
    }


def sentence_of(refused: Refused | None) -> str:
    """One button has no fields to mark: what is wrong with each is said in one line."""
    if isinstance(refused, Invalid):
        return " ".join(refused.fields.values())
    return refused.sentence if refused else ""


def _alternatives(refused: Refused, at: At) -> list[Slot]:
    """The next free times that a full one names, as far as they are here; each is a button."""
    if not isinstance(refused, SlotFull):
        return []
    offered = [one["slot_id"] for one in refused.facts["alternatives"]]
    here = Slot.objects.filter(clinic=at.clinic, public_id__in=offered)
    return list(here.select_related("doctor").soonest_first())


def _priority(patient: Patient | None, source: Priority, clinic: Clinic) -> Priority:
    age = patient.age(clinic.service_day()) if patient else None
    return priority_of(source, age, clinic.elderly_from)


def _day_of(appointment: Appointment) -> str:
    """Where it stands among the others of its service day."""
    clinic = appointment.department.clinic
    day = clinic.service_day(appointment.starts_at)
    return f"{reverse('appointments')}?clinic={clinic.code}&day={day.isoformat()}"
