"""/api/token and /api/queue/call_next: what a kiosk and a desk do with tokens."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from queues.actions import calling, issuing, tokens
from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid, NobodyWaiting
from queues.actions.undoing import undo
from queues.api import shapes
from queues.api.doors import (
    actor_of,
    answered,
    clinic_of,
    counter_of,
    department_of,
    doctor_of,
    leave,
    must,
    patient_of,
    token_of,
)
from queues.models import Counter, Department, Token
from queues.rules.people import clean_text
from queues.rules.rights import Act, Actor
from queues.rules.status import Move
from queues.screens.queue import token_answer

router = Router(tags=["tokens"])


@router.post("/token", response={201: shapes.TokenOut}, summary="Give a patient a number")
def issue(request: HttpRequest, body: shapes.TokenIn, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    department = department_of(at, body.department)
    must(actor, Act.ISSUE, at, department)
    patient, doctor = patient_of(body.patient_id), doctor_of(body.doctor_id)

    def act() -> Answer:
        token = issuing.issue(patient, department, by=actor, priority=body.priority, doctor=doctor)
        return Answer(201, token_answer(token), token.visit)

    return answered(request, act)


@router.get("/token/{token_id}", response=shapes.TokenOut, summary="One token and its place")
def show(request: HttpRequest, token_id: str) -> HttpResponse:
    token = token_of(actor_of(request), token_id)
    return leave(Answer(200, token_answer(token), token.visit))


@router.post(
    "/queue/call_next",
    response={200: shapes.TokenAnswer, 204: None},
    summary="Call whoever is next",
)
def call_next(request: HttpRequest, body: shapes.CallNextIn, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    department = department_of(at, body.department)
    must(actor, Act.WORK_QUEUE, at, department)
    counter = counter_of(department, body.counter)

    def act() -> Answer:
        try:
            if body.complete and counter.current:
                token = calling.complete_and_call_next(counter, by=actor)
            else:
                token = calling.call_next(counter, by=actor)
        except NobodyWaiting:
            return Answer(204)
        return _one(token) if token else Answer(204)

    return answered(request, act)


@router.post(
    "/token/{token_id}/action", response=shapes.TokenAnswer, summary="Do something with a token"
)
def act_on(request: HttpRequest, token_id: str, body: shapes.ActionIn) -> HttpResponse:
    actor = actor_of(request)
    token = token_of(actor, token_id)
    must(actor, Act.WORK_QUEUE, token.department.clinic, token.department)
    return answered(request, lambda: _ACTIONS[body.action](token, actor, body))


def _one(token: Token) -> Answer:
    return Answer(200, {"token": token_answer(token)}, token.visit)


def _call(token: Token, by: Actor, body: shapes.ActionIn) -> Answer:
    return _one(calling.call(token, _counter(token.department, body), by=by))


def _transfer(token: Token, by: Actor, body: shapes.ActionIn) -> Answer:
    if not body.department:
        raise Invalid(department=_("Please name the department to send the patient to."))
    department = department_of(token.department.clinic, body.department)
    doctor = doctor_of(body.doctor_id)
    follower = issuing.transfer(token, department, by=by, doctor=doctor, note=_reason(body))
    answer = {"token": token_answer(token), "next": token_answer(follower)}
    return Answer(200, answer, token.visit)


def _set_priority(token: Token, by: Actor, body: shapes.ActionIn) -> Answer:
    if body.priority is None:
        raise Invalid(priority=_("Please name the priority."))
    return _one(tokens.set_priority(token, body.priority, by=by, note=_reason(body)))


def _counter(department: Department, body: shapes.ActionIn) -> Counter:
    if not body.counter:
        raise Invalid(counter=_("Please name the counter that calls."))
    return counter_of(department, body.counter)


def _reason(body: shapes.ActionIn) -> str:
    return clean_text(body.reason)


_ACTIONS: dict[Move, Callable[[Token, Actor, shapes.ActionIn], Answer]] = {
    Move.CALL: _call,
    Move.START: lambda token, by, body: _one(tokens.start(token, by=by)),
    Move.COMPLETE: lambda token, by, body: _one(tokens.complete(token, by=by, note=_reason(body))),
    Move.NO_SHOW: lambda token, by, body: _one(tokens.no_show(token, by=by, note=_reason(body))),
    Move.RECALL: lambda token, by, body: _one(tokens.recall(token, by=by)),
    Move.PUT_BACK: lambda token, by, body: _one(tokens.put_back(token, by=by, note=_reason(body))),
    Move.HOLD: lambda token, by, body: _one(tokens.hold(token, by=by, note=_reason(body))),
    Move.RESUME: lambda token, by, body: _one(tokens.resume(token, by=by)),
    Move.RETURN: lambda token, by, body: _one(tokens.return_(token, by=by)),
    Move.TRANSFER: _transfer,
    Move.CANCEL: lambda token, by, body: _one(tokens.cancel(token, by=by, note=_reason(body))),
    Move.PRIORITY: _set_priority,
    Move.UNDO: lambda token, by, body: _one(undo(token, by=by)),
}
