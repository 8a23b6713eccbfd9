"""Who stands at the kiosk, what they have answered, and in which language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, wraps
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from queues.models import Clinic, Department, Device
from queues.rules.limits import Door
from queues.rules.rights import Actor, ActorKind, Grant, Role
from queues.screens import passes
from queues.screens.holders import Holder
from queues.screens.passes import Screen
from queues.views import machines, pairing
from queues.views.doors import clinic_of, hold_back, private
from queues.views.kiosk.draft import LASTS, Draft, draft_of, drop
from queues.views.kiosk.path import Question

AUTOPRINT = "kiosk-autoprint"
IDLE, WARNING = 60, 20  # seconds until we ask whether anybody is there, and until all is wiped


@dataclass
class Kiosk:
    """One request of one machine by the door."""

    request: HttpRequest
    clinic: Clinic
    draft: Draft | None
    device: Device | None = None  # that was let in; else it is anybody's, and of the whole clinic

    @cached_property
    def actor(self) -> Actor:
        """Whoever stands there; of a machine that was let in, in its departments alone."""
        if self.device:
            grants, itself = self.device.grants(), self.device.public_id
            return Actor(ActorKind.PATIENT, itself, grants, origin="kiosk")
        grant = Grant(self.clinic.pk, None, Role.KIOSK)
        return Actor(ActorKind.PATIENT, grants=(grant,), origin="kiosk")

    @property
    def departments(self) -> QuerySet[Department]:
        return (self.device or self.clinic).departments.select_related("clinic")

    def hold_back(self, door: Door) -> None:
        """A machine that was let in is no stranger: all that it asks for is counted as its own."""
        if not self.device:
            hold_back(self.request, door)

    @property
    def owner(self) -> str:
        """Names this machine, so that nobody else replays its answers."""
        return f"kiosk:{self.request.session['kiosk']}"

    @property
    def prints_itself(self) -> bool:
        """Whether this machine was told to print each number without being asked."""
        return self.request.COOKIES.get(AUTOPRINT) == "1"

    @property
    def languages(self) -> list[str]:
        """That the clinic's patients choose from; the first is the clinic's own."""
        known = dict(settings.LANGUAGES)
        return [code for code in self.clinic.languages if code in known] or [settings.LANGUAGE_CODE]

    @property
    def language(self) -> str:
        """Of whoever answers here, or was given a number a moment ago; else the clinic's own."""
        if self.draft:
            return self.draft.language
        ticket = self.request.session.get("ticket") or {}
        return str(ticket.get("language") or self.languages[0])

    @property
    def has_begun(self) -> bool:
        """Somebody is here. Where there is no language to choose, only an answer tells so: the
        first question is what the screen shows while nobody is."""
        return self.draft is not None and (len(self.languages) > 1 or bool(self.draft.answers))

    def begin(self, language: str) -> None:
        """Somebody is here. Whoever only changes the language keeps what they have typed."""
        self.request.session.setdefault(
            "kiosk", uuid4().hex
        )  # before there are two taps to compare
        self.draft = self.draft or Draft(self.clinic.code, language)
        self.draft.language = language
        self.draft.keep(self.request.session)

    def wipe(self) -> None:
        """Whoever was here is gone, with all they typed and the number they got."""
        self.draft = None
        drop(self.request.session)
        self.request.session.pop("ticket", None)
        self.request.session.set_expiry(None)  # it knows nobody now, and may last as others do

    def to(self, name: str = "kiosk") -> HttpResponse:
        return redirect(name, self.clinic.code)

    def ask(self, question: Question) -> HttpResponse:
        return redirect("kiosk-question", self.clinic.code, question)

    @property
    def _pass(self) -> str:
        """By which it hears that it is sent away."""
        holder = Holder.device(self.device) if self.device else None
        return passes.to(Screen.KIOSK, [], holder=holder) if holder else ""

    def show(self, template: str, shown: dict[str, Any], status: int = 200) -> HttpResponse:
        page = {
            "clinic": self.clinic,
            "begun": self.has_begun,
            "several_languages": len(self.languages) > 1,
            "language_name": dict(settings.LANGUAGES)[self.language],
            "idle": IDLE,
            "warning": WARNING,
            "pass": self._pass,
            "lasts": int(LASTS.total_seconds()) + 1,
            **shown,
        }
        with translation.override(self.language):
            response = render(self.request, f"kiosk/{template}.html", page, status=status)
        response["Content-Language"] = self.language
        return response


def at_kiosk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """On the clinic's clock, in the language of whoever stands there, and kept nowhere.

    The language is theirs alone: no cookie is set that the next patient would have to undo. The
    only one is the machine's own.
    """

    @wraps(view)
    def guarded(request: HttpRequest, clinic: str, **more: object) -> HttpResponse:
        at = clinic_of(clinic)
        machine = machines.machine(request, Device.Kind.KIOSK)
        kiosk = Kiosk(request, at, draft_of(request.session, at), machine.at(at))
        with translation.override(kiosk.language), timezone.override(at.zone):
            if machine.may_show(at):
                response = private(view(kiosk, **more))
            else:
                kiosk.wipe()
                response = pairing.shown(request, Device.Kind.KIOSK, 403)
        machine.goes_on(response)
        if "autoprint" in request.GET:  # set once, at the machine's start; it outlasts the session
            _keep_for_this_machine(response, request.GET["autoprint"])
        return response

    return guarded


def _keep_for_this_machine(response: HttpResponse, autoprint: str) -> None:
    response.set_cookie(
        AUTOPRINT,
        "1" if autoprint == "1" else "0",
        max_age=timedelta(days=365),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
