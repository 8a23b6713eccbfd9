"""/api/doctors and /api/schedule: doctors and their weeks."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from queues.actions import doctors, schedule
from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid, NotAllowed, NotThere
from queues.api import schedule_shapes as shapes
from queues.api.doors import actor_of, answered, clinic_of, doctor_named, must, sent
from queues.api.naming import cleaned
from queues.forms import DoctorForm, ExtraForm, FateForm, LeaveForm, RuleForm
from queues.forms.schedule import TimesForm
from queues.models import Clinic, Counter, Doctor, ExtraSession, Leave, ScheduleRule
from queues.rules.bookings import Fate
from queues.rules.rights import Act, Actor
from queues.screens import schedule as screen

router = Router(tags=["doctors' weeks"])
Row = TypeVar("Row", ScheduleRule, ExtraSession, Leave)


# Doctors.


@router.get("/doctors", response=shapes.Doctors, summary="Who sees patients here")
def list_doctors(request: HttpRequest, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.WORK_QUEUE, at)
    return sent({"items": [screen.doctor_answer(one, at) for one in screen.doctors(at)]})


@router.post("/doctors", response={201: shapes.DoctorOut}, summary="A new doctor")
def add_doctor(request: HttpRequest, body: shapes.DoctorIn, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    _must_everywhere(actor, at)
    person = cleaned(DoctorForm(at, _as_typed(body.dict()), partial=True))
    departments = person.pop("departments")

    def act() -> Answer:
        doctor = doctors.add(departments=departments, by=actor, at=at, **person)
        return Answer(201, screen.doctor_answer(doctor, at))

    return answered(request, act)


@router.patch("/doctors/{doctor_id}", response=shapes.DoctorOut, summary="Change, put out of use")
def change_doctor(
    request: HttpRequest,
    doctor_id: str,
    body: shapes.DoctorPatch,
    bookings: shapes.FateIn = "",
    clinic: str = "",
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    _must_everywhere(actor, at)
    doctor, fate = _known(doctor_named(doctor_id), at), _fate(bookings)
    settings = cleaned(DoctorForm(at, _as_typed(_set(body)), row=doctor, partial=True))
    departments = settings.pop("departments", None)

    def act() -> Answer:
        changed = doctors.change(
            doctor, settings, departments=departments, fate=fate, by=actor, at=at
        )
        return Answer(200, screen.doctor_answer(changed, at))

    return answered(request, act)


def _as_typed(given: dict[str, Any]) -> dict[str, Any]:
    """By the names of the form."""
    typed = dict(given)
    for name, field in (("active", "is_active"), ("user_id", "user")):
        if name in typed:
            typed[field] = typed.pop(name)
    return typed


def _must_everywhere(actor: Actor, at: Clinic) -> None:
    """A doctor's week is no matter of one department."""
    if not actor.may_everywhere(Act.SET_SCHEDULE, at.pk):
        raise NotAllowed(_("This key may not do that here."))


# What is written down of their weeks.


@router.get("/schedule/rules", response=shapes.Rules, summary="What repeats every week")
def list_rules(request: HttpRequest, doctor: str = "", clinic: str = "") -> HttpResponse:
    return _list(request, ScheduleRule, doctor, clinic)


@router.post("/schedule/rules", response={201: shapes.RuleOut}, summary="Every week from now on")
def add_rule(
    request: HttpRequest, body: shapes.RuleIn, bookings: shapes.FateIn = "", clinic: str = ""
) -> HttpResponse:
    return _add(request, ScheduleRule, body, bookings, clinic)


@router.patch("/schedule/rules/{rule_id}", response=shapes.RuleOut, summary="Other hours, an end")
def change_rule(
    request: HttpRequest,
    rule_id: UUID,
    body: shapes.RulePatch,
    bookings: shapes.FateIn = "",
    clinic: str = "",
) -> HttpResponse:
    return _change(request, ScheduleRule, rule_id, body, bookings, clinic)


@router.delete("/schedule/rules/{rule_id}", response={204: None}, summary="No longer, from now on")
def remove_rule(
    request: HttpRequest, rule_id: UUID, bookings: shapes.FateIn = "", clinic: str = ""
) -> HttpResponse:
    return _remove(request, ScheduleRule, rule_id, bookings, clinic)


@router.get("/schedule/extras", response=shapes.Extras, summary="Sessions besides the week's")
def list_extras(request: HttpRequest, doctor: str = "", clinic: str = "") -> HttpResponse:
    return _list(request, ExtraSession, doctor, clinic)


@router.post("/schedule/extras", response={201: shapes.ExtraOut}, summary="A session on one day")
def add_extra(
    request: HttpRequest, body: shapes.ExtraIn, bookings: shapes.FateIn = "", clinic: str = ""
) -> HttpResponse:
    return _add(request, ExtraSession, body, bookings, clinic)


@router.patch("/schedule/extras/{extra_id}", response=shapes.ExtraOut, summary="Other hours")
def change_extra(
    request: HttpRequest,
    extra_id: UUID,
    body: shapes.ExtraPatch,
    bookings: shapes.FateIn = "",
    clinic: str = "",
) -> HttpResponse:
    return _change(request, ExtraSession, extra_id, body, bookings, clinic)


@router.delete(
    "/schedule/extras/{extra_id}", response={204: None}, summary="It does not take place"
)
def remove_extra(
    request: HttpRequest, extra_id: UUID, bookings: shapes.FateIn = "", clinic: str = ""
) -> HttpResponse:
    return _remove(request, ExtraSession, extra_id, bookings, clinic)


