"""Emergency: every desk is told, and the patient is sent to a person."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from queues.actions import alarms
from queues.views.kiosk.door import Kiosk, at_kiosk

SHOWN_FOR = 60  # seconds


@require_http_methods(["GET", "HEAD", "POST"])
@at_kiosk
def call_help(kiosk: Kiosk) -> HttpResponse:
    """No key makes this form act once: however often it is pressed, one alarm rings."""
    if kiosk.request.method == "POST":
        alarms.raise_alarm(kiosk.clinic, by=kiosk.actor)
        return kiosk.to("kiosk-help")
    on = kiosk.draft.first_open() if kiosk.draft else None
    return kiosk.show("help", {"closes": SHOWN_FOR, "on": on})
