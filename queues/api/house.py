"""/api/departments, /api/counters, and what the waiting room may know of a queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.errors import AuthenticationError

from queues.actions import clinics, counters, departments
from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid, NotAllowed, NotThere
from queues.api import shapes
from queues.api.doors import (
    KeyHolder,
    actor_of,
    answered,
    clinic_of,
    counter_of,
    department_of,
    doctor_of,
    must,
    published,
    sent,
)
from queues.forms import ClinicForm, DepartmentForm
from queues.models import Clinic, Department, statements
from queues.rules.rights import Act
from queues.rules.status import Status
from queues.screens import boards, house, queue
from queues.screens.boards import Front
from queues.screens.history import BadCursor, history
from queues.screens.published import Published

router = Router(tags=["departments"])
Shown = TypeVar("Shown", bound=Front)
AT_THE_DESK = {"state", "reason", "message"}  # what staff may change; the rest is policy


@router.get("/queue", auth=None, response=shapes.QueueOut, summary="A queue, labels only")
def show_queue(request: HttpRequest, department: str, clinic: str = "") -> HttpResponse:
    return _told(request, _seen(request, department, clinic), boards.newest, queue.public_queue)


@router.get("/place", auth=None, response=shapes.PlaceInLine, summary="Where a number stands")
def place(request: HttpRequest, department: str, label: str, clinic: str = "") -> HttpResponse:
    """What screens show to all, of one number: its place while it waits, and where it is called."""
    board = boards.newest(_seen(request, department, clinic))
    found = queue.place(board, label.upper())
    if found is None:
        raise NotThere(_("There is no such token here."))
    return published(request, found)


@router.get("/now_serving", auth=None, response=shapes.NowServingOut, summary="Who is called")
def now_serving(request: HttpRequest, department: str, clinic: str = "") -> HttpResponse:
    return _told(request, _seen(request, department, clinic), boards.front, queue.now_serving)


def _told(
    request: HttpRequest,
    department: Department,
    look: Callable[[Department], Shown],
    say: Callable[[Shown], Published],
) -> HttpResponse:
    """It may be read again without being asked, as long as it is anybody's."""

    def again() -> Published | None:
        is_open = statements.read(Clinic, {"pk": department.clinic_id}, ("open_walls",))
        return say(look(department)) if is_open and is_open["open_walls"] else None

    return published(request, say(look(department)), again)


def _seen(request: HttpRequest, department: str, clinic: str) -> Department:
    """Anybody's, as its walls are; where those are only for machines that were let in, for keys."""
    at = clinic_of(request, clinic)
    if not at.open_walls:
        actor = KeyHolder()(request)
        if actor is None:
            raise AuthenticationError
        if not actor.works_at(at.pk):
            raise NotAllowed(_("This key may not do that here."))
    return department_of(at, department)


@router.get("/clinic", response=shapes.ClinicOut, summary="The clinic's settings")
def show_clinic(request: HttpRequest, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.WORK_QUEUE, at)
    return sent(house.clinic_answer(at))


@router.patch("/clinic", response=shapes.ClinicOut, summary="Set its zone, day and languages")
def change_clinic(request: HttpRequest, body: shapes.ClinicPatch, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    if not actor.may_everywhere(Act.SET_POLICY, at.pk):
        raise NotAllowed(_("This key may not do that here."))
    form = ClinicForm(body.dict(exclude_unset=True))
    if not form.is_valid():
        raise Invalid.of(form)

    def act() -> Answer:
        return Answer(200, house.clinic_answer(clinics.change(at, form.cleaned_data, by=actor)))

    return answered(request, act)


@router.get("/departments", auth=None, response=shapes.Departments, summary="Open, paused, closed")
def list_departments(request: HttpRequest, clinic: str = "") -> HttpResponse:
    items = house.departments(clinic_of(request, clinic))
    return published(request, Published.of({"items": items}))


@router.patch(
    "/departments/{code}", response=shapes.DepartmentSettings, summary="Pause, open, set policy"
)
def change_department(
    request: HttpRequest, code: str, body: shapes.DepartmentPatch, clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    department = department_of(at, code)
    given = body.dict(exclude_unset=True)
    must(actor, Act.PAUSE, at, department)
    if set(given) - AT_THE_DESK:
        must(actor, Act.SET_POLICY, at, department)
    form = DepartmentForm(given)
    if not form.is_valid():
        raise Invalid.of(form)

    def act() -> Answer:
        changed = departments.change(department, form.settings(), by=actor)
        return Answer(200, _settings(changed))

    return answered(request, act)


@router.get(
    "/departments/{code}", response=shapes.DepartmentSettings, summary="A department's rules"
)
def show_department(request: HttpRequest, code: str, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    department = department_of(at, code)
    must(actor, Act.WORK_QUEUE, at)
    return sent(_settings(department))


@router.get("/counters", response=shapes.Counters, summary="Desks and who is at them")
def list_counters(request: HttpRequest, department: str = "", clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.WORK_QUEUE, at)
    only = department_of(at, department) if department else None
    return sent({"items": house.counters(at, only)})


@router.patch("/counters/{code}", response=shapes.CounterOut, summary="Open or close a counter")
def change_counter(
    request: HttpRequest, code: str, department: str, body: shapes.CounterPatch, clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    where = department_of(at, department)
    must(actor, Act.WORK_COUNTERS, at, where)
    counter = counter_of(where, code)
    given = body.dict(exclude_unset=True)
    settings: dict[str, Any] = {}
    if given.get("open") is not None:
        settings["is_open"] = given["open"]
    if "serves" in given:
        settings["serves"] = (given["serves"] and sorted(set(given["serves"]))) or None
    if "doctor_id" in given:
        settings["doctor"] = doctor_of(given["doctor_id"])

    def act() -> Answer:
        changed = counters.change(counter, settings, by=actor)
        changed.department = where
        return Answer(200, house.counter_answer(changed))

    return answered(request, act)


@router.get("/events", response=shapes.EventPage, summary="What happened, newest first")
def events(
    request: HttpRequest, wanted: Query[shapes.EventSearch], clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    department = department_of(at, wanted.department)
    must(actor, Act.SEE_HISTORY, at, department)
    try:
        return sent(history(department, wanted.limit, wanted.before))
    except BadCursor as error:
        raise Invalid(before=_("This is not a cursor of ours.")) from error


def _settings(department: Department) -> dict[str, Any]:
    waiting = department.tokens.filter(status=Status.WAITING).count()
    return {
        **house.department_answer(department, waiting),
        **house.department_settings(department),
    }
