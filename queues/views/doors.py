"""Who is at the door, which place is meant, and how a page acts once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from queues.actions import limits
from queues.actions.idempotency import Answer, KeyUsedForAnother, once
from queues.actions.refusals import Invalid, NotAllowed, NotThere, Refused
from queues.models import Clinic, Counter, Department, Token, User, visible
from queues.models.codes import by_code
from queues.rules.limits import Door
from queues.rules.networks import network_of
from queues.rules.rights import Act, Actor
from queues.screens import passes
from queues.screens.holders import Holder
from queues.screens.passes import Screen

R = TypeVar("R", bound=HttpResponseBase)
View = Callable[..., HttpResponse]
AnyView = Callable[..., HttpResponseBase]  # also what is sent piece by piece
NOT_TYPED = {"csrfmiddlewaretoken", "once"}


@dataclass(frozen=True)
class Here:
    """A member of staff, in a department where they may do what the page is for."""

    user: User
    actor: Actor
    department: Department

    @property
    def clinic(self) -> Clinic:
        return self.department.clinic

    @property
    def owner(self) -> str:
        return f"user:{self.user.public_id}"

    @property
    def path(self) -> list[str]:
        return [self.clinic.code, self.department.code]

    @property
    def desk(self) -> str:
        return reverse("desk", args=self.path)

    def may(self, act: Act) -> bool:
        return self.actor.may(act, self.clinic.pk, self.department.pk)

    def pass_to(self, *departments: Department) -> str:
        """To hear of these, until they are sent away."""
        return passes.to(Screen.DESK, departments, holder=Holder.user(self.user))


def staff_may(act: Act) -> Callable[[AnyView], AnyView]:
    """Lets in whoever may do this in the department of the address, on its clinic's clock."""

    def guard(view: AnyView) -> AnyView:
        @wraps(view)
        def guarded(
            request: HttpRequest, clinic: str, department: str, **more: object
        ) -> HttpResponseBase:
            if not isinstance(request.user, User):
                shown = request.method in ("GET", "HEAD")
                back = (
                    request.get_full_path() if shown else reverse("desk", args=[clinic, department])
                )
                return redirect_to_login(back)
            here = _here(request.user, clinic, department, act)
            request.actor = here.actor  # type: ignore[attr-defined]
            with timezone.override(here.clinic.zone):
                return private(view(request, here, **more))

        return guarded

    return guard


@dataclass(frozen=True)
class At:
    """A member of staff, at a clinic where they may do what the page is for."""

    user: User
    actor: Actor
    clinic: Clinic
    clinics: list[Clinic]  # all where they may

    @property
    def owner(self) -> str:
        return f"user:{self.user.public_id}"

    def pass_to(self, *departments: Department) -> str:
        """To hear of these, until they are sent away."""
        return passes.to(Screen.DESK, departments, holder=Holder.user(self.user))

    def departments(self, act: Act) -> QuerySet[Department]:
        """Those of this clinic in which they may do this."""
        return visible.departments(self.actor, act).filter(clinic=self.clinic)


def clinic_staff_may(act: Act) -> Callable[[AnyView], AnyView]:
    """Lets in whoever may do this at some clinic, on that clinic's clock. Who works at several
    names one (`?clinic=`), else it is the first by name."""

    def guard(view: AnyView) -> AnyView:
        @wraps(view)
        def guarded(request: HttpRequest, **more: object) -> HttpResponseBase:
            if not isinstance(request.user, User):
                shown = request.method in ("GET", "HEAD")
                return redirect_to_login(request.get_full_path() if shown else request.path)
            at = _at(request.user, act, request.GET.get("clinic", ""))
            request.actor = at.actor  # type: ignore[attr-defined]
            with timezone.override(at.clinic.zone):
                return private(view(request, at, **more))

        return guarded

    return guard


def _at(user: User, act: Act, wanted: str) -> At:
    actor = user.as_actor()
    clinics = [one for one in visible.clinics(actor).order_by("name") if actor.may(act, one.pk)]
    if not clinics:
        raise PermissionDenied
    named = [one for one in clinics if one.code.lower() == wanted.lower()]
    if wanted and not named:
        raise Http404
    return At(user, actor, (named or clinics)[0], clinics)


def _here(user: User, clinic: str, department: str, act: Act) -> Here:
    actor = user.as_actor()
    at = clinic_of(clinic)
    if not actor.works_at(at.pk):
        raise Http404  # a stranger does not learn what there is
    found = by_code(Department, department, clinic=at)
    if found is None:
        raise Http404
    found.clinic = at
    if not actor.may(act, at.pk, found.pk):
        raise PermissionDenied
    return Here(user, actor, found)


def hold_back(request: HttpRequest, door: Door, who: str = "") -> None:
    """Whoever is nobody yet comes through a door only so often; colleagues do as they must."""
    if isinstance(request.user, User):
        return
    try:
        limits.spend(door, who or network_of(request.META.get("REMOTE_ADDR", "")))
    except limits.TooMany as refused:  # the page says so; its header is written at the last door
        request.retry_after = refused.seconds  # type: ignore[attr-defined]
        raise


def clinic_of(code: str) -> Clinic:
    found = by_code(Clinic, code)
    if found is None:
        raise Http404
    return found


def token_of(here: Here, public_id: UUID) -> Token:
    """A token of this department."""
    mine = visible.tokens(here.actor).filter(department=here.department)
    return get_object_or_404(mine, public_id=public_id)


def counter_of(here: Here, code: str) -> Counter:
    """A counter of this department."""
    counters = here.department.counters.select_related(
        "department__clinic", "doctor", "current__visit", "current__department__clinic"
    )
    return get_object_or_404(counters, code=code)


def acted(request: HttpRequest, owner: str, act: Callable[[], Answer], part: str = "") -> Answer:
    """Act once for each form that was shown; sent again, it gets the first answer again.

    A form of several `part`s, each done or refused by itself, acts once for each of them.
    """
    key = form_key(request)
    typed = sorted((name, texts) for name, texts in request.POST.lists() if name not in NOT_TYPED)
    asked = json.dumps([request.path, typed]).encode()
    try:
        return once(owner, f"{key}{part}", hashlib.sha256(asked).hexdigest(), act)
    except KeyUsedForAnother as refused:
        raise KeyUsedForAnother(
            _("This form was sent before. Please look at how things stand now.")
        ) from refused


def form_key(request: HttpRequest) -> str:
    """What `{% once_key %}` wrote into the form."""
    try:
        return str(UUID(request.POST.get("once", "")))
    except ValueError as error:
        raise BadRequest("a form of ours has a key") from error


def done(to: str, sentence: str = "") -> Answer:
    """The answer of a page: where to look next, and what to say there."""
    return Answer(303, {"to": to, "said": sentence})


def status_of(refused: Refused) -> int:
    """With which status the page is shown again that somebody was refused on."""
    by_kind = ((Invalid, 422), (NotThere, 404), (NotAllowed, 403), (limits.TooMany, 429))
    for kind, status in by_kind:
        if isinstance(refused, kind):
            return status
    return 409


def private(response: R) -> R:
    """For these eyes: nothing between us, nor the next at this screen, may keep it."""
    response["Cache-Control"] = "no-store"
    return response
