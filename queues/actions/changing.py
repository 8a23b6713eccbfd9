"""A row gets new settings, and its event tells those that differ."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from queues.actions.refusals import ChangedMeanwhile
from queues.models.public_id import WithPublicId
from queues.rules.links import hashed

State = dict[str, Any]


def standing(row: models.Model, names: Iterable[str]) -> str:
    """How these settings are, in one word that a page carries until it is sent."""
    told = {name: plain(getattr(row, name)) for name in names}
    return hashed(json.dumps(told, sort_keys=True))


def change_row(row: models.Model, settings: State, seen: str = "") -> tuple[State, State]:
    """Save what differs; returns it as it was and as it is, in public words. Whoever `seen` them
    stand otherwise is told first: else they would take back what somebody else has just set."""
    if seen and seen != standing(row, settings):
        raise ChangedMeanwhile(
            _(
                "Somebody else has changed this meanwhile. What you typed is still here: save it"
                " again to set it so, or load the page anew to see what is set."
            )
        )
    before = {name: plain(getattr(row, name)) for name in settings}
    for name, value in settings.items():
        setattr(row, name, value)
    after = {name: plain(getattr(row, name)) for name in settings}
    changed = [name for name in settings if before[name] != after[name]]
    if changed:
        row.save(update_fields=changed)
    return {name: before[name] for name in changed}, {name: after[name] for name in changed}


def plain(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value.public_id) if isinstance(value, WithPublicId) else value
