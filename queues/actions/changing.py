"""A row gets new settings, and its event tells those that differ."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.db import models

from queues.models.public_id import WithPublicId

State = dict[str, Any]


def change_row(row: models.Model, settings: State) -> tuple[State, State]:
    """Save what differs; returns it as it was and as it is, in public words."""
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
