"""What an event changed, in a sentence, from its values before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.models import Department, Kind
from queues.rules.priority import Policy, Priority
from queues.screens import words

Values = Mapping[str, Any]
DEPARTMENT_STATE = {
    Department.State.OPEN: gettext_lazy("open"),
    Department.State.PAUSED: gettext_lazy("paused"),
    Department.State.CLOSED: gettext_lazy("closed"),
}
POLICY = {
    Policy.FAIR: gettext_lazy("urgency with waiting"),
    Policy.STRICT: gettext_lazy("urgency first"),
}
SETTING = {
    "name": gettext_lazy("the name"),
    "state_reason": gettext_lazy("the reason that patients read"),
    "message": gettext_lazy("the message on the wall"),
    "head_starts": gettext_lazy("the head starts"),
    "hours": gettext_lazy("the hours"),
    "last_issue": gettext_lazy("the time of the last number"),
    "daily_limit": gettext_lazy("the limit of the day"),
    "call_starts_service": gettext_lazy("whether a call starts the service"),
    "assigns_at_issue": gettext_lazy("whether a number is for one counter"),
    "no_show_minutes": gettext_lazy("the minutes until somebody has not come"),
    "returns_behind": gettext_lazy("the place of those who come back"),
    "typical_minutes": gettext_lazy("the usual minutes"),
    "staffed_by": gettext_lazy("who sits there"),
    "doctor": gettext_lazy("the doctor"),
    "serves": gettext_lazy("the priorities that it takes"),
}


def change(kind: str, before: Values, after: Values) -> str:
    """Empty where the words for what happened say it all."""
    if kind == Kind.NUMBERS_PRINTED:
        return _("From %(first)s to %(last)s.") % after
    said = [
        say(before.get(name), after[name]) for name, say in _SAYS.items() if _differs(name, after)
    ]
    others = [str(name) for key, name in SETTING.items() if key in after and key not in _SAYS]
    if others:
        said.append(_("Changed: %(names)s.") % {"names": ", ".join(others)})
    return " ".join(filter(None, said))


def _differs(name: str, after: Values) -> bool:
    return name in after and after[name] is not None


def _status(before: Any, after: Any) -> str:
    if before is None:
        return ""
    return _("It was %(before)s and is now %(after)s.") % {
        "before": words.state(before),
        "after": words.state(after),
    }


def _priority(before: Any, after: Any) -> str:
    new = words.PRIORITY[Priority(after)]
    if before is None:
        return _("Waits as: %(priority)s.") % {"priority": new}
    return _("The priority was %(before)s and is now %(after)s.") % {
        "before": words.PRIORITY[Priority(before)],
        "after": new,
    }


def _assigned(before: Any, after: Any) -> str:
    return _("Waits for counter %(counter)s.") % {"counter": after}


def _state(before: Any, after: Any) -> str:
    """Departments have a state, tokens a status."""
    return _("It was %(before)s and is now %(after)s.") % {
        "before": DEPARTMENT_STATE[Department.State(before)],
        "after": DEPARTMENT_STATE[Department.State(after)],
    }


def _policy(before: Any, after: Any) -> str:
    return _("Whose turn it is goes by %(policy)s now.") % {"policy": POLICY[Policy(after)]}


def _is_open(before: Any, after: Any) -> str:
    return _("The counter opened.") if after else _("The counter closed.")


def _fields(before: Any, after: Any) -> str:
    """Of a consultation: which parts, never what is written there."""
    names = ", ".join(str(words.WRITTEN[name]) for name in after)
    return _("Written: %(names)s.") % {"names": names} if names else ""


_SAYS: dict[str, Callable[[Any, Any], str]] = {
    "status": _status,
    "priority": _priority,
    "assigned": _assigned,
    "state": _state,
    "policy": _policy,
    "is_open": _is_open,
    "fields": _fields,
}