@router.get("/schedule/leaves", response=shapes.Leaves, summary="When doctors are away")
def list_leaves(request: HttpRequest, doctor: str = "", clinic: str = "") -> HttpResponse:
    return _list(request, Leave, doctor, clinic)


@router.post("/schedule/leaves", response={201: shapes.LeaveOut}, summary="Days or hours off")
def add_leave(
    request: HttpRequest, body: shapes.LeaveIn, bookings: shapes.FateIn = "", clinic: str = ""
) -> HttpResponse:
    return _add(request, Leave, body, bookings, clinic)


@router.patch("/schedule/leaves/{leave_id}", response=shapes.LeaveOut, summary="Longer, shorter")
def change_leave(
    request: HttpRequest,
    leave_id: UUID,
    body: shapes.LeavePatch,
    bookings: shapes.FateIn = "",
    clinic: str = "",
) -> HttpResponse:
    return _change(request, Leave, leave_id, body, bookings, clinic)


@router.delete("/schedule/leaves/{leave_id}", response={204: None}, summary="They work after all")
def remove_leave(
    request: HttpRequest, leave_id: UUID, bookings: shapes.FateIn = "", clinic: str = ""
) -> HttpResponse:
    return _remove(request, Leave, leave_id, bookings, clinic)


def _list(request: HttpRequest, kind: type[Row], doctor: str, clinic: str) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    _must_everywhere(actor, at)
    rows = _rows(kind, at)
    if doctor:
        rows = rows.filter(doctor=_known(doctor_named(doctor), at))
    return sent({"items": [_answer(row) for row in rows]})


def _add(
    request: HttpRequest, kind: type[Row], body: Any, bookings: Any, clinic: str
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    _must_everywhere(actor, at)
    given, fate = _set(body), _fate(bookings)
    doctor = _known(doctor_named(given.pop("doctor_id")), at)
    columns = _columns(kind, at, given, None)

    def act() -> Answer:
        row = kind(doctor=doctor, **columns)
        schedule.add(row, by=actor, at=at, fate=fate)
        return Answer(201, _answer(row))

    return answered(request, act)


def _change(
    request: HttpRequest, kind: type[Row], key: UUID, body: Any, bookings: Any, clinic: str
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    _must_everywhere(actor, at)
    row, fate = _row(kind, at, key), _fate(bookings)
    columns = _columns(kind, at, _set(body), row)

    def act() -> Answer:
        changed = schedule.change(row, columns, by=actor, at=at, fate=fate)
        return Answer(200, _answer(_row(kind, at, changed.public_id)))

    return answered(request, act)


def _remove(
    request: HttpRequest, kind: type[Row], key: UUID, bookings: Any, clinic: str
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    _must_everywhere(actor, at)
    row, fate = _row(kind, at, key), _fate(bookings)

    def act() -> Answer:
        schedule.remove(row, by=actor, at=at, fate=fate)
        return Answer(204)

    return answered(request, act)


def _rows(kind: type[Row], at: Clinic) -> Any:
    """What is written down for this clinic; a leave may be for all where the doctor works."""
    rows: Any = kind._default_manager.select_related("doctor")
    if kind is Leave:
        return rows.at(at).filter(doctor__departments__clinic=at).distinct()
    return rows.filter(department__clinic=at).select_related("department__clinic", "room")


def _row(kind: type[Row], at: Clinic, key: UUID) -> Row:
    found: Row | None = _rows(kind, at).filter(public_id=key).first()
    if found is None:
        raise NotThere(_("There is no such entry of a schedule here."))
    return found


def _known(doctor: Doctor, at: Clinic) -> Doctor:
    if not doctor.departments.filter(clinic=at).exists():
        raise NotThere(_("There is no such doctor here."))
    return doctor


def _columns(kind: type[Row], at: Clinic, given: dict[str, Any], row: Row | None) -> dict[str, Any]:
    partial = row is not None
    if kind is Leave:
        assert row is None or isinstance(row, Leave)
        leave = LeaveForm(at, given, row=row, partial=partial)
        cleaned(leave)
        return leave.settings()
    assert not isinstance(row, Leave)
    if given.get("room"):
        given["room"] = _room(at, given, row)
    forms: dict[Any, type[TimesForm]] = {ScheduleRule: RuleForm, ExtraSession: ExtraForm}
    form = forms[kind](at, given, row=row, partial=partial)
    cleaned(form)
    return form.settings()


def _room(at: Clinic, given: dict[str, Any], row: ScheduleRule | ExtraSession | None) -> UUID:
    """A counter by its code, in the department that is meant."""
    department = given.get("department") or (row.department.code if row else "")
    rooms = Counter.objects.filter(department__clinic=at, department__code__iexact=department)
    room = rooms.filter(code__iexact=given["room"]).first()
    if room is None:
        raise Invalid(room=_("There is no such counter in this department."))
    return room.public_id


def _answer(row: ScheduleRule | ExtraSession | Leave) -> dict[str, Any]:
    if isinstance(row, ScheduleRule):
        return screen.rule_answer(row)
    return screen.extra_answer(row) if isinstance(row, ExtraSession) else screen.leave_answer(row)


def _set(body: Any) -> dict[str, Any]:
    given: dict[str, Any] = body.dict(exclude_unset=True)
    return given


def _fate(bookings: Any) -> Fate | None:
    fate: Fate | None = cleaned(FateForm({"bookings": bookings}))["bookings"]
    return fate
