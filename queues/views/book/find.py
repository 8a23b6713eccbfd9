"""Doctors and their free times. Everything that is asked is in the address, so that it can be kept
and sent on; nothing of it says who asks."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from queues.forms.portal import FindForm
from queues.models import Clinic, Doctor
from queues.screens import portal
from queues.screens.portal import Offer
from queues.screens.providers import Wanted, specialties
from queues.screens.search import Sought
from queues.views.book.door import address_of_times, all_clinics, in_portal, shown

NARROWS = ("date", "time_of_day")  # what is let go first where nothing fits


@require_safe
@in_portal
def find(request: HttpRequest) -> HttpResponse:
    now, clinics = timezone.now(), all_clinics()
    form = FindForm(request.GET, clinics=clinics, specialties=specialties(), today=_today(clinics))
    is_clear = form.is_valid()
    page = _page_of(request)
    offers: list[Offer] = []
    others: list[Offer] = []
    has_more = False
    if is_clear:
        wanted, sought = _asked(form.cleaned_data, clinics)
        offers, has_more = portal.offers(wanted, sought, clinics, now, page)
        if not offers and sought.asks_a_clock:
            wider = Sought(sought.clinic, sought.specialty)
            others, _more = portal.offers(wanted, wider, clinics, now)
    context = {
        "form": form,
        "offers": offers,
        "to": address_of_times(),
        "others": others,
        "page": page,
        "earlier": _with(request, page=page - 1) if page > 1 else "",
        "more": _with(request, page=page + 1) if has_more else "",
        "anything": _without(request, *NARROWS),
        "wait_for": _wait_for(form, offers or others),
        "chosen": [name for name in form.fields if is_clear and form.cleaned_data.get(name)],
        "several_clinics": len(clinics) > 1,
    }
    return shown(request, "find", context, 200 if is_clear else 422)


@require_safe
@in_portal
def doctor(request: HttpRequest, doctor: UUID) -> HttpResponse:
    """All free times of one doctor, some days at a time."""
    one = get_object_or_404(Doctor, public_id=doctor, is_active=True)
    now, clinics = timezone.now(), all_clinics()
    page = portal.times_of(one, now, from_day=_day(request.GET.get("date", "")))
    context = {
        "doctor": one,
        "days": page.days,
        "to": address_of_times(),
        "later": page.later,
        "is_later": bool(request.GET.get("date")),
        "several_clinics": len(clinics) > 1,
    }
    return shown(request, "doctor", context)


def _asked(given: dict[str, Any], clinics: list[Clinic]) -> tuple[Wanted, Sought]:
    """Which doctors, and which of their times."""
    wanted = Wanted(specialty=given["specialty"], language=given["speaks"], words=given["doctor"])
    sought = Sought(
        clinic=next((one for one in clinics if one.code == given["clinic"]), None),
        specialty=given["specialty"],
        first=given["date"],
        last=given["date"],
        times_of_day=(given["time_of_day"],) if given["time_of_day"] else (),
    )
    return wanted, sought


def _wait_for(form: FindForm, offers: list[Offer]) -> str:
    """For what one could wait: the doctor who was found, else the specialty that was asked for."""
    given = getattr(form, "cleaned_data", {})
    asked = {name: str(given[name]) for name in ("specialty", "clinic") if given.get(name)}
    if given.get("doctor") and len(offers) == 1:
        asked = {"doctor": str(offers[0].doctor.public_id)}
    if given.get("date"):
        asked |= {"earliest": given["date"].isoformat(), "latest": given["date"].isoformat()}
    if given.get("time_of_day"):
        asked["times_of_day"] = given["time_of_day"]
    return urlencode(asked) if {"specialty", "doctor"} & set(asked) else ""


def _today(clinics: list[Clinic]) -> date:
    """The earliest that it is at any of them."""
    now = timezone.now()
    return min((clinic.calendar_day(now) for clinic in clinics), default=now.date())


def _page_of(request: HttpRequest) -> int:
    typed = request.GET.get("page", "")
    return max(int(typed), 1) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 1


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _with(request: HttpRequest, **more: object) -> str:
    asked = request.GET.copy()
    for name, value in more.items():
        asked[name] = str(value)
    return f"?{asked.urlencode()}"


def _without(request: HttpRequest, *names: str) -> str:
    asked = request.GET.copy()
    for name in (*names, "page"):
        asked.pop(name, None)
    return f"?{asked.urlencode()}"
