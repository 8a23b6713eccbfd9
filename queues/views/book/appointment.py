"""The page of an appointment: how it stands, and all that its patient does with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from queues.actions import booking, checking_in, rebooking
from queues.actions.idempotency import Answer
from queues.actions.refusals import Moved
from queues.models import Appointment, Slot, Visit
from queues.models.public_id import NOBODY
from queues.rules.appointments import STARTS_FROM, Stage, Step
from queues.rules.priority import Priority
from queues.screens import booked as screen
from queues.screens import calendar, days, portal
from queues.screens.visit import languages
from queues.views.book.door import all_clinics
from queues.views.book.errands import source_of
from queues.views.book.link import behind_link, did, patient_of, seen, slot_of, speaks
from queues.views.tickets import qr


def _farewell(appointment: Appointment) -> str:
    """Once its day is over, unless it is to lead on to the next."""
    over = screen.is_over(appointment, timezone.now()) and not _may_follow_up(appointment)
    return screen.sentence(appointment) if over else ""


by_link = behind_link(screen.known, lambda found: found.department.clinic, _farewell)
may_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@by_link
def page(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    return _page(request, appointment)


@may_post
@by_link
def confirm(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """'I will come.'"""
    by = patient_of(appointment)
    return _did(request, appointment, lambda: rebooking.confirm(appointment, by=by))


@may_post
@by_link
def cancel(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """Asked first whether they mean it."""
    if request.method == "POST":
        by = patient_of(appointment)
        return _did(request, appointment, lambda: rebooking.cancel(appointment, by=by))
    if not screen.booked(appointment, timezone.now())["may"]["cancel"]:
        return seen(home(appointment))
    return render(request, "book/cancel.html", _shown(appointment))


@may_post
@by_link
def move(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The doctor's free times; one of them, asked once more; and it is moved."""
    if appointment.status not in STARTS_FROM[Step.RESCHEDULE]:
        return seen(home(appointment))
    if request.method == "POST":
        slot = _theirs(appointment, request.POST.get("slot", ""))
        by = patient_of(appointment)

        def act() -> Appointment:
            return rebooking.reschedule(appointment, slot, by=by)

        def again(said: str, status: int) -> HttpResponse:
            return _times(request, appointment, "move", said, status)

        return did(request, appointment, _plainly(act), again, lambda _done: home(appointment))
    if "slot" in request.GET:
        return _ask(request, appointment, "move_ask")
    return _times(request, appointment, "move")


@may_post
@by_link
def again(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The follow-up that the doctor asked for, booked from here: who they are is known."""
    patient = appointment.patient
    if patient is None or not _may_follow_up(appointment):
        return seen(home(appointment))
    if request.method == "POST":
        slot = _theirs(appointment, request.POST.get("slot", ""))
        by, language = patient_of(appointment), translation.get_language() or ""

        def act() -> Answer:
            source = Priority.FOLLOW_UP
            new = booking.book(patient, slot, source, by=by, language=language).appointment
            return Answer(303, {"got": str(new.public_id)})

        def refused(said: str, status: int) -> HttpResponse:
            return _times(request, appointment, "again", said, status)

        return did(request, appointment, act, refused, _to_the_new_one)
    if "slot" in request.GET:
        return _ask(request, appointment, "again_ask")
    return _times(request, appointment, "again")


@may_post
@by_link
def here(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """'I am here': the appointment becomes a number, and its page leads on from then."""
    by = patient_of(appointment)

    def act() -> Answer:
        token = checking_in.check_in(appointment, by=by)
        return Answer(303, visit=token.visit)

    def to_the_number(done: Answer) -> str:
        visit: Visit | None = done.visit
        return reverse("visit", args=[visit.secret]) if visit else home(appointment)

    if request.method != "POST":
        return seen(home(appointment))

    def refused(said: str, status: int) -> HttpResponse:
        return _page(request, appointment, said, status)

    return did(request, appointment, _plainly(act), refused, to_the_number)


@may_post
@by_link
def language(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    def refused(said: str, status: int) -> HttpResponse:
        return _page(request, appointment, said, status)

    clinic = appointment.department.clinic
    return speaks(request, appointment, clinic, refused, home(appointment))


@require_safe
@by_link
def ics(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """For the calendar of their phone."""
    made = HttpResponse(calendar.calendar(appointment), content_type="text/calendar; charset=utf-8")
    made["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return made


def home(appointment: Appointment) -> str:
    return reverse("booking", args=[appointment.secret])


def _did(request: HttpRequest, appointment: Appointment, act: Any) -> HttpResponse:
    if request.method != "POST":
        return seen(home(appointment))

    def refused(said: str, status: int) -> HttpResponse:
        return _page(request, appointment, said, status)

    return did(request, appointment, _plainly(act), refused, lambda _done: home(appointment))


def _plainly(act: Any) -> Any:
    """Who was faster is for staff to know; the page below shows how it stands."""

    def plain() -> Any:
        try:
            return act()
        except Moved as refused:
            raise Moved(_("This is no longer possible.")) from refused

    return plain


def _page(
    request: HttpRequest, appointment: Appointment, said: str = "", status: int = 200
) -> HttpResponse:
    newest = screen.known(appointment.link_hash) or appointment
    context = {
        **_shown(newest),
        "pass": screen.pass_for(newest, translation.get_language() or "en"),
        "said": said,
        "may_follow_up": _may_follow_up(appointment),
        "qr": qr(appointment.url),
        "tongues": languages(appointment.department.clinic),
        "speaks_at": reverse("booking-language", args=[appointment.secret]),
    }
    return render(request, "book/appointment.html", context, status=status)


def _shown(appointment: Appointment) -> dict[str, Any]:
    return screen.booked(appointment, timezone.now())


def _times(
    request: HttpRequest, appointment: Appointment, errand: str, said: str = "", status: int = 200
) -> HttpResponse:
    clinics = all_clinics()
    from_day = _day(request.GET.get("date", ""))
    found = portal.times_of(
        appointment.doctor, timezone.now(), from_day=from_day, but=appointment.slot
    )
    context = {
        **_shown(appointment),
        "days": found.days,
        "to": f"?slot={NOBODY}",
        "later": found.later,
        "is_later": bool(from_day),
        "errand": errand,
        "said": said,
        "several_clinics": len(clinics) > 1,
    }
    return render(request, "book/times.html", context, status=status)


def _ask(request: HttpRequest, appointment: Appointment, template: str) -> HttpResponse:
    slot = _theirs(appointment, request.GET["slot"])
    zone = slot.session.department.clinic.zone
    new = {
        "slot": slot,
        "new_clinic": slot.session.department.clinic,
        "new_day": days.in_full(slot.date),
        "new_clock": days.clock_at(slot.starts_at, zone),
    }
    return render(request, f"book/{template}.html", {**_shown(appointment), **new})


def _theirs(appointment: Appointment, text: str) -> Slot:
    """A time of the same doctor."""
    slot = slot_of(text)
    if slot.doctor_id != appointment.doctor_id:
        return slot_of("")
    return slot


def _to_the_new_one(done: Answer) -> str:
    return home(Appointment.objects.get(public_id=done.body["got"]))


def _may_follow_up(appointment: Appointment) -> bool:
    patient = appointment.patient
    if patient is None or appointment.status != Stage.COMPLETED:
        return False
    wanted = source_of(patient, appointment.doctor, timezone.now())
    return appointment.doctor.is_active and wanted is Priority.FOLLOW_UP


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
