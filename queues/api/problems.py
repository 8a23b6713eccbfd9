"""RFC 9457: every refusal as application/problem+json with a code that stays the same."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Schema

from queues.actions import limits, refusals
from queues.actions.idempotency import KeyUsedForAnother

MEDIA_TYPE = "application/problem+json"
STATUS = {
    refusals.NotAllowed: 403,
    refusals.NotThere: 404,
    refusals.Conflict: 409,
    refusals.Invalid: 422,
    KeyUsedForAnother: 422,
    limits.TooMany: 429,
}


class FieldProblem(Schema):
    field: str
    detail: str


class Problem(Schema):
    """What went wrong, for people (`detail`) and for programs (`code`)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] = []


def problem(
    status: int,
    code: str,
    detail: str,
    fields: Mapping[str, str] | None = None,
    **facts: Any,
) -> HttpResponse:
    body = {
        **facts,
        "type": f"urn:nextpatient:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [{"field": name, "detail": text} for name, text in (fields or {}).items()],
    }
    response = JsonResponse(body, status=status)
    response["Content-Type"] = MEDIA_TYPE
    response["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def of_refusal(refused: refusals.Refused) -> HttpResponse:
    status = next(status for kind, status in STATUS.items() if isinstance(refused, kind))
    fields = refused.fields if isinstance(refused, refusals.Invalid) else None
    response = problem(status, refused.code, refused.sentence, fields, **refused.facts)
    if isinstance(refused, limits.TooMany):
        response["Retry-After"] = str(refused.seconds)
    return response


def of_status(status: int) -> HttpResponse:
    """For what is answered outside the API's own code: an unknown address, a wrong method …"""
    sentences = {
        400: _("The request cannot be understood."),
        403: _("This is not allowed."),
        404: _("There is nothing at this address."),
        405: _("This method is not possible here."),
        413: _("The request is too large."),
        429: _("That was too often in a short time. Please wait a moment, or see the reception."),
        500: _("Something went wrong on our side. It has been noted."),
    }
    phrase = HTTPStatus(status).phrase
    return problem(status, phrase.lower().replace(" ", "_"), sentences.get(status, phrase))
