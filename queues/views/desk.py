"""The desk: the queue of a department and everything that is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from queues.actions import alarms, calling, counters, departments
from queues.actions.refusals import Invalid, Refused
from queues.forms import DepartmentForm, MoveForm
from queues.models import Counter, Department, User, visible
from queues.rules.rights import Act
from queues.screens import desk as screen
from queues.screens import words
from queues.screens.number import number
from queues.views import moves
from queues.views.desk_page import answered, my_counter, place_of, shown
from queues.views.doors import Here, counter_of, private, staff_may, token_of


@require_safe
@login_required
def desks(request: HttpRequest) -> HttpResponse:
    """The departments in which this person works."""
    assert isinstance(request.user, User)
    mine = visible.departments(request.user.as_actor(), Act.WORK_QUEUE)
    return private(render(request, "desk/desks.html", {"departments": screen.doors(mine)}))


@require_safe
@staff_may(Act.WORK_QUEUE)
def desk(request: HttpRequest, here: Here) -> HttpResponse:
    return shown(request, here)


@require_safe
@staff_may(Act.WORK_QUEUE)
def token(request: HttpRequest, here: Here, token: UUID) -> HttpResponse:
    """One number: all that can be done with it, and all that happened to it."""
    return render(request, "desk/token.html", number(token_of(here, token)))


@require_POST
@staff_may(Act.WORK_QUEUE)
def move(request: HttpRequest, here: Here, token: UUID) -> HttpResponse:
    """Call, start, complete, hold, send on …: whatever the pressed button says."""
    moving = token_of(here, token)

    def act() -> str:
        form = MoveForm(request.POST)
        if not form.is_valid():
            raise Refused(" ".join(str(texts[0]) for texts in form.errors.values()))
        return moves.move(moving, here, form.cleaned_data, my_counter(request, here))

    return answered(request, here, act)


@require_POST
@staff_may(Act.WORK_QUEUE)
def call_next(request: HttpRequest, here: Here, counter: str) -> HttpResponse:
    at = counter_of(here, counter)
    return answered(request, here, lambda: words.stands(calling.call_next(at, by=here.actor)))


@require_POST
@staff_may(Act.WORK_QUEUE)
def complete_and_call_next(request: HttpRequest, here: Here, counter: str) -> HttpResponse:
    at = counter_of(here, counter)

    def act() -> str:
        called = calling.complete_and_call_next(at, by=here.actor)
        return words.stands(called) if called else _("Completed. Nobody else is waiting.")

    return answered(request, here, act)


@require_POST
@staff_may(Act.WORK_COUNTERS)
def work_counter(request: HttpRequest, here: Here, counter: str) -> HttpResponse:
    """Sit down at a counter (which opens it), open it or close it."""
    at, do = counter_of(here, counter), request.POST.get("do", "")
    change = _change(do, here.user)
    if do == "take":
        request.session[place_of(here.department)] = at.code

    def act() -> str:
        sat_there = at.staffed_by
        said = _counter_is(counters.change(at, change, by=here.actor))
        if do == "take" and sat_there and sat_there != here.user:
            said += " " + _("%(name)s sat here until now.") % {"name": sat_there.shown_name}
        return said

    return answered(request, here, act)


def _change(do: str, user: User) -> dict[str, Any]:
    """What a button of a counter changes."""
    if do == "take":
        return {"is_open": True, "staffed_by": user}
    if do == "open":
        return {"is_open": True}
    if do == "close":
        return {"is_open": False, "staffed_by": None}
    raise BadRequest("a counter has no such button")


def _counter_is(counter: Counter) -> str:
    facts = {"counter": counter.code}
    if not counter.is_open:
        return _("Counter %(counter)s is closed.") % facts
    return _("Counter %(counter)s is open.") % facts


@require_POST
@staff_may(Act.PAUSE)
def set_state(request: HttpRequest, here: Here) -> HttpResponse:
    """Pause, open or close the department, with the reason that patients read."""
    return _set(request, here, ("state", "reason"), words.department_state)


@require_POST
@staff_may(Act.PAUSE)
def set_message(request: HttpRequest, here: Here) -> HttpResponse:
    """What the wall says beside the numbers."""

    def said(department: Department) -> str:
        return _("The wall shows it now.") if department.message else _("The wall shows none now.")

    return _set(request, here, ("message",), said)


def _set(
    request: HttpRequest, here: Here, names: tuple[str, ...], said: Callable[[Department], str]
) -> HttpResponse:
    """Change these settings of the department as they were typed."""

    def act() -> str:
        form = DepartmentForm({name: request.POST.get(name, "") for name in names})
        if not form.is_valid():
            raise Refused(" ".join(Invalid.of(form).fields.values()))
        return said(departments.change(here.department, form.settings(), by=here.actor))

    return answered(request, here, act)


@require_POST
@staff_may(Act.WORK_QUEUE)
def answer_alarm(request: HttpRequest, here: Here, alarm: UUID) -> HttpResponse:
    """'I am going': every desk of the clinic stops ringing and sees who goes."""
    ringing = get_object_or_404(here.clinic.alarms, public_id=alarm)

    def act() -> str:
        alarms.answer(ringing, by=here.actor)
        return _("Thank you. Every desk sees that you are going.")

    return answered(request, here, act)
