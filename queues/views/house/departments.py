"""A new department; and the counters of one."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from queues.actions import counters as counter_actions
from queues.actions import departments as department_actions
from queues.forms.keeping import CounterForm, NewDepartmentForm
from queues.models import Counter, Department
from queues.rules.rights import Act
from queues.views.doors import At, clinic_staff_may
from queues.views.house.door import address, keeps_all_of, sent, shown
from queues.views.meanwhile import seen, to_see


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_all_of(Act.SET_HOUSE)
def add(request: HttpRequest, at: At) -> HttpResponse:
    form = NewDepartmentForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return shown(request, at, "department", 422 if form.is_bound else 200, form=form)

    def act() -> str:
        department_actions.add(at.clinic, **form.cleaned_data, by=at.actor)
        return _("The department is added. It is closed until you open it in its settings.")

    return sent(
        request,
        at,
        act,
        lambda status: shown(request, at, "department", status, form=form),
        to=address(at, "house"),
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@clinic_staff_may(Act.SET_HOUSE)
def counters(request: HttpRequest, at: At, department: UUID) -> HttpResponse:
    """All counters of a department, and the form for one more."""
    where = get_object_or_404(at.departments(Act.SET_HOUSE), public_id=department)
    form = CounterForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _counters(request, at, where, form, 422 if form.is_bound else 200)

    def act() -> str:
        made = counter_actions.add(where, **form.cleaned_data, by=at.actor)
        return _("Counter %(counter)s is added.") % {"counter": made.code}

    return sent(
        request,
        at,
        act,
        lambda status: _counters(request, at, where, form, status),
        to=address(at, "house-counters", where.public_id),
        form=form,
    )


def _counters(
    request: HttpRequest, at: At, where: Department, form: CounterForm, status: int = 200
) -> HttpResponse:
    here = where.counters.select_related("staffed_by", "doctor").order_by("code")
    return shown(request, at, "counters", status, department=where, counters=here, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@clinic_staff_may(Act.SET_HOUSE)
def counter(request: HttpRequest, at: At, counter: UUID) -> HttpResponse:
    """Another number, another name."""
    found = _counter(at, counter)
    typed = request.POST if request.method == "POST" else None
    form = CounterForm(typed, initial={"code": found.code, "name": found.name})

    def again(status: int) -> HttpResponse:
        carried = to_see(request, found, form.fields, status)
        return shown(request, at, "counter", status, counter=found, form=form, seen=carried)

    if not form.is_valid():
        return again(422 if form.is_bound else 200)

    def act() -> str:
        counter_actions.rename(found, **form.cleaned_data, by=at.actor, seen=seen(request))
        return _("The counter is changed.")

    to = address(at, "house-counters", found.department.public_id)
    return sent(request, at, act, again, to=to, form=form)


@require_POST
@clinic_staff_may(Act.SET_HOUSE)
def remove_counter(request: HttpRequest, at: At, counter: UUID) -> HttpResponse:
    found = _counter(at, counter)

    def act() -> str:
        counter_actions.remove(found, by=at.actor)
        return _("Counter %(counter)s is removed.") % {"counter": found.code}

    def again(status: int) -> HttpResponse:
        return _counters(request, at, found.department, CounterForm(), status)

    to = address(at, "house-counters", found.department.public_id)
    return sent(request, at, act, again, to=to)


def _counter(at: At, public_id: UUID) -> Counter:
    """One of a department that is theirs to set."""
    mine = Counter.objects.filter(department__in=at.departments(Act.SET_HOUSE))
    return get_object_or_404(mine.select_related("department__clinic"), public_id=public_id)
