"""A kiosk or a wall that nobody knows yet shows a code, until somebody lets it in.

The code is read out by people and collects nothing. Its browser holds a secret of its own, and
comes with that for the one which opens its screen.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from queues.actions import devices, limits
from queues.models import Device
from queues.models.device import Stage
from queues.rules import pairing
from queues.rules.limits import Door
from queues.rules.networks import network_of
from queues.views import machines
from queues.views.doors import private
from queues.views.tickets import qr

ADDRESS_NAMES = {Device.Kind.KIOSK: "kiosk", Device.Kind.WALL: "display"}


@require_safe
def page(request: HttpRequest, kind: str) -> HttpResponse:
    """For a machine that is paired by choice, where others may be used without."""
    return shown(request, _kind(kind))


def shown(request: HttpRequest, kind: Device.Kind, status: int = 200) -> HttpResponse:
    """Also in the place of a screen, at its own address, so that it is there once it is let in."""
    device = _asker(request, kind)
    stage = device.stage if device else Stage.OVER
    context: dict[str, Any] = {"kind": kind, "stage": stage, "device": device}
    if device and device.code and stage is Stage.ASKING:
        to = f"{settings.PUBLIC_URL}{reverse('devices')}?code={device.code}"
        context |= {"code": pairing.shown(device.code), "qr": qr(to)}
        context["approved_at"] = to.split("?")[0].split("://")[-1]
    return private(render(request, "pairing/page.html", context, status=status))


@require_POST
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    wanted, address = _kind(kind), request.META.get("REMOTE_ADDR", "")
    limits.spend(Door.PAIR, network_of(address))
    _device, secret = devices.ask(wanted, address)
    response = redirect("pair", wanted)
    response.set_cookie(
        _name(wanted),
        secret,
        max_age=2 * pairing.ASKS_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return private(response)


@require_safe
def stage(request: HttpRequest, kind: str) -> HttpResponse:
    """Asked every few seconds by the page that shows the code."""
    device = _asker(request, _kind(kind))
    return private(JsonResponse({"stage": device.stage if device else Stage.OVER}))


@require_POST
def collect(request: HttpRequest, kind: str) -> HttpResponse:
    wanted = _kind(kind)
    collected = devices.collect(request.COOKIES.get(_name(wanted), ""))
    if collected is None:
        return private(redirect("pair", wanted))
    device, secret = collected
    assert device.clinic, "whoever was let in is at a clinic"
    response = redirect(ADDRESS_NAMES[wanted], device.clinic.code)
    response.delete_cookie(_name(wanted))
    machines.keep(response, wanted, secret)
    return private(response)


def _asker(request: HttpRequest, kind: Device.Kind) -> Device | None:
    secret = request.COOKIES.get(_name(kind), "")
    return Device.of_asker(secret, kind) if secret else None


def _kind(word: str) -> Device.Kind:
    if word not in Device.Kind.values:
        raise Http404
    return Device.Kind(word)


def _name(kind: Device.Kind) -> str:
    return f"pairing-{kind}"
