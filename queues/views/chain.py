"""A page on which somebody who answers for the history sees that today's is whole."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from queues.rules.rights import Act
from queues.screens.whole_today import whole_today
from queues.views.doors import At, clinic_staff_may


@require_safe
@clinic_staff_may(Act.PROVE_HISTORY)
def chain(request: HttpRequest, at: At) -> HttpResponse:
    shown = whole_today(at.clinic, timezone.now())
    return render(request, "history/chain.html", {**shown, "clinics": at.clinics})
