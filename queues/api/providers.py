"""/api/providers and /api/availability: what anybody may know of doctors and their free places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from queues.actions.refusals import NotThere
from queues.api import booking_shapes as shapes
from queues.api.doors import clinic_named, doctor_named, published
from queues.api.naming import cleaned
from queues.forms import SearchForm
from queues.models import Clinic
from queues.rules.people import clean_text
from queues.screens.answers import Basis, Look, Question, shelf
from queues.screens.availability import places, places_of
from queues.screens.providers import Wanted, providers
from queues.screens.search import Sought

router = Router(tags=["finding a doctor"])


@router.get("/providers", auth=None, response=shapes.ProviderPage, summary="Doctors")
def list_providers(
    request: HttpRequest, wanted: Query[shapes.ProviderSearch], clinic: str = ""
) -> HttpResponse:
    whom = Wanted(
        specialty=clean_text(wanted.specialty).casefold(),
        language=wanted.language.strip().lower(),
        words=" ".join(sorted(set(clean_text(wanted.search).split()))),
    )

    def look() -> Look:
        """Who works where may be written down anywhere, so it rests on all clinics."""
        there = replace(whom, clinic=_at(clinic))
        return Look(Basis(), lambda now: providers(there, now, wanted.page, wanted.limit))

    question = ("providers", clinic.lower(), whom, wanted.page, wanted.limit)
    return _kept(request, question, look)


@router.get(
    "/providers/{doctor_id}/availability",
    auth=None,
    response=shapes.PlacePage,
    summary="A doctor's free places",
)
def of_provider(
    request: HttpRequest, doctor_id: str, wanted: Query[shapes.TimesOfOne], clinic: str = ""
) -> HttpResponse:
    sought = _sought(wanted)

    def look() -> Look:
        at, doctor = _at(clinic), doctor_named(doctor_id)
        if not doctor.is_active:
            raise NotThere(_("There is no such doctor here."))
        theirs = replace(sought, clinic=at, doctors=frozenset({doctor.pk}))
        basis = Basis(doctor=doctor.pk)
        return Look(basis, lambda now: places_of(theirs, now, wanted.page, wanted.limit))

    question = ("of", doctor_id.lower(), clinic.lower(), sought, wanted.page, wanted.limit)
    return _kept(request, question, look)


@router.get(
    "/availability", auth=None, response=shapes.Places, summary="Free places, the soonest first"
)
def search(
    request: HttpRequest, wanted: Query[shapes.PlaceSearch], clinic: str = ""
) -> HttpResponse:
    sought = _sought(wanted)

    def look() -> Look:
        at = _at(clinic)
        theirs = replace(sought, clinic=at)
        basis = Basis(clinic=at.pk if at else None)
        return Look(basis, lambda now: places(theirs, now, wanted.limit))

    question = ("places", clinic.lower(), sought, wanted.limit)
    return _kept(request, question, look)


def _at(clinic: str) -> Clinic | None:
    return clinic_named(clinic) if clinic else None


def _kept(request: HttpRequest, question: Question, look: Callable[[], Look]) -> HttpResponse:
    again = partial(shelf.newest, question, look)
    return published(request, again(), again)


def _sought(wanted: shapes.Times) -> Sought:
    times = cleaned(SearchForm({**wanted.dict(), "from": wanted.since}))
    return Sought(
        specialty=times["specialty"].casefold(),
        first=times["from"],
        last=times["to"],
        times_of_day=tuple(times["time_of_day"]),
    )
