"""What is written down of a doctor's week: rules, extra sessions and leaves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from queues.actions import schedule
from queues.actions.idempotency import Answer
from queues.forms import ExtraForm, LeaveForm, RuleForm
from queues.models import Doctor, ExtraSession, Leave, ScheduleRule
from queues.rules.bookings import Fate
from queues.screens.schedule import works_elsewhere
from queues.views.doors import At, done
from queues.views.schedule.door import address, decided, doctor_of, sets_weeks, shown

Written = ScheduleRule | ExtraSession | Leave
KINDS: dict[str, type[Written]] = {"rules": ScheduleRule, "extras": ExtraSession, "leaves": Leave}
NEW = {
    "rules": gettext_lazy("Hours of every week"),
    "extras": gettext_lazy("An extra session"),
    "leaves": gettext_lazy("A leave"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@sets_weeks
def add_entry(request: HttpRequest, at: At, doctor: UUID, kind: str) -> HttpResponse:
    somebody, model = doctor_of(at, doctor), _kind(kind)
    if request.method != "POST":
        return _page(
            request, at, kind, somebody, _form(at, model, somebody, initial=_usual(at, somebody))
        )
    form = _form(at, model, somebody, request.POST)
    if not form.is_valid():
        return _page(request, at, kind, somebody, form, status=422)
    to = address(at, "schedule-doctor", somebody.public_id)

    def act(fate: Fate | None) -> Answer:
        row: Any = model(doctor=somebody, **_columns(form))
        schedule.add(row, by=at.actor, at=at.clinic, fate=fate)
        return done(to, _("The week is changed."))

    return decided(
        request,
        at,
        act,
        lambda status: _page(request, at, kind, somebody, form, status=status),
        back=to,
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@sets_weeks
def change_entry(request: HttpRequest, at: At, kind: str, entry: UUID) -> HttpResponse:
    row = _row(at, kind, entry)
    if request.method != "POST":
        return _page(request, at, kind, row.doctor, _form(at, type(row), row.doctor, row=row), row)
    form = _form(at, type(row), row.doctor, request.POST, row=row)
    if not form.is_valid():
        return _page(request, at, kind, row.doctor, form, row, 422)
    to = address(at, "schedule-doctor", row.doctor.public_id)

    def act(fate: Fate | None) -> Answer:
        changed: Any = row
        schedule.change(changed, _columns(form), by=at.actor, at=at.clinic, fate=fate)
        return done(to, _("The week is changed."))

    return decided(
        request,
        at,
        act,
        lambda status: _page(request, at, kind, row.doctor, form, row, status),
        back=to,
        form=form,
    )


@require_POST
@sets_weeks
def remove_entry(request: HttpRequest, at: At, kind: str, entry: UUID) -> HttpResponse:
    row = _row(at, kind, entry)
    to = address(at, "schedule-doctor", row.doctor.public_id)

    def act(fate: Fate | None) -> Answer:
        gone: Any = row
        schedule.remove(gone, by=at.actor, at=at.clinic, fate=fate)
        return done(to, _("The week is changed."))

    def again(status: int) -> HttpResponse:
        return _page(
            request, at, kind, row.doctor, _form(at, type(row), row.doctor, row=row), row, status
        )

    return decided(request, at, act, again, back=to)


def _kind(kind: str) -> type[Written]:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _row(at: At, kind: str, public_id: UUID) -> Written:
    model = _kind(kind)
    rows: Any = model._default_manager.select_related("doctor")
    if model is Leave:
        rows = rows.at(at.clinic).filter(doctor__departments__clinic=at.clinic).distinct()
    else:
        rows = rows.filter(department__clinic=at.clinic).select_related("department", "room")
    found: Written = get_object_or_404(rows, public_id=public_id)
    return found


def _usual(at: At, doctor: Doctor) -> dict[str, Any]:
    """What a new entry is most often like."""
    department = doctor.departments.filter(clinic=at.clinic).first()
    day = at.clinic.service_day()
    return {
        "department": department.code if department else None,
        "slot_minutes": 15,
        "capacity": 1,
        "starts_on": day,
        "day": day,
    }


def _form(
    at: At, model: type[Written], doctor: Doctor, given: Any = None, **more: Any
) -> forms.Form:
    if model is Leave:
        elsewhere = works_elsewhere(doctor, at.clinic)
        return LeaveForm(at.clinic, given, works_elsewhere=elsewhere, **more)
    kinds: dict[Any, Any] = {ScheduleRule: RuleForm, ExtraSession: ExtraForm}
    form: forms.Form = kinds[model](at.clinic, given, **more)
    return form


def _columns(form: forms.Form) -> dict[str, Any]:
    assert isinstance(form, RuleForm | ExtraForm | LeaveForm)
    return form.settings()


def _page(
    request: HttpRequest,
    at: At,
    kind: str,
    doctor: Doctor,
    form: forms.Form,
    row: Written | None = None,
    status: int = 200,
) -> HttpResponse:
    context = shown(at, doctor=doctor, form=form, row=row, kind=kind, title=NEW[kind])
    return render(request, "schedule/entry.html", context, status=status)
