"""The rules of a department, for its administrators."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from queues.actions import departments
from queues.actions.idempotency import Answer
from queues.actions.refusals import Refused
from queues.forms import SettingsForm
from queues.models import Department
from queues.rules.rights import Act
from queues.views.doors import Here, acted, done, staff_may, status_of
from queues.views.meanwhile import seen, to_see


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(Act.SET_POLICY)
def settings(request: HttpRequest, here: Here) -> HttpResponse:
    if request.method != "POST":
        return _page(request, here, SettingsForm(here.department))
    form = SettingsForm(here.department, request.POST)
    if not form.is_valid():
        return _page(request, here, form, 422)

    def act() -> Answer:
        now = form.settings()
        departments.change(here.department, now, by=here.actor, seen=seen(request))
        return done(here.desk, _("The settings are saved."))

    try:
        answer = acted(request, here.owner, act)
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return _page(request, here, form, status_of(refused))
    messages.success(request, answer.body["said"])
    return redirect("settings", *here.path)


def _page(request: HttpRequest, here: Here, form: SettingsForm, status: int = 200) -> HttpResponse:
    shown = {
        "department": here.department,
        "clinic": here.clinic,
        "form": form,
        "seen": to_see(request, here.department, Department.SETTINGS, status),
    }
    return render(request, "settings/page.html", shown, status=status)
