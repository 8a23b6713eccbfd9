"""What a page may do with the machine that it is shown on: hardly anything."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NOBODY = (
    "accelerometer", "bluetooth", "camera", "display-capture", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
OURSELVES = (
    "autoplay", "fullscreen", "screen-wake-lock",
    "publickey-credentials-get", "publickey-credentials-create",
)  # fmt: skip
PERMISSIONS = ", ".join(
    [f"{name}=()" for name in NOBODY] + [f"{name}=(self)" for name in OURSELVES]
)


class HeadersMiddleware:
    """A wall speaks and stays awake, staff log in with a passkey; nothing else is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        return response
