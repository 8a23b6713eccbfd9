"""A person: registered, found again, corrected, merged."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from queues.forms.fields import (
    GENDERS,
    AgeField,
    GenderField,
    IsoDateField,
    LanguageField,
    NameField,
    PhoneField,
    TextField,
)
from queues.models import Clinic, Patient
from queues.rules.people import LONGEST_ADDRESS, LONGEST_NAME, OLDEST, age_on

# Columns that say how old somebody is, and change together or not at all.
OF_AGE = frozenset({"age_when_registered", "birth_date", "birth_year"})


class PatientForm(forms.Form):
    """A person at the reception or the kiosk; only staff may leave out what a kiosk asks for."""

    name = NameField(
        label=_("Name"), required=False, widget=forms.TextInput({"maxlength": LONGEST_NAME})
    )
    phone = PhoneField(label=_("Phone"), required=False, widget=forms.TextInput({"type": "tel"}))
    age = AgeField(
        label=_("Age"),
        required=False,
        min_value=0,
        max_value=OLDEST,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Please give the age in years.")
        ),
    )
    birth_date = IsoDateField(
        label=_("or birth date"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}),
    )
    gender = GenderField(label=_("Gender"), required=False, widget=forms.Select(choices=GENDERS))
    address = TextField(label=_("Address"), required=False, max_length=LONGEST_ADDRESS)
    language = LanguageField(
        label=_("Language"), required=False, choices=[("", "—"), *settings.LANGUAGES]
    )
    unidentified = forms.BooleanField(label=_("Not identified yet"), required=False)

    def __init__(self, clinic: Clinic, *args: Any, by_staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic
        self.by_staff = by_staff
        self.fields["phone"].country = clinic.country  # type: ignore[attr-defined]
        self.today = clinic.service_day()
        if not by_staff:
            del self.fields["unidentified"]
            self.fields["name"].required = self.fields["phone"].required = True

    def clean_birth_date(self) -> date | None:
        born: date | None = self.cleaned_data["birth_date"]
        if born and born > self.today:
            raise forms.ValidationError(_("The birth date lies in the future."))
        if born and age_on(self.today, born) > OLDEST:
            raise forms.ValidationError(_("Please check the year of birth."))
        return born

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        unidentified = given.get("unidentified", False)
        has_age = given.get("age") is not None or given.get("birth_date")
        if not unidentified and not has_age and not {"age", "birth_date"} & set(self.errors):
            self.add_error("age", _("Please give the age or the birth date."))
        if not unidentified and not given.get("name") and "name" not in self.errors:
            self.add_error("name", NameField.default_error_messages["name"])
        return given

    def person(self) -> dict[str, Any]:
        """The columns of a patient's record."""
        given = self.cleaned_data
        unidentified = given.get("unidentified", False)
        age, born = given["age"], given["birth_date"]
        if born:
            age = None
        year = born.year if born else self.today.year - age if age is not None else None
        return {
            "name": given["name"] or str(_("Unknown patient")),
            "phone": given["phone"],
            "birth_date": born,
            "birth_year": year,
            "age_when_registered": age,
            "gender": given["gender"],
            "address": given["address"],
            "language": given["language"],
            "is_identified": not unidentified,
        }


class ReturningForm(forms.Form):
    """Who has been here before: phone and birth year, or the number on their card."""

    phone = PhoneField(label=_("Phone"), required=False, widget=forms.TextInput({"type": "tel"}))
    birth_year = forms.IntegerField(
        label=_("Year of birth"), required=False, min_value=1880, max_value=2200
    )
    number = TextField(label=_("or patient number"), required=False, max_length=12)

    def __init__(self, clinic: Clinic, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].country = clinic.country  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("number"):
            for name in ("phone", "birth_year"):
                if not given.get(name):
                    self.add_error(name, _("Please give phone and year of birth, or the number."))
        return given


def as_typed(patient: Patient) -> dict[str, Any]:
    """A record as its form shows it before a correction."""
    return {
        "name": patient.name,
        "phone": patient.phone,
        "age": patient.age_when_registered,
        "birth_date": patient.birth_date,
        "gender": patient.gender,
        "address": patient.address,
        "language": patient.language,
        "unidentified": not patient.is_identified,
    }


class MergeForm(forms.Form):
    """Which record stays."""

    into = TextField(label=_("Number of the record that stays"), max_length=12)
