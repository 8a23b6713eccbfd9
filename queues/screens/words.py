"""The hospital's words for what the rules call by code."""

from __future__ import annotations

from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.models import ApiKey, Department, Event, Token, User
from queues.rules.priority import Priority
from queues.rules.rights import ActorKind
from queues.rules.status import LIVE, Status

STATUS = {
    Status.WAITING: gettext_lazy("waiting"),
    Status.CALLED: gettext_lazy("called"),
    Status.SERVING: gettext_lazy("being served"),
    Status.ON_HOLD: gettext_lazy("on hold"),
    Status.COMPLETED: gettext_lazy("completed"),
    Status.NO_SHOW: gettext_lazy("absent"),
    Status.CANCELLED: gettext_lazy("cancelled"),
    Status.TRANSFERRED: gettext_lazy("sent on"),
}
PRIORITY = {
    Priority.EMERGENCY: gettext_lazy("emergency"),
    Priority.PAID: gettext_lazy("paid"),
    Priority.FOLLOW_UP: gettext_lazy("follow-up"),
    Priority.ELDERLY: gettext_lazy("elderly, pregnant or disabled"),
    Priority.ONLINE: gettext_lazy("booked online"),
    Priority.WALK_IN: gettext_lazy("walk-in"),
}


def who(event: Event) -> str:
    """Who made a change, as colleagues would say it."""
    if event.actor and event.actor_kind == ActorKind.USER:
        user = User.objects.filter(public_id=event.actor).first()
        return (user.get_full_name() or user.username) if user else _("a former colleague")
    if event.actor and event.actor_kind == ActorKind.KEY:
        key = ApiKey.objects.filter(public_id=event.actor).first()
        return key.name if key else _("another system")
    if event.actor_kind == ActorKind.PATIENT:
        return _("the patient")
    return _("the clock") if event.actor_kind == ActorKind.CLOCK else _("the administrator")


def stands(token: Token) -> str:
    """What state a token is in, and where."""
    facts = {
        "label": token.visit.label,
        "state": STATUS[Status(token.status)],
        "counter": token.counter.code if token.counter else "",
    }
    if token.counter and token.status in LIVE:
        return _("%(label)s is %(state)s at counter %(counter)s.") % facts
    return _("%(label)s is %(state)s.") % facts


def standing(token: Token, last: Event | None) -> str:
    """How a token stands, and who put it there when."""
    sentence = stands(token)
    if last is None:
        return sentence
    at = time_format(last.at.astimezone(token.department.clinic.zone), "H:i:s")
    return f"{sentence} " + _("It was put there by %(who)s at %(time)s.") % {
        "who": who(last),
        "time": at,
    }


def department_state(department: Department) -> str:
    """Whether and why a department is not open, for patients and staff alike."""
    if department.state == Department.State.PAUSED:
        sentence = _("%(department)s is paused.")
    elif department.state == Department.State.CLOSED:
        sentence = _("%(department)s is closed.")
    else:
        sentence = _("%(department)s is open.")
    return " ".join(
        filter(None, [sentence % {"department": department.name}, department.state_reason])
    )
