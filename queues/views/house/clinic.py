"""The house as a whole, and the settings of the clinic."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from queues.actions import clinics, founding
from queues.forms.keeping import ClinicSettingsForm, NewClinicForm
from queues.models import Department
from queues.rules.rights import Act
from queues.views.doors import At, clinic_staff_may
from queues.views.house.door import address, keeps_all_of, sent, shown
from queues.views.meanwhile import seen, to_see


@require_safe
@clinic_staff_may(Act.SET_HOUSE)
def house(request: HttpRequest, at: At) -> HttpResponse:
    """Every department that is theirs to set, and the way to all else."""
    counters = Count("counters"), Count("counters", filter=Q(counters__is_open=True))
    departments = (
        at.departments(Act.SET_HOUSE)
        .annotate(counted=counters[0], open_now=counters[1])
        .order_by("position", "pk")
    )
    return shown(
        request,
        at,
        "page",
        departments=departments,
        states=Department.State,
        may_set_clinic=at.actor.may_everywhere(Act.SET_HOUSE, at.clinic.pk),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_all_of(Act.SET_HOUSE)
def settings(request: HttpRequest, at: At) -> HttpResponse:
    form = ClinicSettingsForm(at.clinic, request.POST if request.method == "POST" else None)

    def again(status: int) -> HttpResponse:
        carried = to_see(request, at.clinic, form.fields, status)
        return shown(request, at, "clinic", status, form=form, seen=carried)

    if not form.is_valid():
        return again(422 if form.is_bound else 200)

    def act() -> str:
        clinics.change(at.clinic, form.cleaned_data, by=at.actor, seen=seen(request))
        return _("The settings are saved.")

    return sent(request, at, act, again, to=address(at, "house"), form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_all_of(Act.SET_HOUSE)
def found(request: HttpRequest, at: At) -> HttpResponse:
    """One more clinic, by whoever is above all of them."""
    if not at.user.is_superuser:
        raise PermissionDenied
    form = NewClinicForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return shown(request, at, "new_clinic", 422 if form.is_bound else 200, form=form)

    def act() -> str:
        made = founding.found(**form.cleaned_data, by=at.actor)
        return _("%(clinic)s is founded, with three departments to begin with.") % {
            "clinic": made.name
        }

    to = f"{reverse('house')}?{urlencode({'clinic': form.cleaned_data['code']})}"
    again = partial(shown, request, at, "new_clinic", form=form)
    return sent(request, at, act, again, to=to, form=form)
