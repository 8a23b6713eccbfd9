"""The front page, which leads each person to their door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from queues.models import Clinic


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "front/page.html", {"clinics": Clinic.objects.order_by("name")})


@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    return redirect("desks")


@require_safe
def walls(request: HttpRequest) -> HttpResponse:
    """To the wall; where there are several clinics, to the list of them."""
    codes = list(Clinic.objects.values_list("code", flat=True)[:2])
    return redirect("display", codes[0]) if len(codes) == 1 else redirect("front")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return redirect("api:openapi-view")


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for one by themselves."""
    return redirect(static("mark.svg"))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for a search engine."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")
