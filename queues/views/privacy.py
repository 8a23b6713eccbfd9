"""All that is held about a patient, handed out; and the end of it, asked about before."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from queues.actions import privacy
from queues.actions.idempotency import Answer
from queues.actions.refusals import Refused
from queues.models import visible
from queues.rules.rights import Act
from queues.views.doors import View, acted, done, status_of
from queues.views.patients import Record, mends_records


def answers_for(act: Act) -> Callable[[View], View]:
    """Lets in whoever may do this in every clinic that has to do with the patient."""

    def guard(view: View) -> View:
        @mends_records
        @wraps(view)
        def guarded(request: HttpRequest, record: Record) -> HttpResponse:
            if not visible.answers_for(record.actor, record.patient, act):
                raise PermissionDenied
            return view(request, record)

        return guarded

    return guard


@require_POST
@answers_for(Act.EXPORT_RECORDS)
def export(request: HttpRequest, record: Record) -> HttpResponse:
    told = privacy.hand_out(record.patient, record.clinic, by=record.actor)
    file = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 2})
    named = content_disposition_header(True, f"{record.patient.number}.json")
    file["Content-Disposition"] = str(named)
    return file


@require_http_methods(["GET", "HEAD", "POST"])
@answers_for(Act.ANONYMISE)
def anonymise(request: HttpRequest, record: Record) -> HttpResponse:
    """Asked first whether they mean it, with a tick that nobody sets by mistake."""
    to = reverse("patient", args=[record.patient.public_id])
    if request.method != "POST":
        return _question(request, record)
    if request.POST.get("sure") != "yes":
        return _question(request, record, _("Please tick that you are sure."), 422)

    def act() -> Answer:
        privacy.anonymise(record.patient, record.clinic, by=record.actor)
        return done(to, _("The record is anonymised."))

    try:
        answer = acted(request, f"user:{record.actor.public_id}", act)
    except Refused as refused:
        return _question(request, record, refused.sentence, status_of(refused))
    messages.success(request, answer.body["said"])
    return redirect(to)


def _question(
    request: HttpRequest, record: Record, refused: str = "", status: int = 200
) -> HttpResponse:
    shown = {"patient": record.patient, "clinic": record.clinic, "refused": refused}
    return render(request, "patients/anonymise.html", shown, status=status)
