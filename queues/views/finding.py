"""Finding somebody of today at the desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from queues.rules.people import clean_text
from queues.rules.rights import Act
from queues.screens import finding as screen
from queues.views.desk_page import shown, wants_part
from queues.views.doors import Here, staff_may

LONGEST_SEARCH = 100


@require_POST
@staff_may(Act.WORK_QUEUE)
def find(request: HttpRequest, here: Here) -> HttpResponse:
    """Somebody of today. Sent, not asked for by address: names do not belong into addresses."""
    text = clean_text(request.POST.get("search", ""))[:LONGEST_SEARCH]
    found = screen.found(here.department, text, timezone.now()) if text else None
    told = {"search": text, "found": found}
    if not wants_part(request):
        return shown(request, here, **told)
    place = {"department": here.department, "clinic": here.clinic}
    return render(request, "desk/_found.html", {**place, **told})
