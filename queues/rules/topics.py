"""What a public answer rests on: the names of what can move, for whoever writes that it did and for
whoever keeps an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

ALL_PLACES = "places"  # the free places of all doctors
ALL_WEEKS = "weeks"  # who works where


def of_department(public_id: UUID) -> str:
    return f"department {public_id}"


def of_clinic(key: int) -> str:
    return f"clinic {key}"


def places_of(clinic: int) -> str:
    return f"places {clinic}"


@dataclass(frozen=True)
class Rests:
    """The answer holds until one of these moves, and no longer than until then."""

    on: frozenset[str]
    until: datetime | None = None
