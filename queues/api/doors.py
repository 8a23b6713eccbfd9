"""Who calls, which clinic and department are meant, and how an answer leaves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from ninja.parser import Parser
from ninja.security import HttpBearer

from queues.actions import limits
from queues.actions.idempotency import LONGEST_KEY, Answer, once
from queues.actions.refusals import Invalid, NotAllowed, NotThere
from queues.models import (
    ApiKey,
    Appointment,
    Clinic,
    Counter,
    Department,
    Doctor,
    Patient,
    Token,
    WaitlistEntry,
    statements,
    visible,
)
from queues.models.codes import by_code
from queues.rules.limits import Door
from queues.rules.links import hashed, secret_in
from queues.rules.networks import network_of
from queues.rules.rights import Act, Actor, ActorKind
from queues.screens import awaited, booked
from queues.screens.published import Published


class KeyHolder(HttpBearer):
    """A key of ours in the Authorization header; its actor goes with the request."""

    openapi_description = "A key made by `./dev manage api_key`."

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        key = ApiKey.of_holder(token)
        if key is None:
            limits.spend(Door.BAD_KEY, network_of(request.META.get("REMOTE_ADDR", "")))
            return None
        limits.spend(Door.KEY, str(key.public_id), key.rate)
        request.clinic = key.clinic  # type: ignore[attr-defined]
        return key.as_actor()


class KeyOrLink(KeyHolder):
    """A key; or the secret of an appointment's link or of a wait's, for that one alone."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        if secret := secret_in(token):
            linked = _behind(secret)
            request.linked = linked  # type: ignore[attr-defined]
            return Actor(ActorKind.PATIENT, linked.public_id, origin="phone") if linked else None
        return super().authenticate(request, token)


def _behind(secret: str) -> Appointment | WaitlistEntry | None:
    """What the link leads to; nothing once it is over, as on its page."""
    link_hash, now = hashed(secret), timezone.now()
    if appointment := booked.known(link_hash):
        return None if booked.is_over(appointment, now) else appointment
    entry = awaited.known(link_hash)
    return None if entry is None or awaited.is_over(entry, now) else entry


class WrongMediaType(Exception):
    """The body is of a kind that we do not read."""


class StrictParser(Parser):
    """JSON that says that it is JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise WrongMediaType(request.content_type)
        return json.loads(request.body)


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


def clinic_of(request: HttpRequest, code: str = "") -> Clinic:
    """The clinic that is named, else the key's, else the only one."""
    own: Clinic | None = getattr(request, "clinic", None)
    if own:
        if code and code.lower() != own.code.lower():
            raise NotThere(_("There is no such clinic here."))
        return own
    if code:
        return clinic_named(code)
    clinics = list(Clinic.objects.all()[:2])
    if len(clinics) != 1:
        raise Invalid(clinic=_("Please name the clinic."))
    return clinics[0]


def clinic_named(code: str) -> Clinic:
    named = by_code(Clinic, code)
    if named is None:
        raise NotThere(_("There is no such clinic here."))
    return named


def department_of(clinic: Clinic, code: str) -> Department:
    found = by_code(Department, code, clinic=clinic)
    if found is None:
        raise NotThere(_("There is no such department here."))
    found.clinic = clinic
    return found


def counter_of(department: Department, code: str) -> Counter:
    counter = by_code(Counter, code, "doctor", "current__visit", department=department)
    if counter is None:
        raise NotThere(_("There is no such counter in this department."))
    counter.department = department
    return counter


def doctor_of(public_id: UUID | None) -> Doctor | None:
    if public_id is None:
        return None
    doctor = statements.found(Doctor, {"public_id": public_id})
    if doctor is None:
        raise NotThere(_("There is no such doctor here."))
    return doctor


def doctor_named(text: str) -> Doctor:
    """By the public id, or by the code that other systems know them by, in any case."""
    doctor = find_doctor(text)
    if doctor is None:
        raise NotThere(_("There is no such doctor here."))
    return doctor


def find_doctor(text: str) -> Doctor | None:
    if public_id := as_public_id(text):
        return statements.found(Doctor, {"public_id": public_id})
    return by_code(Doctor, text)


def as_public_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def patient_of(public_id: UUID) -> Patient:
    """Anybody of the organisation: whoever holds a record's id was given it."""
    found = statements.found(Patient, {"public_id": public_id}, "merged_into")
    if found is None:
        raise NotThere(_("There is no such patient here."))
    return found


def token_of(actor: Actor, public_id: str) -> Token:
    named = as_public_id(public_id)
    found = visible.token(actor, named) if named else None
    if found is None:
        raise NotThere(_("There is no such token here."))
    return found


def must(actor: Actor, act: Act, clinic: Clinic, department: Department | None = None) -> None:
    if not actor.may(act, clinic.pk, department.pk if department else None):
        raise NotAllowed(_("This key may not do that here."))


def answered(request: HttpRequest, act: Callable[[], Answer]) -> HttpResponse:
    """Act, once for each Idempotency-Key, and send the answer with its links."""
    return leave(acted(request, act))


def acted(request: HttpRequest, act: Callable[[], Answer]) -> Answer:
    """Act, once for each Idempotency-Key; sent again, it gets the first answer again."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return act()
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Invalid(**{"Idempotency-Key": _("At most 255 printable characters.")})
    asked = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    actor = actor_of(request)
    owner = f"{'link' if actor.kind is ActorKind.PATIENT else 'key'}:{actor.public_id}"
    return once(owner, key, hashlib.sha256(asked).hexdigest(), act)


def sent(body: dict[str, Any]) -> HttpResponse:
    return leave(Answer(200, body))


def leave(answer: Answer) -> HttpResponse:
    """An answer for its caller alone, which nothing between us may keep."""
    if answer.status == 204:
        response = HttpResponse(status=204)
    else:
        if link := answer.link:
            _fill_links(answer.body, link)
        response = JsonResponse(answer.body, status=answer.status)
    response["Cache-Control"] = "no-store"
    return response


def _fill_links(body: Any, link: str) -> None:
    if isinstance(body, dict):
        if "status_url" in body:
            body["status_url"] = link
        for part in body.values():
            _fill_links(part, link)


def published(
    request: HttpRequest, what: Published, again: Callable[[], Published | None] | None = None
) -> HttpResponse:
    """Public bytes; whoever has them already hears only that they still hold."""
    response = HttpResponse(what.body, content_type="application/json")
    response["ETag"] = what.etag
    response["Cache-Control"] = "no-cache"
    response.published = what.that_can_be_read(again) if again else what  # type: ignore[attr-defined]
    return get_conditional_response(request, etag=what.etag, response=response) or response
