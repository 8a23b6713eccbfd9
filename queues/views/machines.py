"""Which machine asks for a page: one that was let in, one that was sent away, or anybody's browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from queues.actions import devices, limits
from queues.models import Clinic, Device
from queues.rules.limits import Door

LASTS = timedelta(days=400)  # as long as browsers allow; each page begins it anew
SCREENS = {
    Device.Kind.KIOSK: "/kiosk/",
    Device.Kind.WALL: "/display/",
}  # whose pages see the cookie


@dataclass(frozen=True)
class Machine:
    kind: Device.Kind
    device: Device | None  # that it was let in as
    secret: str  # that it shows

    def at(self, clinic: Clinic) -> Device | None:
        return self.device if self.device and self.device.clinic_id == clinic.pk else None

    def may_show(self, clinic: Clinic) -> bool:
        """What was sent away stays dark, also where anybody's browser shows the same."""
        was_sent_away = bool(self.secret) and self.device is None
        is_open = clinic.open_kiosks if self.kind == Device.Kind.KIOSK else clinic.open_walls
        return bool(self.at(clinic)) or (is_open and not was_sent_away)

    def goes_on(self, response: HttpResponse) -> None:
        """Browsers forget what is never renewed."""
        if self.device:
            keep(response, self.kind, self.secret)


def machine(request: HttpRequest, kind: Device.Kind) -> Machine:
    secret = request.COOKIES.get(_name(kind), "")
    device = Device.of_holder(secret, kind) if secret else None
    if device:
        limits.spend(Door.DEVICE, str(device.public_id))
        devices.came(device, settings.VERSION)
    return Machine(kind, device, secret)


def keep(response: HttpResponse, kind: Device.Kind, secret: str) -> None:
    response.set_cookie(
        _name(kind),
        secret,
        max_age=LASTS,
        path=SCREENS[kind],
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _name(kind: Device.Kind) -> str:
    return f"device-{kind}"
