"""Behind the link of an appointment, or of a place on a waitlist: only its patient has it.

As on the page of a number (views/visit.py) the address is the key: the pages name nobody, tell no
other site where they are, set no cookie, and their forms need no CSRF token.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Protocol, TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from queues.actions import phone
from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid, Refused
from queues.models import Appointment, Clinic, Slot, WaitlistEntry
from queues.rules.limits import Door
from queues.rules.links import hashed
from queues.rules.rights import Actor, ActorKind
from queues.views.book.errands import bookable
from queues.views.doors import acted, hold_back, private, status_of
from queues.views.visit import unlisted


class Linked(Protocol):
    public_id: UUID
    language: str


L = TypeVar("L", bound=Linked)
View = Callable[..., HttpResponse]
Page = Callable[[str, int], HttpResponse]  # with a sentence, and a status


def behind_link(
    known: Callable[[str], L | None],
    clinic_of: Callable[[L], Clinic],
    farewell: Callable[[L], str],
) -> Callable[[View], View]:
    """Finds what the link leads to, in its language and on its clinic's clock; once it is over
    there is a farewell, and no page."""

    def guard(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, secret: str, **more: object) -> HttpResponse:
            found = known(hashed(secret))
            if found is None:
                hold_back(request, Door.BAD_LINK)
                return unlisted(private(_unknown(request)))
            language = found.language or translation.get_language() or "en"
            zone = clinic_of(found).zone
            with translation.override(language), timezone.override(zone):
                if sentence := farewell(found):
                    answer = render(request, "book/ended.html", {"sentence": sentence}, status=410)
                else:
                    answer = _answer(view, request, found, more)
                return unlisted(private(answer))

        return guarded

    return guard


def _answer(view: View, request: HttpRequest, found: L, more: dict[str, object]) -> HttpResponse:
    try:
        return view(request, found, **more)
    except Http404:  # as kind as a wrong link
        return _unknown(request)


def did(
    request: HttpRequest,
    owner: Linked,
    act: Callable[[], Answer | object],
    page: Page,
    to: Callable[[Answer], str],
) -> HttpResponse:
    """Act once and go on; refused, the page says why, and shows how things stand."""

    def answer() -> Answer:
        hold_back(request, Door.OWN_PAGE, str(owner.public_id))
        done = act()
        return done if isinstance(done, Answer) else Answer(303)

    try:
        done = acted(request, f"link:{owner.public_id}", answer)
    except Refused as refused:
        sentence = refused.sentence
        if isinstance(refused, Invalid):
            sentence = " ".join(refused.fields.values())
        return page(sentence, status_of(refused))
    return seen(to(done))


def seen(address: str) -> HttpResponse:
    """What came of a form is looked at, so that loading it again sends nothing."""
    response = redirect(address)
    response.status_code = 303
    return response


def speaks(
    request: HttpRequest,
    row: Appointment | WaitlistEntry,
    clinic: Clinic,
    page: Page,
    home: str,
) -> HttpResponse:
    """Kept on the row: the link speaks it on every device, and after each form."""
    if request.method != "POST":
        return seen(home)
    wanted, by = request.POST.get("language", ""), patient_of(row)

    def act() -> None:
        phone.speak_of(row, clinic, wanted, by=by)

    return did(request, row, act, page, lambda _done: home)


def slot_of(text: str) -> Slot:
    """The time that a form or an address names."""
    try:
        wanted = UUID(text)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(bookable(), public_id=wanted)


def patient_of(row: Linked) -> Actor:
    return Actor(ActorKind.PATIENT, row.public_id, origin="phone")


def _unknown(request: HttpRequest) -> HttpResponse:
    return render(request, "book/unknown.html", status=404)
