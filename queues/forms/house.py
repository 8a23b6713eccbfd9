"""What is set of a clinic and of a department."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from queues.forms.fields import TextField
from queues.models import Department
from queues.rules.people import OLDEST, is_country
from queues.rules.priority import Policy, Priority


class HeadStartsField(forms.JSONField):
    """Minutes by priority."""

    def clean(self, value: Any) -> dict[str, int]:
        given = value if isinstance(value, dict) else super().clean(value)
        known = set(Priority) - {Priority.EMERGENCY}
        if not isinstance(given, dict) or set(given) - known:
            raise forms.ValidationError(_("Please give minutes for the priorities we know."))
        if any(type(minutes) is not int or not 0 <= minutes <= 1440 for minutes in given.values()):
            raise forms.ValidationError(_("Please give whole minutes, at most a day."))
        return {str(name): minutes for name, minutes in given.items()}


class HoursField(forms.JSONField):
    """Stretches of a week: [[weekday from Monday = 0, opens, closes], …]; none: always open."""

    def clean(self, value: Any) -> list[list[Any]]:
        given = value if isinstance(value, list) else super().clean(value)
        try:
            return [
                [_weekday(weekday), _clock(opens), _clock(closes)]
                for weekday, opens, closes in given or []
            ]
        except (ValueError, TypeError) as error:
            sentence = _("Please give hours as weekday (Monday is 0), opening and closing time.")
            raise forms.ValidationError(sentence) from error


def _weekday(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= 6:
        raise ValueError(value)
    return value


def _clock(value: Any) -> str:
    return time.fromisoformat(value).replace(tzinfo=None).isoformat("minutes")


class PartialForm(forms.Form):
    """Settings of a row that exists: what is left out of a request stays as it is."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        super().__init__(given)
        for name in set(self.fields) - set(given):
            del self.fields[name]


class ClinicForm(PartialForm):
    """A clinic's day, its people and its languages."""

    name = TextField(label=_("Name"), max_length=120)
    time_zone = forms.CharField(label=_("Time zone"), max_length=64)
    turns_at = forms.IntegerField(label=_("The day turns at"), min_value=0, max_value=23)
    country = forms.CharField(label=_("Country of its phones"), max_length=2)
    languages = forms.MultipleChoiceField(label=_("Languages"), choices=settings.LANGUAGES)
    spoken = forms.MultipleChoiceField(
        label=_("Languages that its walls speak"), choices=settings.LANGUAGES, required=False
    )
    elderly_from = forms.IntegerField(label=_("Elderly from"), min_value=1, max_value=OLDEST)
    idle_hours = forms.IntegerField(label=_("Idle hours"), min_value=0, max_value=48)
    books_days_ahead = forms.IntegerField(
        label=_("Days ahead that can be booked"), min_value=1, max_value=366
    )
    check_in_minutes = forms.IntegerField(
        label=_("Check in by phone, minutes before"), min_value=0, max_value=1440
    )
    late_minutes = forms.IntegerField(
        label=_("Late after minutes, and then like a walk-in"), min_value=0, max_value=1440
    )
    offer_minutes = forms.IntegerField(
        label=_("Minutes to answer an offer; 0 books at once"), min_value=0, max_value=10080
    )
    log_in_idle_minutes = forms.IntegerField(
        label=_("Staff are logged out after minutes in which they do nothing"),
        min_value=5,
        max_value=1440,
    )
    log_in_hours = forms.IntegerField(
        label=_("Staff log in again after hours, whatever they do"), min_value=1, max_value=168
    )
    second_factor_for_all = forms.BooleanField(
        label=_("All staff need a second factor, not administrators alone"), required=False
    )

    def clean_time_zone(self) -> str:
        zone = str(self.cleaned_data["time_zone"])
        if zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone, as in Asia/Kolkata."))
        return zone

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).upper()
        if not is_country(country):
            raise forms.ValidationError(_("Please give a country by two letters, as in IN."))
        return country


class DepartmentForm(PartialForm):
    """A department's state and rules."""

    state = forms.ChoiceField(label=_("State"), choices=Department.State.choices)
    reason = TextField(label=_("Reason that patients read"), required=False, max_length=200)
    message = TextField(label=_("Message on the wall"), required=False, max_length=200)
    name = TextField(label=_("Name"), max_length=80)
    policy = forms.ChoiceField(label=_("Policy"), choices=[(p, p) for p in Policy])
    head_starts = HeadStartsField(label=_("Head starts in minutes"))
    hours = HoursField(label=_("Hours"), required=False)
    last_issue = forms.TimeField(label=_("Last number at"), required=False)
    daily_limit = forms.IntegerField(label=_("Numbers a day"), required=False, min_value=0)
    call_starts_service = forms.BooleanField(label=_("A call starts the service"), required=False)
    assigns_at_issue = forms.BooleanField(label=_("Assign a counter at issue"), required=False)
    no_show_minutes = forms.IntegerField(
        label=_("Not come after minutes"), required=False, min_value=1, max_value=600
    )
    returns_behind = forms.IntegerField(
        label=_("Who returns goes behind"), min_value=0, max_value=1000
    )
    typical_minutes = forms.IntegerField(
        label=_("Minutes of a visit, before there is history"), min_value=1, max_value=600
    )

    def __init__(self, given: Mapping[str, Any]) -> None:
        pauses = given.get("state") == Department.State.PAUSED
        super().__init__({"reason": "", **given} if pauses else given)

    def clean(self) -> dict[str, Any]:
        """Patients who see a pause want to know why."""
        given = super().clean() or {}
        pauses = given.get("state") == Department.State.PAUSED
        if pauses and not given.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Please give a reason for the pause: patients read it."))
        return given

    def settings(self) -> dict[str, Any]:
        """The columns of a department."""
        given = dict(self.cleaned_data)
        if "reason" in given:
            given["state_reason"] = given.pop("reason")
        elif given.get("state") == Department.State.OPEN:
            given["state_reason"] = ""
        return given


# What the pages alone ask: the API gives the same as JSON.
