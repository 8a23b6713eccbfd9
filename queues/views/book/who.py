"""Who are you? And then: is it right so? The same two pages for each errand."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_POST

from queues.actions import patients
from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid, Refused, SlotFull, SlotOver
from queues.forms import kiosk as fields
from queues.forms.portal import KnownForm, NewForm, ReasonForm
from queues.models import Patient
from queues.rules.limits import Door
from queues.rules.rights import Actor, ActorKind
from queues.screens import portal
from queues.views import tries
from queues.views.book.door import PORTAL, address_of_times, all_clinics, in_portal, shown
from queues.views.book.errands import BookATime, Errand, address_of, bookable
from queues.views.book.guest import Guest, forget, guest_of
from queues.views.doors import acted, hold_back, status_of

WHO = ("known", "new")


@require_http_methods(["GET", "HEAD", "POST"])
@in_portal
def who(request: HttpRequest, slot: UUID) -> HttpResponse:
    errand = _a_time(slot)
    return _gone(request, errand) if not _is_free(errand) else asked_who(request, errand)


@require_http_methods(["GET", "HEAD", "POST"])
@in_portal
def check(request: HttpRequest, slot: UUID) -> HttpResponse:
    return checked(request, _a_time(slot))


@require_POST
@in_portal
def forget_me(request: HttpRequest) -> HttpResponse:
    """Somebody else goes on in this browser."""
    forget(request.session)
    return redirect("book")


def asked_who(request: HttpRequest, errand: Errand) -> HttpResponse:
    """Found by phone and year of birth, or new. What was typed stays, whatever comes of it."""
    guest = guest_of(request.session)
    said, status, opened = "", 200, guest.typed.get("who", "")
    known = KnownForm(None, errand.clinic, guest.typed)
    new = NewForm(None, errand.clinic, guest.typed)
    if request.method == "POST":
        opened = request.POST.get("who", "")
        if opened not in WHO:
            return redirect(errand.who)
        form = KnownForm(request.POST, errand.clinic)
        if opened == "new":
            form = NewForm(request.POST, errand.clinic)
        if form.is_valid():
            guest.typed = {**_typed(request), "who": opened}
            try:
                _recognise(request, guest, form)
            except Refused as refused:
                said, status = refused.sentence, status_of(refused)
                guest.keep(request.session)
                new = NewForm(None, errand.clinic, guest.typed)
            else:
                guest.keep(request.session)
                return redirect(errand.check)
        else:
            status = 422
        known, new = (form, new) if opened == "known" else (known, form)  # type: ignore[assignment]
    context = {
        "errand": errand,
        **errand.summary(),
        "guest": guest,
        "known": known,
        "new": new,
        "opened": opened,
        "said": said,
        "not_found": status == 404,
    }
    return shown(request, "who", context, status)


def checked(request: HttpRequest, errand: Errand) -> HttpResponse:
    """All of it once more, before it is done."""
    guest = guest_of(request.session)
    if not guest.is_known:  # the second tap of two; or it took them too long
        sent_again = request.method == "POST" and guest.got
        return redirect((sent_again and address_of(errand, guest.got)) or errand.who)
    form = ReasonForm(request.POST or None)
    said, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            hold_back(request, Door.BOOK)
            reason = form.cleaned_data["reason"]
            answer = acted(request, guest.owner, lambda: _act(guest, errand, reason))
        except (SlotFull, SlotOver) as refused:
            return _gone(request, errand, refused.sentence, status_of(refused))
        except Refused as refused:
            said, status = _sentence(refused), status_of(refused)
        else:
            got = answer.body["got"]
            guest.booked(request.session, got)
            return redirect(address_of(errand, got))
    elif request.method == "POST":
        status = 422
    context = {
        "errand": errand,
        **errand.summary(),
        "guest": guest,
        "form": form,
        "said": said,
    }
    return shown(request, "check", context, status)


def _act(guest: Guest, errand: Errand, reason: str) -> Answer:
    """The person and their place, both or neither."""
    language = translation.get_language() or ""
    if guest.patient:
        patient = Patient.objects.get(public_id=guest.patient)
    else:
        person = fields.person(guest.answers, errand.clinic, language)
        patient = patients.register(errand.clinic, person, by=PORTAL).patient
    by = Actor(ActorKind.PATIENT, patient.public_id, origin="portal")
    got = errand.act(patient, timezone.now(), by=by, reason=reason, language=language)
    return Answer(303, {"got": got})


def _recognise(request: HttpRequest, guest: Guest, form: KnownForm) -> None:
    guest.patient, guest.answers = "", {}
    if isinstance(form, NewForm):
        guest.answers = form.answers()
        if known := tries.same(form.found_by(), guest.answers["name"]):
            guest.patient = str(known.public_id)
    else:
        hold_back(request, Door.LOOK_UP)
        guest.patient = str(tries.find(request, form.found_by()).public_id)


def _gone(request: HttpRequest, errand: Errand, said: str = "", status: int = 200) -> HttpResponse:
    """Somebody was faster: the doctor's next free times, and nothing has to be typed again."""
    assert isinstance(errand, BookATime)
    slot, clinics = errand.slot, all_clinics()
    page, guest = portal.times_of(slot.doctor, timezone.now()), guest_of(request.session)
    context = {
        **errand.summary(),
        "days": page.days,
        "to": address_of_times("book-check" if guest.is_known else "book-time"),
        "guest": guest,
        "said": said,
        "slot": slot,
        "several_clinics": len(clinics) > 1,
    }
    return shown(request, "gone", context, status)


def _a_time(slot: UUID) -> BookATime:
    return BookATime(get_object_or_404(bookable(), public_id=slot, doctor__is_active=True))


def _is_free(errand: BookATime) -> bool:
    return errand.slot.is_free and errand.slot.starts_at > timezone.now()


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "")[:200] for name in ("name", "phone", "birth")}


def _sentence(refused: Refused) -> str:
    if isinstance(refused, Invalid):
        return " ".join(refused.fields.values())
    return refused.sentence
