"""Where somebody who works here can go: what they may do, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from queues.models import User
from queues.rules.rights import Act, Actor

register = template.Library()

PLACES: tuple[tuple[str, Promise, frozenset[Act], str], ...] = (
    ("desks", gettext_lazy("Departments"), frozenset({Act.WORK_QUEUE}), "/desk/"),
    ("appointments", gettext_lazy("Appointments"), frozenset({Act.BOOK}), "/appointments/"),
    ("doctor", gettext_lazy("Doctor"), frozenset({Act.CONSULT}), "/doctor/"),
    ("patients", gettext_lazy("Patients"), frozenset({Act.SEE_PATIENTS}), "/patients/"),
    (
        "consultations",
        gettext_lazy("Consultations"),
        frozenset({Act.CONSULT, Act.SEE_CONSULTATIONS}),
        "/consultations/",
    ),
    ("schedule", gettext_lazy("Schedule"), frozenset({Act.SET_SCHEDULE}), "/schedule/"),
    ("house", gettext_lazy("House"), frozenset({Act.SET_HOUSE}), "/house/"),
)


@dataclass(frozen=True)
class Way:
    to: str
    name: str
    is_here: bool


@register.inclusion_tag("parts/staff_nav.html", takes_context=True)
def staff_nav(context: RequestContext) -> dict[str, Any]:
    """One query where the page has not asked yet what the user is, and where."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or not isinstance(user, User):
        return {"ways": []}
    actor: Actor = getattr(request, "actor", None) or user.as_actor()
    ways = [
        Way(to, str(name), request.path.startswith(beneath))
        for url, name, acts, beneath in PLACES
        if _may_somewhere(actor, acts) and (to := _address(url))
    ]
    return {"ways": ways, "request": request, "user": user}


def _may_somewhere(actor: Actor, acts: frozenset[Act]) -> bool:
    return any(actor.may(act, grant.clinic_id) for grant in actor.grants for act in acts)


def _address(name: str) -> str:
    """Empty where this house has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
