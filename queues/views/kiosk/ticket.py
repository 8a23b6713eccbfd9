"""The number that was just given out here, and nothing older."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from queues.models import Visit
from queues.screens import visit as screen
from queues.views.kiosk.door import Kiosk, at_kiosk
from queues.views.tickets import qr

CLOSES_AFTER = 45  # seconds without a touch, counted on the screen
SHOWN_FOR = timedelta(minutes=3)  # at most, however often it is touched or loaded again


def hand_out(kiosk: Kiosk, visit: Visit, language: str, *, held_already: bool) -> None:
    kiosk.request.session["ticket"] = {
        "visit": str(visit.public_id),
        "at": timezone.now().isoformat(),
        "language": language,
        "held_already": held_already,
        "to_print": kiosk.prints_itself and not held_already,
    }


@require_safe
@at_kiosk
def ticket(kiosk: Kiosk) -> HttpResponse:
    kept = _kept(kiosk)
    if kept is None:
        return kiosk.to()
    visit = Visit.objects.select_related("clinic").get(public_id=kept["visit"])
    shown = {
        **screen.visit(visit),
        "qr": qr(visit.url),
        "closes": CLOSES_AFTER,
        "held_already": kept["held_already"],
        "prints_itself": kept["to_print"],
    }
    if kept["to_print"]:  # once, not again when the page is loaded again
        kiosk.request.session["ticket"] = {**kept, "to_print": False}
    return kiosk.show("ticket", shown)


def is_shown(kiosk: Kiosk) -> bool:
    return _kept(kiosk) is not None


def _kept(kiosk: Kiosk) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = kiosk.request.session.get("ticket")
    if kept is None or timezone.now() - datetime.fromisoformat(kept["at"]) > SHOWN_FOR:
        return None
    return kept
