"""What happened in a department, for its staff."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from queues.rules.rights import Act
from queues.screens import history as screen
from queues.views.doors import Here, staff_may

EVENTS_SHOWN = 50


@require_safe
@staff_may(Act.SEE_HISTORY)
def history(request: HttpRequest, here: Here) -> HttpResponse:
    before = request.GET.get("before", "")
    try:
        told = screen.history(here.department, EVENTS_SHOWN, before)
    except screen.BadCursor as error:
        raise Http404 from error
    shown = {"department": here.department, "clinic": here.clinic, "before": before}
    return render(request, "history/page.html", {**shown, **told})
