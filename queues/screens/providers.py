"""Doctors as patients find them: by clinic, specialty, language or name, each with the next free
place. A page of them costs the same number of queries, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery

from queues.models import Clinic, Doctor, Slot
from queues.screens.availability import knowing, place_answer


@dataclass(frozen=True)
class Wanted:
    """Which doctors; what is left out leaves nobody out."""

    clinic: Clinic | None = None
    specialty: str = ""
    language: str = ""
    search: str = ""


def providers(wanted: Wanted, now: datetime, page: int, limit: int) -> dict[str, Any]:
    pages = Paginator(_found(wanted).order_by("name", "pk"), limit)
    shown = _with_next(pages.page(page).object_list, wanted, now) if page <= pages.num_pages else []
    free = _next_free(shown)
    return {
        "items": [_answer(doctor, free) for doctor in shown],
        "total": pages.count,
        "page": page,
        "pages": pages.num_pages,
    }


def _found(wanted: Wanted) -> QuerySet[Doctor]:
    found = Doctor.objects.filter(is_active=True)
    if wanted.clinic:
        works_there = Doctor.departments.through.objects.filter(department__clinic=wanted.clinic)
        found = found.filter(pk__in=works_there.values("doctor"))
    if wanted.specialty:
        found = found.filter(specialty__iexact=wanted.specialty)
    if wanted.language:
        found = found.filter(languages__icontains=f'"{wanted.language}"')
    for word in wanted.search.split():
        found = found.filter(Q(name__icontains=word) | Q(specialty__icontains=word))
    return found


def _with_next(page: Any, wanted: Wanted, now: datetime) -> list[Doctor]:
    """Those of the page, and in the same query the key of each one's next free slot."""
    free = Slot.objects.free(now).filter(doctor=OuterRef("pk"))
    if wanted.clinic:
        free = free.filter(clinic=wanted.clinic)
    soonest = Subquery(free.soonest_first().values("pk")[:1])
    return list(page.annotate(next_free=soonest).prefetch_related("departments__clinic"))


def _next_free(doctors: Sequence[Doctor]) -> dict[int, Slot]:
    keys = [doctor.next_free for doctor in doctors if doctor.next_free]  # type: ignore[attr-defined]
    return {slot.doctor_id: slot for slot in knowing(Slot.objects.filter(pk__in=keys))}


def _answer(doctor: Doctor, free: dict[int, Slot]) -> dict[str, Any]:
    clinics = {department.clinic.code for department in doctor.departments.all()}
    return {
        "id": str(doctor.public_id),
        "name": doctor.name,
        "specialty": doctor.specialty,
        "languages": doctor.languages,
        "clinics": sorted(clinics),
        "next_free": place_answer(free[doctor.pk]) if doctor.pk in free else None,
    }
