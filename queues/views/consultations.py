"""A consultation as a page: begun, written as one goes, completed, added to, printed, found again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from queues.actions import booking
from queues.actions import consultations as actions
from queues.actions.openings import Part, opened
from queues.actions.refusals import Invalid, Refused
from queues.forms import AddendumForm, ConsultationForm, SoughtForm
from queues.forms.consultation import as_lines, typed_lines
from queues.models import Appointment, Clinic, Consultation, Doctor, Slot, Token, User, visible
from queues.rules.priority import Priority
from queues.rules.rights import Act, Actor
from queues.screens import consultations as screen
from queues.screens import words
from queues.views.doors import View, acted, done, private, status_of

A_PAGE = 25
AN_EMPTY_LINE: dict[str, Any] = {"medicine": "", "dose": "", "when": "", "days": ""}


@dataclass(frozen=True)
class Reader:
    """Somebody who may read this consultation."""

    user: User
    actor: Actor
    consultation: Consultation

    @property
    def owner(self) -> str:
        return f"user:{self.user.public_id}"

    @property
    def here(self) -> str:
        return reverse("consultation", args=[self.consultation.public_id])

    @property
    def may_write(self) -> bool:
        one = self.consultation
        return actions.may_write(one.doctor, one.department, self.actor)

    @property
    def is_draft(self) -> bool:
        return self.consultation.status == Consultation.Status.DRAFT

    @property
    def may_book(self) -> bool:
        where = self.consultation.department
        return self.actor.may(Act.BOOK, where.clinic_id, where.pk)

    def opens(self) -> None:
        """The page shows the earlier ones too: what is opened is what was written of a patient."""
        one = self.consultation
        patient = one.patient.merged_into or one.patient
        opened([patient], Part.CONSULTATIONS, one.department.clinic, by=self.actor)


def reads(view: View) -> View:
    """Lets in whoever may read this consultation, on its clinic's clock."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, consultation: UUID) -> HttpResponse:
        assert isinstance(request.user, User)
        actor = request.user.as_actor()
        seen = screen.whole(visible.consultations(actor)).select_related(
            "doctor__user", "patient__merged_into", "department__clinic"
        )
        found = get_object_or_404(seen, public_id=consultation)
        with timezone.override(found.department.clinic.zone):
            return private(view(request, Reader(request.user, actor, found)))

    return guarded


def writes(view: View) -> View:
    """Lets in whoever may write it."""

    @wraps(view)
    def guarded(request: HttpRequest, reader: Reader) -> HttpResponse:
        if not reader.may_write:
            raise PermissionDenied
        return view(request, reader)

    return reads(guarded)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest, what: UUID) -> HttpResponse:
    """Begin one for an appointment or for a number; the one that is begun already, if there is."""
    assert isinstance(request.user, User)
    actor = request.user.as_actor()
    subject = _subject(actor, what)
    doctor = subject.doctor or Doctor.objects.filter(user=request.user).first()
    may = actor.may(Act.CONSULT, subject.department.clinic_id, subject.department_id)
    if not may and not (doctor and actions.may_write(doctor, subject.department, actor)):
        raise PermissionDenied
    begun = actions.of(subject)
    if begun and request.method != "POST":
        return redirect("consultation", begun.public_id)
    with timezone.override(subject.department.clinic.zone):
        return private(_begin(request, subject, actor))


