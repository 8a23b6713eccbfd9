"""/api/providers and /api/availability: what anybody may know of doctors and their free places."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router

from queues.actions.refusals import NotThere
from queues.api import booking_shapes as shapes
from queues.api.doors import clinic_of, doctor_named, published
from queues.api.naming import cleaned
from queues.forms import SearchForm
from queues.models import Clinic, Doctor
from queues.rules.people import clean_text
from queues.screens.availability import Sought, all_keys, of_these, place_answer, soonest
from queues.screens.providers import Wanted, providers
from queues.screens.queue import Published

router = Router(tags=["finding a doctor"])


@router.get("/providers", auth=None, response=shapes.ProviderPage, summary="Doctors")
def list_providers(
    request: HttpRequest, wanted: Query[shapes.ProviderSearch], clinic: str = ""
) -> HttpResponse:
    which = Wanted(
        clinic=clinic_of(request, clinic) if clinic else None,
        specialty=clean_text(wanted.specialty),
        language=wanted.language.strip().lower(),
        search=clean_text(wanted.search),
    )
    return _published(request, providers(which, timezone.now(), wanted.page, wanted.limit))


@router.get(
    "/providers/{doctor_id}/availability",
    auth=None,
    response=shapes.PlacePage,
    summary="A doctor's free places",
)
def of_provider(
    request: HttpRequest, doctor_id: str, wanted: Query[shapes.TimesOfOne], clinic: str = ""
) -> HttpResponse:
    at = clinic_of(request, clinic) if clinic else None
    doctor = doctor_named(doctor_id)
    if not doctor.is_active:
        raise NotThere(_("There is no such doctor here."))
    sought = _sought(wanted, at, doctor)
    pages = Paginator(all_keys(sought, timezone.now()), wanted.limit)
    keys = list(pages.page(wanted.page)) if wanted.page <= pages.num_pages else []
    found = {
        "items": [place_answer(slot) for slot in of_these(keys)],
        "total": pages.count,
        "page": wanted.page,
        "pages": pages.num_pages,
    }
    return _published(request, found)


@router.get(
    "/availability", auth=None, response=shapes.Places, summary="Free places, the soonest first"
)
def search(
    request: HttpRequest, wanted: Query[shapes.PlaceSearch], clinic: str = ""
) -> HttpResponse:
    sought = _sought(wanted, clinic_of(request, clinic) if clinic else None)
    found = soonest(sought, timezone.now(), wanted.limit)
    return _published(request, {"items": [place_answer(slot) for slot in found]})


def _sought(wanted: shapes.Times, clinic: Clinic | None, doctor: Doctor | None = None) -> Sought:
    typed = {**wanted.dict(), "from": wanted.since}
    times = cleaned(SearchForm(typed))
    return Sought(
        clinic=clinic,
        doctor=doctor,
        specialty=times["specialty"],
        first=times["from"],
        last=times["to"],
        times_of_day=times["time_of_day"],
    )


def _published(request: HttpRequest, facts: dict[str, Any]) -> HttpResponse:
    return published(request, Published.of(facts))
