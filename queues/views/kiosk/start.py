"""The beginning: which language, for this patient alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST

from queues.models import Device
from queues.views import machines
from queues.views.doors import clinic_of
from queues.views.kiosk.door import Kiosk, at_kiosk
from queues.views.kiosk.path import Question


@require_http_methods(["GET", "HEAD", "POST"])
@ensure_csrf_cookie
@at_kiosk
def start(kiosk: Kiosk) -> HttpResponse:
    """Somebody who went back to choose another language keeps what they answered."""
    if kiosk.draft is None:
        kiosk.wipe()  # the ticket of whoever was here before
    languages = kiosk.languages
    if len(languages) == 1:
        kiosk.begin(languages[0])
        return kiosk.ask(Question.WHO)
    chosen = kiosk.request.POST.get("language")
    if chosen in languages:
        kiosk.begin(chosen)
        return kiosk.ask(Question.WHO)
    return kiosk.show("start", {"languages": [_language(code) for code in languages]})


@require_POST
@at_kiosk
def start_again(kiosk: Kiosk) -> HttpResponse:
    kiosk.wipe()
    return kiosk.to()


@require_http_methods(["GET", "POST"])
def here(request: HttpRequest, clinic: str) -> HttpResponse:
    """GET: the server is there. POST: somebody is still there, and what they typed stays."""
    if request.method == "POST":
        return _stays(request, clinic=clinic)
    machine = machines.machine(request, Device.Kind.KIOSK)
    return HttpResponse(status=204 if machine.may_show(clinic_of(clinic)) else 403)


@at_kiosk
def _stays(kiosk: Kiosk) -> HttpResponse:
    if kiosk.draft:
        kiosk.draft.keep(kiosk.request.session)
    return HttpResponse(status=204)


def _language(code: str) -> dict[str, Any]:
    """A language as those write it who speak it."""
    info = get_language_info(code)
    with override(code):
        return {
            "code": code,
            "name": dict(settings.LANGUAGES)[code],
            "dir": "rtl" if info["bidi"] else "ltr",
            "welcome": _("Welcome"),
            "touch": _("Touch here to begin."),
            "emergency": _("Emergency"),
        }
