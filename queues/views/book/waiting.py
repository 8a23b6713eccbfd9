"""The page of a place on the waitlist: what it waits for, and the answer to an offer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from queues.actions import waitlists
from queues.models import WaitlistEntry
from queues.screens import awaited as screen
from queues.screens import following
from queues.screens.visit import languages
from queues.views.book.link import behind_link, did, patient_of, seen, speaks


def _farewell(entry: WaitlistEntry) -> str:
    return screen.sentence(entry) if screen.is_over(entry, timezone.now()) else ""


by_link = behind_link(screen.known, screen.clinic_of, _farewell)
may_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@by_link
def page(request: HttpRequest, entry: WaitlistEntry) -> HttpResponse:
    return _page(request, entry)


@may_post
@by_link
def accept(request: HttpRequest, entry: WaitlistEntry) -> HttpResponse:
    """They take the place that is held; it has a page of its own from then on."""
    if request.method != "POST":
        return seen(_home(entry))
    by = patient_of(entry)

    def refused(said: str, status: int) -> HttpResponse:
        return _page(request, entry, said, status)

    def act() -> None:
        waitlists.accept(entry, by=by)

    return did(request, entry, act, refused, lambda _done: _home(entry))


@may_post
@by_link
def leave(request: HttpRequest, entry: WaitlistEntry) -> HttpResponse:
    """Asked first whether they mean it; declining an offer is leaving too."""
    by = patient_of(entry)

    def refused(said: str, status: int) -> HttpResponse:
        return _page(request, entry, said, status)

    def act() -> None:
        waitlists.leave(entry, by=by)

    if request.method == "POST":
        return did(request, entry, act, refused, lambda _done: _home(entry))
    shown = screen.awaited(entry, timezone.now())
    if not (shown["waits"] or shown["is_held"]):
        return seen(_home(entry))
    return render(request, "book/leave.html", shown)


@may_post
@by_link
def language(request: HttpRequest, entry: WaitlistEntry) -> HttpResponse:
    def refused(said: str, status: int) -> HttpResponse:
        return _page(request, entry, said, status)

    return speaks(request, entry, screen.clinic_of(entry), refused, _home(entry))


def _home(entry: WaitlistEntry) -> str:
    return reverse("waiting", args=[entry.secret])


def _page(
    request: HttpRequest, entry: WaitlistEntry, said: str = "", status: int = 200
) -> HttpResponse:
    newest = screen.known(entry.link_hash) or entry
    context = {
        **screen.awaited(newest, timezone.now()),
        **following.line(newest),
        "said": said,
        "tongues": languages(screen.clinic_of(newest)),
        "speaks_at": reverse("waiting-language", args=[newest.secret]),
    }
    return render(request, "book/waiting.html", context, status=status)
