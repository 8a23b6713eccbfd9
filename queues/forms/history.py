"""What of a department's history is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from queues.forms.fields import IsoDateField, TextField
from queues.models import ApiKey, Department, Kind, User
from queues.rules.rights import ActorKind
from queues.screens import words
from queues.screens.history import Sought

MOST_DAYS = 31  # of one table
NOT_IN_A_DEPARTMENT = ("language", "clinic_", "patient", "record_", "day_", "key_")
NAMELESS = (ActorKind.PATIENT, ActorKind.CLOCK, ActorKind.SYSTEM)
DAY = {"type": "date"}


class HistoryForm(forms.Form):
    """Everything is optional; what is left empty leaves nothing out."""

    label = TextField(label=_("Number"), required=False, max_length=12)
    kind = forms.ChoiceField(label=_("What happened"), required=False)
    counter = forms.ChoiceField(label=_("Counter"), required=False)
    who = forms.ChoiceField(label=_("Who"), required=False)
    since = IsoDateField(
        label=_("From day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(DAY, format="%Y-%m-%d"),
    )
    until = IsoDateField(
        label=_("To day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(DAY, format="%Y-%m-%d"),
    )

    def __init__(self, department: Department, given: Mapping[str, Any]) -> None:
        super().__init__(given)
        self.today = department.clinic.service_day()
        for name, choices in (
            ("kind", _kinds()),
            ("counter", _counters(department)),
            ("who", _people(department)),
        ):
            self.fields[name].choices = [("", _("all")), *choices]  # type: ignore[attr-defined]

    def clean_label(self) -> str:
        return str(self.cleaned_data["label"]).upper()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day lies before the first."))
        return given

    def sought(self) -> Sought:
        given = self.cleaned_data
        return Sought(
            label=given["label"],
            kind=Kind(given["kind"]) if given["kind"] else None,
            counter=given["counter"],
            actor=_actor(given["who"]),
            since=given["since"],
            until=given["until"],
        )

    def days(self) -> tuple[date, date]:
        """Of a table, which has an end: today, if no day is given."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        last = until or max(since or self.today, self.today)
        return since or last, last


class ExportForm(HistoryForm):
    """The same for a table to keep, which is of a month at most."""

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors:
            first, last = self.days()
            if last - first >= timedelta(days=MOST_DAYS):
                too_many = _("A table holds %(days)d days at most. Please choose fewer.")
                self.add_error("since", too_many % {"days": MOST_DAYS})
        return given


def _kinds() -> list[tuple[str, Any]]:
    """All that can happen in a department."""
    return [
        (str(kind), words.EVENT[kind])
        for kind in Kind
        if not kind.value.startswith(NOT_IN_A_DEPARTMENT)
    ]


def _counters(department: Department) -> list[tuple[str, str]]:
    return [(counter.code, str(counter)) for counter in department.counters.order_by("code")]


def _people(department: Department) -> list[tuple[str, Any]]:
    """Colleagues of the clinic, its keys, and those who act without a name."""
    colleagues = User.objects.filter(memberships__clinic=department.clinic_id).distinct()
    keys = ApiKey.objects.filter(clinic=department.clinic_id).order_by("name")
    named = [
        (str(user.public_id), user.shown_name)
        for user in colleagues.order_by("first_name", "last_name", "username")
    ]
    named += [(str(key.public_id), key.name) for key in keys]
    return [*named, *((str(kind), words.ACTOR[kind]) for kind in NAMELESS)]


def _actor(chosen: str) -> UUID | ActorKind | None:
    if not chosen:
        return None
    return ActorKind(chosen) if chosen in {str(kind) for kind in NAMELESS} else UUID(chosen)
