"""What is asked for when a doctor's time is booked, looked for or waited for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from queues.forms.fields import IsoDateField, TextField, typed_text
from queues.rules.priority import Priority

LONGEST_REASON = 200
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


class DoctorsDayForm(forms.Form):
    """A day, or none: today, or whichever comes first."""

    date = DayField(required=False)


class BookingForm(DoctorsDayForm):
    source = SourceField()
    reason = TextField(required=False, max_length=LONGEST_REASON)
