"""The patient's own page, behind a link that only they have.

Its forms carry no CSRF token. The page says `no-referrer`, so browsers send its forms with
`Origin: null`, which Django's check refuses; and none is needed: what a forged form would have to
know is the address, 256 random bits, and nobody is logged in here. So the page sets no cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from queues.actions import phone
from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid, Refused
from queues.models import Token, Visit
from queues.rules.limits import Door
from queues.rules.links import hashed
from queues.rules.rights import Actor, ActorKind
from queues.rules.status import STARTS_FROM, Move
from queues.screens import visit as screen
from queues.views.doors import acted, hold_back, private, status_of

View = Callable[..., HttpResponse]


def behind_link(view: View) -> View:
    """Finds the visit, in its language and on its clinic's clock; a link lasts for its day."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, secret: str, **more: object) -> HttpResponse:
        found = Visit.objects.select_related("clinic").filter(link_hash=hashed(secret)).first()
        if found is None:
            hold_back(request, Door.BAD_LINK)
            return unlisted(private(render(request, "visit/unknown.html", status=404)))
        language = found.language or translation.get_language() or "en"
        with translation.override(language), timezone.override(found.clinic.zone):
            return unlisted(private(_answer(view, request, found, more)))

    return guarded


def _answer(
    view: View, request: HttpRequest, visit: Visit, more: dict[str, object]
) -> HttpResponse:
    if screen.is_over(visit):
        return render(request, "visit/ended.html", {"clinic": visit.clinic}, status=410)
    try:
        return view(request, visit, **more)
    except Http404:  # as kind as a wrong link, and as silent to everybody else
        return render(request, "visit/unknown.html", status=404)


@require_safe
@behind_link
def visit(request: HttpRequest, visit: Visit) -> HttpResponse:
    return _page(request, visit)


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def move(request: HttpRequest, visit: Visit, wanted: Move) -> HttpResponse:
    """I'm running late, I'm back. A page that was refused is loaded anew without the form."""
    if request.method != "POST":
        return _home(visit)
    token = _token_of(visit, request.POST.get("token", ""))
    return _acted(request, visit, lambda: phone.move(token, wanted, by=_patient(visit)))


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def cancel(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Asked first whether they mean it."""
    if request.method == "POST":
        token = _token_of(visit, request.POST.get("token", ""))
        return _acted(request, visit, lambda: phone.move(token, Move.CANCEL, by=_patient(visit)))
    if "token" not in request.GET:
        return _home(visit)
    token = _token_of(visit, request.GET["token"])
    if token.status not in STARTS_FROM[Move.CANCEL]:
        return _home(visit)
    asked = {"visit": visit, "clinic": visit.clinic, "token": token}
    return render(request, "visit/cancel.html", asked)


@require_http_methods(["GET", "HEAD", "POST"])
@behind_link
def language(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Kept on the visit: the link speaks it on every device, and after each form."""
    if request.method != "POST":
        return _home(visit)
    wanted = request.POST.get("language", "")
    return _acted(request, visit, lambda: phone.speak(visit, wanted, by=_patient(visit)))


def unlisted(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no site that is visited next, and no search engine, learns it."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _page(request: HttpRequest, visit: Visit, said: str = "", status: int = 200) -> HttpResponse:
    shown = screen.visit(visit)
    shown["pass"] = screen.pass_for(shown, translation.get_language() or "en")
    return render(request, "visit/page.html", {**shown, "said": said}, status=status)


def _acted(request: HttpRequest, visit: Visit, act: Callable[[], object]) -> HttpResponse:
    """Act once, and back to the page; refused, the page says why."""

    def answer() -> Answer:
        hold_back(request, Door.OWN_PAGE, str(visit.public_id))
        act()
        return Answer(303)

    try:
        acted(request, f"visit:{visit.public_id}", answer)
    except Refused as refused:
        fields = refused.fields.values() if isinstance(refused, Invalid) else [refused.sentence]
        return _page(request, visit, " ".join(fields), status_of(refused))
    return _home(visit)


def _home(visit: Visit) -> HttpResponse:
    response = redirect("visit", visit.secret)
    response.status_code = 303
    return response


def _token_of(visit: Visit, public_id: str) -> Token:
    """One of their own stops."""
    try:
        wanted = UUID(public_id)
    except ValueError as error:
        raise Http404 from error
    mine = visit.tokens.select_related("visit", "department__clinic", "counter")
    return get_object_or_404(mine, public_id=wanted)


def _patient(visit: Visit) -> Actor:
    return Actor(ActorKind.PATIENT, visit.public_id, origin="phone")
