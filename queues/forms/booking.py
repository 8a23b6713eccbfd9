"""What is asked for when a doctor's time is booked, looked for or waited for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from queues.forms.fields import IsoDateField, TextField, typed_text
from queues.rules.appointments import ASKED_OF_A_LIST, Stage
from queues.rules.priority import Priority
from queues.rules.slots import TimeOfDay

LONGEST_REASON, LONGEST_SPECIALTY = 200, 60
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


class SourceField(forms.CharField):
    """How somebody books, as the priority that it gives: in any letter case, 'Walk-in' too."""

    default_error_messages = {
        "source": _("Please choose one of: emergency, paid, follow_up, elderly, online, walk_in.")
    }

    def clean(self, value: Any) -> Any:
        typed = typed_text(value).strip().lower().replace("-", "_").replace(" ", "_")
        if not typed:
            return super().clean(typed)
        if typed not in set(Priority):
            raise forms.ValidationError(self.error_messages["source"], "source")
        return Priority(typed)


class DayField(IsoDateField):
    """A day on which somebody could be seen."""

    default_error_messages = {"far": _("Please give a day between 2000 and 2199.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(self.error_messages["far"], "far")
        return day


class StageField(forms.CharField):
    """Where somebody on a doctor's list is put; in any letter case."""

    def clean(self, value: Any) -> Any:
        typed = typed_text(value).strip().lower().replace("-", "_").replace(" ", "_")
        if typed and typed not in ASKED_OF_A_LIST:
            raise forms.ValidationError(
                _(
                    "Please choose one of: confirmed, checked_in, in_consultation, completed, "
                    "cancelled, no_show."
                )
            )
        return Stage(typed) if typed else super().clean(typed)


class TimesField(forms.Field):
    """Times of day: one word, several with commas, or a list of them. None: at any time."""

    def clean(self, value: Any) -> list[str]:
        given = value if isinstance(value, list | tuple) else [value]
        words = [part.strip().lower() for text in given for part in typed_text(text).split(",")]
        wanted = [word for word in words if word]
        if not set(wanted) <= set(TimeOfDay):
            raise forms.ValidationError(_("Please choose of: morning, afternoon, evening."))
        return [time for time in TimeOfDay if time in wanted]


class DoctorsDayForm(forms.Form):
    """A day, or none: today, or whichever comes first."""

    date = DayField(required=False)


class BookingForm(DoctorsDayForm):
    source = SourceField()
    reason = TextField(required=False, max_length=LONGEST_REASON)


class ListForm(forms.Form):
    """Somebody on a doctor's list, put elsewhere."""

    status = StageField()


class WaitForm(forms.Form):
    """What somebody waits for: a slot, a doctor or a specialty, and when they could come."""

    doctor_id = TextField(required=False, max_length=40)
    slot_id = TextField(required=False, max_length=40)
    specialty = TextField(required=False, max_length=LONGEST_SPECIALTY)
    earliest = DayField(required=False)
    latest = DayField(required=False)
    times_of_day = TimesField(required=False)
    source = SourceField()
    reason = TextField(required=False, max_length=LONGEST_REASON)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        what = ("doctor_id", "slot_id", "specialty")
        if not any(given.get(name) or name in self.errors for name in what):
            self.add_error("doctor_id", _("Please name a doctor, a specialty or a time."))
        earliest, latest = given.get("earliest"), given.get("latest")
        if earliest and latest and latest < earliest:
            self.add_error("latest", _("The last day comes before the first."))
        return given


class SearchForm(forms.Form):
    """Which free times are looked for. `from` is a word of Python's, so it joins later."""

    specialty = TextField(required=False, max_length=LONGEST_SPECIALTY)
    to = DayField(required=False)
    time_of_day = TimesField(required=False)

    def __init__(self, typed: Mapping[str, Any]) -> None:
        super().__init__(typed)
        self.fields["from"] = DayField(required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        first, last = given.get("from"), given.get("to")
        if first and last and last < first:
            self.add_error("to", _("The last day comes before the first."))
        return given