def _begin(request: HttpRequest, subject: Appointment | Token, actor: Actor) -> HttpResponse:
    status = 200
    if request.method == "POST":

        def act() -> Any:
            draft = actions.start(subject, by=actor)
            return done(reverse("consultation", args=[draft.public_id]))

        try:
            return redirect(acted(request, f"user:{actor.public_id}", act).body["to"])
        except Invalid as refused:
            messages.warning(request, " ".join(refused.fields.values()))
            status = 422
        except Refused as refused:
            messages.warning(request, refused.sentence)
            status = status_of(refused)
    is_token = isinstance(subject, Token)
    patient = subject.visit.patient if isinstance(subject, Token) else subject.patient
    shown = {
        "patient": patient,
        "token": subject if is_token else None,
        "appointment": None if is_token else subject,
        "doctor": subject.doctor,
        "department": subject.department,
        "clinic": subject.department.clinic,
        "what": subject.public_id,
    }
    return render(request, "consultations/new.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@reads
def consultation(request: HttpRequest, reader: Reader) -> HttpResponse:
    """To be read; by its writers to be written, saved as they go."""
    if request.method != "POST":
        reader.opens()
        return _page(request, reader)
    if not reader.may_write:
        raise PermissionDenied
    if _wants_part(request) and request.POST.get("do") != "autosave":
        return _lines_part(request)
    form = ConsultationForm.posted(request.POST)
    refused = _write(reader, form, _seen(request))
    if _wants_part(request):
        return _saved_part(request, reader, refused)
    if refused:
        messages.warning(request, refused)
        reader.consultation.refresh_from_db()
        return _page(request, reader, 422 if form.errors else 409, form=form, lines=_lines(request))
    if request.POST.get("do") == "add" or "remove" in request.POST:
        return _page(request, reader, lines=_lines(request))
    messages.success(request, _("Saved."))
    return redirect(reader.here)


@require_POST
@writes
def complete(request: HttpRequest, reader: Reader) -> HttpResponse:
    """As it stands on the page, for good."""
    form = ConsultationForm.posted(request.POST)
    if not form.is_valid():
        return _page(request, reader, 422, form=form, lines=_lines(request))

    def act() -> str:
        seen = _seen(request)
        actions.complete(reader.consultation, form.written(), by=reader.actor, seen=seen)
        return _("The consultation is completed.")

    return _acted(request, reader, act, form=form, lines=_lines(request))


@require_POST
@writes
def take_back(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Begun by mistake: back to the list, as if it had not been."""
    one = reader.consultation
    to = f"{reverse('doctor')}?doctor={one.doctor.public_id}&clinic={one.department.clinic.code}"

    def act() -> Any:
        actions.take_back(one, by=reader.actor)
        return done(to, _("Taken back. Nothing was written."))

    try:
        answer = acted(request, reader.owner, act)
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return redirect(reader.here)
    messages.success(request, answer.body["said"])
    return redirect(answer.body["to"])


@require_POST
@writes
def add(request: HttpRequest, reader: Reader) -> HttpResponse:
    form = AddendumForm(request.POST)
    if not form.is_valid():
        return _page(request, reader, 422, addendum=form)

    def act() -> str:
        actions.add(reader.consultation, form.cleaned_data["text"], by=reader.actor)
        return _("The addendum is written.")

    return _acted(request, reader, act, addendum=form)


@require_POST
@writes
def follow_up(request: HttpRequest, reader: Reader) -> HttpResponse:
    """One of the free times that were offered, in one tap."""
    if not reader.may_book:
        raise PermissionDenied
    one = reader.consultation
    theirs = Slot.objects.filter(doctor=one.doctor, clinic=one.clinic)
    slot = get_object_or_404(theirs, public_id=_uuid(request.POST.get("slot", "")))
    patient = one.patient.merged_into or one.patient

    def act() -> str:
        booking.book(patient, slot, Priority.FOLLOW_UP, by=reader.actor)
        return _("The follow-up is booked.")

    return _acted(request, reader, act)


@require_safe
@reads
def prescription(request: HttpRequest, reader: Reader) -> HttpResponse:
    """To be printed, once nothing in it changes any more."""
    one = reader.consultation
    if reader.is_draft:
        messages.warning(request, _("Please complete the consultation before you print."))
        return redirect(reader.here)
    reader.opens()
    clinic, patient = one.department.clinic, one.patient
    shown = {
        "consultation": one,
        "clinic": clinic,
        "patient": patient,
        "age": patient.age(clinic.service_day()),
        "due": screen.follow_up(one, timezone.now()).get("due"),
    }
    return render(request, "consultations/prescription.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def consultations(request: HttpRequest) -> HttpResponse:
    """Those that one may read, the newest first: how they stand, and what there was before. What
    is sought is sent: a patient's number does not belong into an address."""
    assert isinstance(request.user, User)
    actor = request.user.as_actor()
    mine = Doctor.objects.filter(user=request.user).exists()
    clinics = [one for one in visible.clinics(actor) if actor.may(Act.SEE_CONSULTATIONS, one.pk)]
    if not clinics and not mine:
        raise PermissionDenied
    seen = visible.consultations(actor)
    doctors = Doctor.objects.filter(consultations__in=seen).distinct().order_by("name")
    form = SoughtForm(_sought(request, seen), doctors)
    given = form.cleaned_data if form.is_valid() else {}
    clinic = clinics[0] if clinics else None
    found = screen.sought(
        seen,
        number=given.get("patient", ""),
        doctor=given.get("doctor", ""),
        status=given.get("status", ""),
        between=_between(clinic, given.get("day")),
    )
    pages = Paginator(found.select_related("patient", "doctor", "department__clinic"), A_PAGE)
    shown = {
        "form": form,
        "page": pages.get_page(request.POST.get("page")),
        "filters": any(form.data.get(name) for name in form.fields),
        "words": words.CONSULTATION,
        "clinic": clinic,
    }
    with timezone.override(clinic.zone if clinic else None):
        return private(render(request, "consultations/list.html", shown))


def _sought(request: HttpRequest, seen: QuerySet[Consultation]) -> Mapping[str, Any]:
    """As it was sent; or what another page asks for: a doctor's, or those beside another."""
    if request.method == "POST":
        return request.POST
    asked = request.GET.dict()
    if beside := asked.pop("beside", ""):
        one = get_object_or_404(seen, public_id=_uuid(beside))
        asked["patient"] = (one.patient.merged_into or one.patient).number
    return asked


# The page of one.


def _page(request: HttpRequest, reader: Reader, status: int = 200, **forms: Any) -> HttpResponse:
    one = reader.consultation
    clinic, patient = one.department.clinic, one.patient.merged_into or one.patient
    writes_now = reader.may_write and reader.is_draft
    form = ConsultationForm(initial={name: getattr(one, name) for name in one.WRITTEN})
    if writes_now and one.changed_at == one.started_at:  # nothing yet: begin to write at once
        form.fields["complaint"].widget.attrs["autofocus"] = True
    token = one.token
    if one.appointment and not token:
        token = one.appointment.tokens.order_by("pk").last()
    shown = {
        "consultation": one,
        "clinic": clinic,
        "department": one.department,
        "patient": patient,
        "age": patient.age(clinic.service_day()),
        "token": token,
        "writes": writes_now,
        "is_empty": not any(getattr(one, name) for name in one.WRITTEN),
        "may_add": reader.may_write and not reader.is_draft,
        "may_book": reader.may_book,
        "form": form,
        "lines": as_lines(one.prescription) or ([AN_EMPTY_LINE] if writes_now else []),
        "addendum": AddendumForm(),
        "earlier": screen.earlier(one, visible.consultations(reader.actor)),
        "follow_up": screen.follow_up(one, timezone.now()),
        "seen": one.changed_at.isoformat(),
        "saved_at": one.changed_at,
    }
    return render(request, "consultations/page.html", {**shown, **forms}, status=status)


def _acted(
    request: HttpRequest, reader: Reader, act: Callable[[], str], **forms: Any
) -> HttpResponse:
    """Act and show it as it then is; if refused, with what was typed and who stood in the way."""
    try:
        said = acted(request, reader.owner, lambda: done(reader.here, act())).body["said"]
    except Refused as refused:
        messages.warning(request, refused.sentence)
        reader.consultation.refresh_from_db()
        return _page(request, reader, status_of(refused), **forms)
    messages.success(request, said)
    return redirect(reader.here)


def _write(reader: Reader, form: ConsultationForm, seen: datetime | None) -> str:
    """The sentence that says why not; empty once it is saved. To write the same twice is to write
    it once, so a save needs no key."""
    if not form.is_valid():
        return " ".join(Invalid.of(form).fields.values())
    try:
        saved = actions.write(reader.consultation, form.written(), by=reader.actor, seen=seen)
    except Refused as refused:
        return refused.sentence
    for name in (*Consultation.WRITTEN, "changed_at"):
        setattr(reader.consultation, name, getattr(saved, name))
    return ""


def _saved_part(request: HttpRequest, reader: Reader, refused: str) -> HttpResponse:
    """Beside the page, which keeps what is typed in it."""
    one = reader.consultation
    seen = request.POST.get("seen", "") if refused else one.changed_at.isoformat()
    shown = {"seen": seen, "saved_at": one.changed_at, "refused": refused}
    return render(request, "consultations/_saved.html", shown)


def _lines_part(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/_lines.html", {"lines": _lines(request), "writes": True})


def _lines(request: HttpRequest) -> list[dict[str, Any]]:
    """As they stand on the page; one more, or one less, if that was pressed."""
    lines: list[dict[str, Any]] = [dict(line) for line in typed_lines(request.POST)]
    gone = request.POST.get("remove", "")
    if gone.isdecimal() and int(gone[:4]) < len(lines):
        del lines[int(gone[:4])]
    if request.POST.get("do") == "add" or not lines:
        lines.append(AN_EMPTY_LINE)
    return lines


def _seen(request: HttpRequest) -> datetime | None:
    try:
        return parse_datetime(request.POST.get("seen", ""))
    except ValueError:
        return None


def _wants_part(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _subject(actor: Actor, public_id: UUID) -> Appointment | Token:
    booked = visible.appointments(actor).select_related("doctor__user", "slot__session", "patient")
    if found := booked.filter(public_id=public_id).first():
        return found
    tokens = visible.tokens(actor).select_related("doctor__user", "appointment", "visit__patient")
    return get_object_or_404(tokens, public_id=public_id)


def _between(clinic: Clinic | None, day: Any) -> tuple[datetime, datetime] | None:
    if clinic is None or day is None:
        return None
    return clinic.span_of(day)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
