"""Numbers on paper: how many are printed, and what is written on one that comes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from queues.forms.desk import NOT_CHOSEN
from queues.forms.fields import AgeField, NameField, PhoneField
from queues.models import PaperNumber
from queues.rules.paper import MOST_AT_ONCE, Outcome
from queues.rules.people import LONGEST_NAME, OLDEST, Gender
from queues.rules.priority import Priority
from queues.screens import words

NOT_USED = ("", _("not used"))
CLOCK_TIME = "%H:%M"


class PrintForm(forms.Form):
    count = forms.IntegerField(
        label=_("How many numbers"), min_value=1, max_value=MOST_AT_ONCE, initial=30
    )


class TakeInForm(forms.Form):
    """One number. Whoever has no name is not identified yet; whoever has no outcome kept none."""

    name = NameField(
        label=_("Name"), required=False, widget=forms.TextInput({"maxlength": LONGEST_NAME})
    )
    phone = PhoneField(label=_("Phone"), required=False, widget=forms.TextInput({"type": "tel"}))
    born = AgeField(label=_("Age or year of birth"), required=False, min_value=0, max_value=9999)
    day = forms.ChoiceField(label=_("Day"))
    arrived_at = forms.TimeField(
        label=_("Arrived at"), widget=forms.TimeInput({"type": "time"}, format=CLOCK_TIME)
    )
    priority = forms.ChoiceField(
        label=_("Priority"), required=False, choices=[NOT_CHOSEN, *words.PRIORITY.items()]
    )
    outcome = forms.ChoiceField(
        label=_("What became of them"), required=False, choices=[NOT_USED, *words.OUTCOME.items()]
    )

    def __init__(self, paper: PaperNumber, given: Mapping[str, Any] | None = None) -> None:
        self.paper, clinic = paper, paper.department.clinic
        self.zone, self.today = clinic.zone, clinic.service_day()
        now = timezone.now().astimezone(self.zone)
        at_first = {"arrived_at": now.time(), "day": now.date().isoformat()}
        super().__init__(given, prefix=paper.public_id.hex, initial=at_first)
        self.fields["phone"].country = clinic.country  # type: ignore[attr-defined]
        self.fields["day"].choices = _days(  # type: ignore[attr-defined]
            paper.printed_at.astimezone(self.zone).date(), now.date()
        )

    @property
    def asks_for_the_day(self) -> bool:
        several = len(self.fields["day"].choices) > 1  # type: ignore[attr-defined]
        return several or "day" in self.errors

    @property
    def is_used(self) -> bool:
        """Whether anything was written that a blank number does not have."""
        return any(
            self.data.get(self.add_prefix(name), "").strip()
            for name in ("name", "phone", "born", "priority", "outcome")
        )

    def clean_outcome(self) -> str:
        chosen = str(self.cleaned_data["outcome"])
        if not chosen:
            raise forms.ValidationError(_("Please say what became of them."))
        return chosen

    def clean_born(self) -> int | None:
        """The year; small numbers are ages."""
        typed: int | None = self.cleaned_data["born"]
        if typed is None:
            return None
        year = self.today.year - typed if typed <= OLDEST else typed
        if not self.today.year - OLDEST <= year <= self.today.year:
            raise forms.ValidationError(_("Please give an age or a year of birth."))
        return year

    def person(self) -> dict[str, Any]:
        """The columns of a patient's record."""
        given = self.cleaned_data
        year = given["born"]
        return {
            "name": given["name"] or str(_("Unknown patient")),
            "phone": given["phone"],
            "birth_date": None,
            "birth_year": year,
            "age_when_registered": None if year is None else self.today.year - year,
            "gender": Gender.UNKNOWN,
            "address": "",
            "language": "",
            "is_identified": bool(given["name"]),
        }

    def told(self) -> dict[str, Any]:
        """As `paper.take_in` takes it."""
        given = self.cleaned_data
        day = date.fromisoformat(given["day"])
        return {
            "person": self.person(),
            "arrived_at": datetime.combine(day, given["arrived_at"], tzinfo=self.zone),
            "outcome": Outcome(given["outcome"]),
            "priority": Priority(given["priority"]) if given["priority"] else None,
        }


def _days(first: date, last: date) -> list[tuple[str, str]]:
    days = [first + timedelta(days=later) for later in range((last - first).days + 1)]
    return [(day.isoformat(), date_format(day, "j M")) for day in days]
