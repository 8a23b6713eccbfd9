"""What people type: each kind of field, made clean or sent back with a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from queues.rules.people import Gender, NotAName, NotAPhone, clean_name, clean_phone, clean_text

GENDERS = [
    (Gender.FEMALE, _("female")),
    (Gender.MALE, _("male")),
    (Gender.OTHER, _("other")),
    (Gender.UNKNOWN, _("not stated")),
]
SHORT_GENDERS = {"f": Gender.FEMALE, "m": Gender.MALE, "o": Gender.OTHER, "u": Gender.UNKNOWN}


def typed_text(value: Any) -> str:
    """A page sends text; a program may send anything."""
    if value is None or isinstance(value, str):
        return value or ""
    raise forms.ValidationError(_("Please send text here."), "type")


class NameField(forms.CharField):
    default_error_messages = {"name": _("Please write a name of 1 to 200 characters.")}

    def clean(self, value: Any) -> str:
        typed = typed_text(value)
        if not typed.strip() and not self.required:
            return ""
        try:
            return clean_name(typed)
        except NotAName as error:
            raise forms.ValidationError(self.error_messages["name"], "name") from error


class TextField(forms.CharField):
    """One line, cleaned of what cannot be seen."""

    default_error_messages = {"nul": _("This text has a character that cannot be stored.")}

    def clean(self, value: Any) -> str:
        typed = typed_text(value)
        if "\x00" in typed:
            raise forms.ValidationError(self.error_messages["nul"], "nul")
        return str(super().clean(clean_text(typed)))


class PhoneField(TextField):
    default_error_messages = {"phone": _("Please give a phone number of 7 to 15 digits.")}

    def __init__(self, *, country: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.country = country

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return clean_phone(typed, self.country)
        except NotAPhone as error:
            raise forms.ValidationError(self.error_messages["phone"], "phone") from error


class AgeField(forms.IntegerField):
    def clean(self, value: Any) -> int | None:
        if isinstance(value, bool | list | dict):
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        age: int | None = super().clean(value)
        return age


class IsoDateField(forms.DateField):
    """One spelling, since 3/4 is another day in another country."""

    def clean(self, value: Any) -> Any:
        return super().clean(value if isinstance(value, date) else typed_text(value))


class GenderField(forms.CharField):
    """In full, or by its first letter."""

    def clean(self, value: Any) -> str:
        typed = typed_text(value).strip().lower()
        gender = SHORT_GENDERS.get(typed, typed) or Gender.UNKNOWN
        if gender not in set(Gender):
            raise forms.ValidationError(_("Please choose one of: female, male, other, unknown."))
        return gender


class LanguageField(forms.ChoiceField):
    def clean(self, value: Any) -> Any:
        return super().clean(typed_text(value))
