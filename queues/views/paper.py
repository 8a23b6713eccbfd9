"""Paper for the hour when the power is out: printed before, taken in afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from queues.actions import paper as action
from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid, Refused
from queues.forms import PrintForm, TakeInForm
from queues.models import Token
from queues.rules.rights import Act
from queues.screens import paper as screen
from queues.screens import words
from queues.views.doors import Here, acted, done, staff_may, status_of

ROWS_SHOWN = 30
OUTCOME = "-outcome"  # how the box of each row's form ends that says what became of them


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(Act.ISSUE)
def paper(request: HttpRequest, here: Here) -> HttpResponse:
    """What there is to print, and setting numbers aside for it."""
    if request.method != "POST":
        return _paper(request, here, PrintForm())
    form = PrintForm(request.POST)
    if not form.is_valid():
        return _paper(request, here, form, 422)

    def act() -> Answer:
        printed = action.print_numbers(here.department, form.cleaned_data["count"], by=here.actor)
        return done(reverse("paper-numbers", args=[*here.path, printed[0].public_id]))

    try:
        answer = acted(request, here.owner, act)
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return _paper(request, here, form, status_of(refused))
    return redirect(answer.body["to"])


@require_safe
@staff_may(Act.WORK_QUEUE)
def sheet(request: HttpRequest, here: Here, first: UUID | None = None) -> HttpResponse:
    """What comes out of the printer: the queue, and the numbers that begin with this one."""
    printed = (
        get_object_or_404(screen.to_take_in(here.department), public_id=first) if first else None
    )
    return render(
        request, "paper/sheet.html", {**_place(here), **screen.sheet(here.department, printed)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(Act.REGISTER)
def take_in(request: HttpRequest, here: Here) -> HttpResponse:
    """Rows of what is on paper. Each is done by itself; the wrong ones stay with what was typed."""
    if request.method != "POST":
        return _rows(request, here, [])
    used = [form for form in _typed(request, here) if form.is_used]
    wrong = [form for form in used if not _took_in(request, here, form)]
    if wrong:
        return _rows(request, here, wrong, 422)
    if not used:
        messages.warning(request, _("Nothing was filled in: say what became of somebody first."))
    return redirect(request.get_full_path())


def _took_in(request: HttpRequest, here: Here, form: TakeInForm) -> bool:
    """Take one row in, or mark what is wrong with it."""
    if not form.is_valid():
        return False

    def act() -> Answer:
        token = action.take_in(form.paper, by=here.actor, **form.told())
        return done("", _said(token, form))

    try:
        answer = acted(request, here.owner, act, part=form.paper.public_id.hex)
    except Invalid as refused:
        for name, sentence in refused.fields.items():
            form.add_error(name, sentence)
        return False
    except Refused as refused:
        form.add_error(None, refused.sentence)
        return False
    messages.success(request, answer.body["said"])
    return True


def _said(token: Token, form: TakeInForm) -> str:
    """How they stand; and if the record that was found bears another name, that too."""
    typed, patient = form.cleaned_data["name"], token.visit.patient
    if not typed or typed.casefold() == patient.name.casefold():
        return words.stands(token)
    check = _("Phone and year of birth are those of %(number)s, whose name is written otherwise.")
    return f"{words.stands(token)} {check % {'number': patient.number}}"


def _typed(request: HttpRequest, here: Here) -> list[TakeInForm]:
    """A form for each number that was sent and is this department's, taken in already or not."""
    sent = [name.removesuffix(OUTCOME) for name in request.POST if name.endswith(OUTCOME)]
    ours = screen.to_take_in(here.department).select_related("department__clinic")
    found = ours.filter(public_id__in=[name for name in sent if _is_hex(name)]).in_order()
    return [TakeInForm(number, request.POST) for number in found]


def _is_hex(name: str) -> bool:
    return len(name) == 32 and set(name) <= set("0123456789abcdef")


def _rows(
    request: HttpRequest, here: Here, wrong: list[TakeInForm], status: int = 200
) -> HttpResponse:
    """A page of the numbers that are still out, and before them those that came back wrong."""
    again = {form.paper.pk for form in wrong}
    out = screen.to_take_in(here.department).select_related("department__clinic")
    pages = Paginator(out.open().exclude(pk__in=again).in_order(), ROWS_SHOWN)
    page = pages.get_page(request.GET.get("page"))
    blank = [TakeInForm(number) for number in page]
    shown = {**_place(here), "wrong": wrong, "blank": blank, "pages": page}
    return render(request, "paper/take_in.html", shown, status=status)


def _paper(request: HttpRequest, here: Here, form: PrintForm, status: int = 200) -> HttpResponse:
    shown = {**_place(here), **screen.overview(here.department), "form": form}
    return render(request, "paper/page.html", shown, status=status)


def _place(here: Here) -> dict[str, Any]:
    return {"department": here.department, "clinic": here.clinic}
