"""Who sees patients here, how full their week is, and one doctor's week."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from queues.actions import clinics, doctors
from queues.actions.idempotency import Answer
from queues.forms import BookableForm, ClinicForm, DoctorForm, DoctorsDayForm, WelcomeForm
from queues.models import Doctor
from queues.rules.bookings import Fate
from queues.rules.rights import Act
from queues.screens import load, schedule
from queues.views.doors import At, done
from queues.views.schedule.door import address, decided, doctor_of, sets_weeks, shown

SHOWN_DAYS = 28


@require_safe
@sets_weeks
def week(request: HttpRequest, at: At) -> HttpResponse:
    return _week(request, at)


@require_POST
@sets_weeks
def set_clinic(request: HttpRequest, at: At) -> HttpResponse:
    form = BookableForm(at.clinic, request.POST)
    if not form.is_valid():
        return _week(request, at, form, 422)

    def act(fate: Fate | None) -> Answer:
        clinics.change(at.clinic, form.cleaned_data, by=at.actor)
        return done(address(at, "schedule"), _("The settings are saved."))

    return decided(
        request,
        at,
        act,
        lambda status: _week(request, at, form, status),
        back=address(at, "schedule"),
        form=form,
    )


def _week(
    request: HttpRequest, at: At, form: ClinicForm | None = None, status: int = 200
) -> HttpResponse:
    may_set = at.actor.may_everywhere(Act.SET_POLICY, at.clinic.pk)
    context = shown(
        at,
        doctors=schedule.doctors(at.clinic),
        form=form or (BookableForm(at.clinic) if may_set else None),
        **_load(request, at),
    )
    return render(request, "schedule/page.html", context, status=status)


@require_safe
@sets_weeks
def doctor(request: HttpRequest, at: At, doctor: UUID) -> HttpResponse:
    somebody = doctor_of(at, doctor)
    today = somebody.sessions.day_of_work(at.clinic, timezone.now())
    ahead = load.sittings(at.clinic, today, today + timedelta(days=SHOWN_DAYS - 1), somebody)
    context = shown(
        at,
        doctor=somebody,
        ahead=ahead,
        **schedule.week_of(somebody, at.clinic, today),
        **_load(request, at, somebody),
    )
    return render(request, "schedule/doctor.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sets_weeks
def add_doctor(request: HttpRequest, at: At) -> HttpResponse:
    if request.method != "POST":
        return _form(request, at, DoctorForm(at.clinic))
    form = DoctorForm(at.clinic, {**request.POST.dict(), **_lists(request), "is_active": "on"})
    if not form.is_valid():
        return _form(request, at, form, status=422)

    def act(fate: Fate | None) -> Answer:
        given = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "is_active"}
        made = doctors.add(**given, by=at.actor, at=at.clinic)
        return done(address(at, "schedule-doctor", made.public_id), _("The doctor is added."))

    return decided(
        request,
        at,
        act,
        lambda status: _form(request, at, form, status=status),
        back=address(at, "schedule"),
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sets_weeks
def welcome(request: HttpRequest, at: At) -> HttpResponse:
    """A doctor of another clinic, whose week there is theirs to set too, works here as well."""
    typed = request.POST if request.method == "POST" else None
    form = WelcomeForm(at.clinic, _elsewhere(at), typed)

    def again(status: int) -> HttpResponse:
        return render(request, "schedule/welcome.html", shown(at, form=form), status=status)

    if not form.is_valid():
        return again(422 if form.is_bound else 200)
    doctor, here = form.cleaned_data["doctor"], form.cleaned_data["departments"]

    def act(fate: Fate | None) -> Answer:
        doctors.change(doctor, {}, departments=here, by=at.actor, at=at.clinic)
        to = address(at, "schedule-doctor", doctor.public_id)
        return done(to, _("The doctor works here too. Their hours here come next."))

    return decided(request, at, act, again, back=address(at, "schedule"), form=form)


def _elsewhere(at: At) -> QuerySet[Doctor]:
    """Whoever works at another clinic that is theirs to set, and not here yet."""
    theirs = [one for one in at.clinics if at.actor.may_everywhere(Act.SET_SCHEDULE, one.pk)]
    known = Doctor.objects.filter(departments__clinic__in=theirs, is_active=True)
    return known.exclude(departments__clinic=at.clinic).distinct().order_by("name", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
@sets_weeks
def change_doctor(request: HttpRequest, at: At, doctor: UUID) -> HttpResponse:
    somebody = doctor_of(at, doctor)
    if request.method != "POST":
        return _form(request, at, DoctorForm(at.clinic, row=somebody), somebody)
    form = DoctorForm(at.clinic, request.POST, row=somebody)
    if not form.is_valid():
        return _form(request, at, form, somebody, 422)
    to = address(at, "schedule-doctor", somebody.public_id)

    def act(fate: Fate | None) -> Answer:
        given = dict(form.cleaned_data)
        departments = given.pop("departments")
        doctors.change(
            somebody, given, departments=departments, fate=fate, by=at.actor, at=at.clinic
        )
        return done(to, _("The doctor is changed."))

    return decided(
        request,
        at,
        act,
        lambda status: _form(request, at, form, somebody, status),
        back=to,
        form=form,
    )


def _lists(request: HttpRequest) -> dict[str, list[str]]:
    """What a page sends several times under one name."""
    return {name: request.POST.getlist(name) for name in ("languages", "departments")}


def _form(
    request: HttpRequest,
    at: At,
    form: DoctorForm,
    doctor: Doctor | None = None,
    status: int = 200,
) -> HttpResponse:
    context = shown(at, form=form, doctor=doctor)
    return render(request, "schedule/doctor_form.html", context, status=status)


def _load(request: HttpRequest, at: At, doctor: Doctor | None = None) -> dict[str, object]:
    """How full the week is that is looked at."""
    first = _first_day(request, at)
    found = load.sittings(at.clinic, first, first + timedelta(days=load.DAYS - 1), doctor)
    label = load.by_hours if doctor else load.by_doctor
    return {
        "first": first,
        "last": first + timedelta(days=load.DAYS - 1),
        "before": (first - timedelta(days=load.DAYS)).isoformat(),
        "after": (first + timedelta(days=load.DAYS)).isoformat(),
        "sittings": found,
        "total": load.total(found),
        "picture": load.picture(found, first, label, mirrored=get_language_bidi()),
    }


def _first_day(request: HttpRequest, at: At) -> date:
    form = DoctorsDayForm({"date": request.GET.get("week", "")})
    asked = form.cleaned_data["date"] if form.is_valid() else None
    return asked or at.clinic.service_day()
