"""/api/token and /api/queue/call_next: what a kiosk and a desk do with tokens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from queues.actions import calling, checking_in
from queues.actions.idempotency import Answer
from queues.actions.moves import Wish, make
from queues.actions.refusals import NobodyWaiting
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
from queues.models import Token
from queues.rules.people import clean_text
from queues.rules.rights import Act
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
        token = checking_in.come_in(
            patient, department, by=actor, priority=body.priority, doctor=doctor
        )
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
    wish = _wish(token, body)

    def act() -> Answer:
        moved = make(body.action, token, wish, by=actor)
        if body.action is not Move.TRANSFER:
            return _one(moved)
        answer = {"token": token_answer(token), "next": token_answer(moved)}
        return Answer(200, answer, token.visit)

    return answered(request, act)


def _one(token: Token) -> Answer:
    return Answer(200, {"token": token_answer(token)}, token.visit)


def _wish(token: Token, body: shapes.ActionIn) -> Wish:
    clinic = token.department.clinic
    return Wish(
        counter=counter_of(token.department, body.counter) if body.counter else None,
        department=department_of(clinic, body.department) if body.department else None,
        doctor=doctor_of(body.doctor_id),
        priority=body.priority,
        note=clean_text(body.reason),
    )
