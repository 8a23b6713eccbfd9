"""The API as a whole: its doors, its errors, its schema."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from queues.actions.refusals import Refused
from queues.api import (
    appointments,
    booking,
    consultations,
    doctor,
    hours,
    house,
    patients,
    problems,
    providers,
    schedule,
    tokens,
    waitlist,
)
from queues.api.doors import KeyHolder, StrictParser, WrongMediaType

ALWAYS_POSSIBLE = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429)


class Api(NinjaAPI):
    """Ninja's, with our errors in its schema."""

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(*args, **kwargs)
        schema["components"]["schemas"]["Problem"] = problems.Problem.model_json_schema(
            ref_template="#/components/schemas/{model}"
        )
        refused = {
            "description": "Refused, and why",
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status in ALWAYS_POSSIBLE:
                    operation["responses"][status] = refused
        return schema


api = Api(
    title="NextPatient",
    version="1",
    description="The queue of a hospital. Every POST may carry an `Idempotency-Key`.",
    auth=KeyHolder(),
    parser=StrictParser(),
    urls_namespace="api",
)
api.add_router("/patients", patients.router)
for one in (
    booking,
    doctor,
    appointments,
    waitlist,
    providers,
    hours,
    schedule,
):  # before `/token/{token_id}`
    api.add_router("", one.router)
api.add_router("", tokens.router)
api.add_router("", house.router)
api.add_router("", consultations.router)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return problems.of_refusal(error)


@api.exception_handler(AuthenticationError)
def unknown_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problems.problem(401, "unauthorized", _("Please send a valid key."))


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = {_field(fault["loc"]): str(fault["msg"]) for fault in error.errors}
    return problems.problem(422, "invalid", _("Please look at the marked fields again."), fields)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja says 'cannot parse' whatever the reason was; the reason is its cause."""
    if isinstance(error.__cause__, WrongMediaType):
        return problems.problem(415, "unsupported_media_type", _("Please send application/json."))
    return problems.problem(400, "invalid_json", _("The body is not JSON."))


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problems.of_status(413)


@api.exception_handler(Http404)
def nothing_here(request: HttpRequest, error: Http404) -> HttpResponse:
    return problems.of_status(404)


def _field(location: tuple[str | int, ...]) -> str:
    """Where the fault lies, without Ninja's own words for body and query."""
    names = [str(part) for part in location if part not in ("body", "query", "path", "wanted")]
    return ".".join(names) or "body"
