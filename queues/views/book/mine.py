"""'My appointments': found by phone and year of birth, shown behind a link that lasts half an hour.

The link is signed and names the record by its public id: nothing of it says who it is.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from queues.actions.refusals import NotThere, Refused
from queues.forms.portal import KnownForm
from queues.models import Patient
from queues.rules.limits import Door
from queues.screens import awaited, portal
from queues.views import tries
from queues.views.book.door import all_clinics, in_portal, shown
from queues.views.book.guest import Guest
from queues.views.doors import hold_back, status_of

SALT = "queues.portal.mine"
LASTS = timedelta(minutes=30)


@require_http_methods(["GET", "HEAD", "POST"])
@in_portal
def mine(request: HttpRequest) -> HttpResponse:
    clinics = all_clinics()
    if not clinics:
        raise Http404
    form = KnownForm(request.POST or None, clinics[0])
    said, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                hold_back(request, Door.LOOK_UP)
                patient = tries.find(request, form.found_by())
            except NotThere as nobody:
                said, status = _("We found nobody with these details."), status_of(nobody)
            except Refused as refused:
                said, status = refused.sentence, status_of(refused)
            else:
                return redirect("my-appointments", signed(patient))
    return shown(request, "mine", {"known": form, "said": said}, status)


@require_safe
@in_portal
def my_appointments(request: HttpRequest, signed: str) -> HttpResponse:
    patient = _behind(signed)
    if patient is None:
        return shown(request, "mine_over", {}, 410)
    now = timezone.now()
    theirs = portal.of_patient(patient, now)
    waits = [{"entry": entry, **awaited.wish(entry)} for entry in theirs["waits"]]
    context = {**theirs, "waits": waits, "signed": signed}
    response = shown(request, "my_appointments", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_POST
@in_portal
def another(request: HttpRequest, signed: str) -> HttpResponse:
    """Go on as the same person: they are known from here on, without typing it again."""
    patient = _behind(signed)
    if patient is None:
        return redirect("mine")
    Guest(patient=str(patient.public_id)).keep(request.session)
    return redirect("book")


def signed(patient: Patient) -> str:
    return signing.dumps(patient.public_id.hex, salt=SALT)


def _behind(signed: str) -> Patient | None:
    """None once the link is too old; there is nothing behind one that is not ours."""
    try:
        named = signing.loads(signed, salt=SALT, max_age=LASTS)
    except signing.SignatureExpired:
        return None
    except signing.BadSignature as error:
        raise Http404 from error
    patient = get_object_or_404(Patient.objects.select_related("merged_into"), public_id=named)
    return patient.merged_into or patient
