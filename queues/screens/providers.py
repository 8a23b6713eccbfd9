"""Doctors as anybody finds them: by clinic, specialty, language or name, each with the next free
place. A page of them costs the same number of queries, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery

from queues.models import Clinic, Doctor, Slot
from queues.screens.answers import Found
from queues.screens.availability import Place, of_these, place_answer

WORKS_IN = Doctor.departments.through.objects.all()


@dataclass(frozen=True)
class Wanted:
    """Which doctors; what is left out leaves nobody out."""

    clinic: Clinic | None = None
    specialty: str = ""
    language: str = ""
    words: str = ""  # of the name or the specialty


class Provider(NamedTuple):
    key: int
    public_id: UUID
    name: str
    specialty: str
    languages: list[str]
    next_free: int | None  # the key of a slot


def doctors(wanted: Wanted) -> QuerySet[Doctor]:
    """Whether they have a free place or not."""
    found = Doctor.objects.filter(is_active=True)
    if wanted.clinic:
        works_there = WORKS_IN.filter(department__clinic=wanted.clinic)
        found = found.filter(pk__in=works_there.values("doctor"))
    if wanted.specialty:
        found = found.filter(specialty__in=_spelled(wanted.specialty))
    if wanted.language:  # a list in a JSON column, which not every engine can look into
        found = found.filter(languages__icontains=f'"{wanted.language}"')
    for word in wanted.words.split():
        found = found.filter(Q(name__says=word) | Q(specialty__says=word))
    return found


def specialties() -> list[str]:
    known = Doctor.objects.filter(is_active=True).exclude(specialty="")
    return sorted(known.order_by().values_list("specialty", flat=True).distinct())


def _spelled(specialty: str) -> list[str]:
    """As it is written of doctors, in any letter case: engines do not agree on what is the same."""
    return [one for one in specialties() if one.casefold() == specialty.casefold()]


def providers(wanted: Wanted, now: datetime, page: int, limit: int) -> Found:
    """`/api/providers`, by name."""
    pages = Paginator(doctors(wanted).order_by("name", "pk"), limit)
    shown = _with_next(pages.page(page).object_list, wanted, now) if page <= pages.num_pages else []
    clinics = _clinics_of(shown)
    places = of_these([one.next_free for one in shown if one.next_free])
    next_of = {place.doctor_key: place for place in places}
    facts = {
        "items": [_answer(one, clinics[one.key], next_of.get(one.key)) for one in shown],
        "total": pages.count,
        "page": page,
        "pages": pages.num_pages,
    }
    return Found(facts, until=places[0].starts_at if places else None)


def _with_next(page: Any, wanted: Wanted, now: datetime) -> list[Provider]:
    """Those of the page, and in the same query the key of each one's next free slot."""
    free = Slot.objects.free(now).filter(doctor=OuterRef("pk"))
    if wanted.clinic:
        free = free.filter(clinic=wanted.clinic)
    page = page.annotate(next_free=Subquery(free.soonest_first().values("pk")[:1]))
    columns = ("pk", "public_id", "name", "specialty", "languages", "next_free")
    return [Provider(*row) for row in page.values_list(*columns)]


def _clinics_of(shown: Sequence[Provider]) -> dict[int, list[str]]:
    clinics: dict[int, list[str]] = {one.key: [] for one in shown}
    works_in = WORKS_IN.filter(doctor__in=list(clinics)).order_by("department__clinic__code")
    for doctor, code in works_in.values_list("doctor", "department__clinic__code").distinct():
        clinics[doctor].append(code)
    return clinics


def _answer(doctor: Provider, clinics: list[str], free: Place | None) -> dict[str, Any]:
    return {
        "id": str(doctor.public_id),
        "name": doctor.name,
        "specialty": doctor.specialty,
        "languages": doctor.languages,
        "clinics": clinics,
        "next_free": place_answer(free) if free else None,
    }
