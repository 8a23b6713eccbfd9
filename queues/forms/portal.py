"""What patients type into the portal: what they look for, who they are, what they would wait for."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from queues.forms import kiosk
from queues.forms.booking import DayField
from queues.forms.fields import TextField
from queues.models import Clinic
from queues.rules.slots import TimeOfDay

ANY = [("", _("Any"))]
TIMES_OF_DAY = [
    (TimeOfDay.MORNING, _("Morning")),
    (TimeOfDay.AFTERNOON, _("Afternoon")),
    (TimeOfDay.EVENING, _("Evening")),
]
MOST_PLACES = 10  # of a family
LONGEST_REASON = 200
PICK_A_DAY = {"type": "date"}


class FindForm(forms.Form):
    """What somebody looks for. All of it may be left out."""

    specialty = forms.ChoiceField(label=_("Specialty"), required=False)
    date = DayField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(PICK_A_DAY),
        error_messages={"invalid": _("Please choose a day.")},
    )
    clinic = forms.ChoiceField(label=_("Clinic"), required=False)
    doctor = TextField(label=_("Doctor's name"), required=False, max_length=120)
    speaks = forms.ChoiceField(
        label=_("The doctor speaks"), required=False, choices=[*ANY, *settings.LANGUAGES]
    )
    time_of_day = forms.ChoiceField(
        label=_("Time of day"), required=False, choices=[*ANY, *TIMES_OF_DAY]
    )

    def __init__(
        self,
        given: Any,
        *,
        clinics: Iterable[Clinic],
        specialties: Iterable[str],
        today: datetime.date,
    ) -> None:
        super().__init__(given)
        self.today = today
        self.fields["clinic"].choices = [  # type: ignore[attr-defined]
            *ANY,
            *((clinic.code, clinic.name) for clinic in clinics),
        ]
        self.fields["specialty"].choices = [  # type: ignore[attr-defined]
            *ANY,
            *((specialty, specialty) for specialty in specialties),
        ]
        self.fields["date"].widget.attrs["min"] = today.isoformat()

    def clean_date(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["date"]
        if day and day < self.today:
            raise forms.ValidationError(_("This day is over."))
        return day


class KnownForm(forms.Form):
    """Who has been here before, found as at the kiosk."""

    def __init__(self, given: Any, clinic: Clinic, typed: dict[str, str] | None = None) -> None:
        super().__init__(given, initial=typed, prefix=None, auto_id="known-%s")
        self.fields["phone"] = _easily(kiosk.phone(clinic.country), "tel")
        self.fields["birth"] = _easily(kiosk.birth_year(clinic.service_day()), "bday-year")

    def found_by(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"phone": given["phone"], "birth_year": given["birth"], "number": ""}


class NewForm(KnownForm):
    """Who is new: enough to be called, and to be found again."""

    field_order = ["name", "phone", "birth"]

    def __init__(self, given: Any, clinic: Clinic, typed: dict[str, str] | None = None) -> None:
        super().__init__(given, clinic, typed)
        self.auto_id = "new-%s"
        self.fields["name"] = _easily(kiosk.name(), "name")
        self.order_fields(self.field_order)

    def answers(self) -> dict[str, str]:
        """As the kiosk keeps them, from which it makes a record."""
        given = self.cleaned_data
        return {"name": given["name"], "phone": given["phone"], "birth": str(given["birth"])}


class ReasonForm(forms.Form):
    reason = TextField(
        label=_("What is it about?"),
        help_text=_("You may leave this empty. Only the doctor and the staff read it."),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.TextInput({"maxlength": LONGEST_REASON}),
    )


class WishForm(forms.Form):
    """From when to when somebody would come, at which times of day, and with how many."""

    earliest = DayField(
        label=_("Not before"),
        required=False,
        widget=forms.DateInput(PICK_A_DAY),
        error_messages={"invalid": _("Please choose a day.")},
    )
    latest = DayField(
        label=_("Not after"),
        required=False,
        widget=forms.DateInput(PICK_A_DAY),
        error_messages={"invalid": _("Please choose a day.")},
    )
    times_of_day = forms.MultipleChoiceField(
        label=_("Times of day"),
        help_text=_("None chosen: any time."),
        required=False,
        choices=TIMES_OF_DAY,
        widget=forms.CheckboxSelectMultiple,
    )
    places = forms.IntegerField(
        label=_("How many places?"),
        help_text=_("For a family: all of you together, or nobody."),
        min_value=1,
        max_value=MOST_PLACES,
        initial=1,
        widget=forms.TextInput({"inputmode": "numeric", "maxlength": 2}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Please give 1 to 10 places.")
        ),
    )

    def __init__(self, given: Any, today: datetime.date, *args: Any, **kwargs: Any) -> None:
        super().__init__(given, *args, **kwargs)
        self.today = today
        for name in ("earliest", "latest"):
            self.fields[name].widget.attrs["min"] = today.isoformat()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        earliest, latest = given.get("earliest"), given.get("latest")
        if latest and latest < self.today:
            self.add_error("latest", _("This day is over."))
        elif earliest and latest and latest < earliest:
            self.add_error("latest", _("The last day comes before the first."))
        elif earliest and earliest > self.today + timedelta(days=366):
            self.add_error("earliest", _("Please choose a day within a year."))
        return given


def _easily(field: forms.Field, autocomplete: str) -> forms.Field:
    """On somebody's own phone, which knows what to fill in; and which has its own keys."""
    field.widget.attrs |= {"autocomplete": autocomplete}
    field.widget.attrs.pop("data-numpad", None)
    return field
