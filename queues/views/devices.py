"""The kiosks and walls of a clinic: let in by their code, named, sent away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from queues.actions import clinics, limits
from queues.actions import devices as actions
from queues.actions.refusals import Refused
from queues.forms.devices import ApproveForm, NameForm, OpenForm
from queues.models import Device, visible
from queues.rules import pairing
from queues.rules.limits import Door
from queues.rules.rights import Act
from queues.screens import devices as screen
from queues.views.doors import At, acted, clinic_staff_may, done, status_of

lets_in = clinic_staff_may(Act.SET_DEVICES)


@require_safe
@lets_in
def devices(request: HttpRequest, at: At) -> HttpResponse:
    """With a code also the screen that shows it."""
    code = pairing.read(request.GET.get("code", ""))
    asking = _asking(at, code)
    if code and not asking:
        messages.warning(request, _("No screen shows this code now. Please look at it again."))
    return _page(request, at, asking=asking, form=_form(at) if asking else None)


@require_POST
@lets_in
def approve(request: HttpRequest, at: At) -> HttpResponse:
    code = pairing.read(request.POST.get("code", ""))
    asking = _asking(at, code)
    form = _form(at, request.POST)
    if not form.is_valid():
        return _page(request, at, asking=asking, form=form, status=422)
    name, departments = form.cleaned_data["name"], list(form.cleaned_data["departments"])

    def act() -> str:
        actions.approve(code, name, at.clinic, departments, by=at.actor)
        return _("%(name)s is let in. Its screen follows in a moment.") % {"name": name}

    return _answered(request, at, act)


@require_POST
@lets_in
def rename(request: HttpRequest, at: At, device: UUID) -> HttpResponse:
    one, form = _device(at, device), NameForm(request.POST)

    def act() -> str:
        if not form.is_valid():
            raise Refused(_("Please give it a name."))
        actions.rename(one, form.cleaned_data["name"], by=at.actor)
        return _("The name is changed.")

    return _answered(request, at, act)


@require_POST
@lets_in
def revoke(request: HttpRequest, at: At, device: UUID) -> HttpResponse:
    one = _device(at, device)

    def act() -> str:
        actions.revoke(one, by=at.actor)
        return _("%(name)s is revoked, and its screen is dark.") % {"name": one}

    return _answered(request, at, act)


@require_POST
@lets_in
def set_open(request: HttpRequest, at: At) -> HttpResponse:
    """For the whole clinic, so by somebody who may do it in all of it."""
    if not at.actor.may_everywhere(Act.SET_DEVICES, at.clinic.pk):
        raise PermissionDenied
    form = OpenForm(request.POST)

    def act() -> str:
        form.full_clean()  # boxes, ticked or not
        clinics.change(at.clinic, form.cleaned_data, by=at.actor)
        return _("The settings are saved.")

    return _answered(request, at, act)


def _answered(request: HttpRequest, at: At, act: Callable[[], str]) -> HttpResponse:
    to = f"{reverse('devices')}?clinic={at.clinic.code}"
    try:
        said = acted(request, at.owner, lambda: done(to, act())).body["said"]
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return _page(request, at, status=status_of(refused))
    messages.success(request, said)
    return redirect(to)


def _page(
    request: HttpRequest,
    at: At,
    *,
    asking: Device | None = None,
    form: ApproveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    shown: dict[str, Any] = {
        **screen.devices(visible.devices(at.actor), at.clinic, timezone.now()),
        "clinics": at.clinics,
        "asking": asking,
        "code": pairing.shown(asking.code) if asking and asking.code else "",
        "mine": request.META.get("REMOTE_ADDR", ""),
        "form": form,
        "open_form": OpenForm.of(at.clinic),
        "may_open": at.actor.may_everywhere(Act.SET_DEVICES, at.clinic.pk),
    }
    return render(request, "devices/page.html", shown, status=status)


def _asking(at: At, code: str) -> Device | None:
    """Whoever types codes may guess one, and so may not type many."""
    if not code:
        return None
    limits.spend(Door.PAIR, at.owner)
    return Device.objects.asking().filter(code=code).first()


def _form(at: At, typed: Any = None) -> ApproveForm:
    places = at.departments(Act.SET_DEVICES)
    return ApproveForm(places, typed, initial={"departments": [one.code for one in places]})


def _device(at: At, public_id: UUID) -> Device:
    here = visible.devices(at.actor).filter(clinic=at.clinic).select_related("clinic")
    return get_object_or_404(here, public_id=public_id)
