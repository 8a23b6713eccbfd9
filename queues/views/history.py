"""What happened in a department, for its staff: to look at, and as a table to keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from queues.forms import ExportForm, HistoryForm
from queues.models import Department, Kind
from queues.rules.rights import Act
from queues.rules.tables import BYTE_ORDER_MARK, line
from queues.screens import changes, words
from queues.screens import history as screen
from queues.screens.history import Sought
from queues.views.doors import Here, staff_may

EVENTS_SHOWN = 50
EVENTS_AT_ONCE = 500  # of a table that is sent


@require_safe
@staff_may(Act.SEE_HISTORY)
def history(request: HttpRequest, here: Here) -> HttpResponse:
    form = HistoryForm(here.department, request.GET)
    before = request.GET.get("before", "")
    if not form.is_valid():
        return _page(request, here, form, {"items": []}, 422)
    try:
        told = screen.history(here.department, EVENTS_SHOWN, before, form.sought())
    except screen.BadCursor as error:
        raise Http404 from error
    return _page(request, here, form, {**told, "before": before, "cut_off": _cut_off(told)})


@require_safe
@staff_may(Act.SEE_HISTORY)
def export(request: HttpRequest, here: Here) -> HttpResponseBase:
    """What is filtered, of at most a month, without a patient's name."""
    form = ExportForm(here.department, request.GET)
    if not form.is_valid():
        return _page(request, here, form, {"items": []}, 422)
    since, until = form.days()
    sought = replace(form.sought(), since=since, until=until)
    table = StreamingHttpResponse(
        _table(_heading(), here.department, sought, translation.get_language()),
        content_type="text/csv; charset=utf-8",
    )
    named = content_disposition_header(True, f"{_name(here.department, since, until)}.csv")
    table["Content-Disposition"] = str(named)
    return table


def _page(
    request: HttpRequest, here: Here, form: HistoryForm, told: dict[str, Any], status: int = 200
) -> HttpResponse:
    kept = {name: text for name, text in request.GET.items() if text and name in form.fields}
    shown = {
        "department": here.department,
        "clinic": here.clinic,
        "form": form,
        "filters": urlencode(kept),
        "may_prove": here.may(Act.PROVE_HISTORY),
    }
    return render(request, "history/page.html", {**shown, **told}, status=status)


def _cut_off(told: dict[str, Any]) -> date | None:
    """Back to which day was looked, if what is sought may also be found before."""
    if told["next"] is None or len(told["items"]) == EVENTS_SHOWN:
        return None
    return date.fromisoformat(told["next"].partition(".")[0])


def _name(department: Department, since: date, until: date) -> str:
    days = sorted({since.isoformat(), until.isoformat()})
    return "-".join(["history", department.code, *days])


def _table(heading: str, department: Department, sought: Sought, language: str) -> Iterator[str]:
    """Piece by piece, each made on its own: another thread may send the next.

    So language and clock are put on for each piece, and off again before it leaves.
    """
    yield BYTE_ORDER_MARK + heading
    before: str | None = ""
    while before is not None:
        with translation.override(language), timezone.override(department.clinic.zone):
            page = screen.history(department, EVENTS_AT_ONCE, before, sought)
            lines = "".join(map(_line, page["items"]))
        before = page["next"]
        yield lines


def _heading() -> str:
    names = (
        _("Day"),
        _("Entry"),
        _("When"),
        _("Number"),
        _("What happened"),
        _("What changed"),
        _("Counter"),
        _("Who"),
        _("From where"),
        _("Reason"),
    )
    return line(names)


def _line(event: dict[str, Any]) -> str:
    kind = event["kind"]
    at = timezone.localtime(datetime.fromisoformat(event["at"]))
    return line(
        (
            event["day"],
            str(event["seq"]),
            f"{at:%Y-%m-%d %H:%M:%S}",
            event["label"] or "",
            str(words.EVENT[Kind(kind)]),
            changes.change(kind, event["before"], event["after"]),
            event["counter"] or "",
            words.by(event["by"]),
            str(words.ORIGIN.get(event["origin"], event["origin"])),
            words.reason(kind, event["reason"]),
        )
    )
