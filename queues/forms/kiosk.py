"""What a patient answers at the kiosk: one field a page, and the person that they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from queues.forms.fields import NameField, PhoneField, TextField
from queues.models import Clinic
from queues.rules.people import LONGEST_NAME, OLDEST, Gender
from queues.rules.priority import Priority

LONGEST_CODE = 300  # what a hand scanner types: the whole address of a visit


class About(StrEnum):
    """Who should not stand in line for long."""

    NOTHING = "nothing"
    ELDERLY = "elderly"
    PREGNANT = "pregnant"
    DISABLED = "disabled"

    @property
    def priority(self) -> Priority | None:
        """All three have one priority, and which of them it was is written down nowhere."""
        return None if self is About.NOTHING else Priority.ELDERLY


class AnswerForm(forms.Form):
    """A page asks one thing."""

    def __init__(self, answer: forms.Field, given: Any = None, *, kept: str = "") -> None:
        super().__init__(given, initial={"answer": kept})
        answer.widget.attrs |= {"autocomplete": "off", "autofocus": True}
        self.fields["answer"] = answer

    def text(self) -> str:
        """As it was typed, if it is to be shown so again: a phone without its country."""
        if isinstance(self.fields["answer"], PhoneField):
            return str(self.data["answer"]).strip()
        return str(self.cleaned_data["answer"])


def one_of(choices: Iterable[str]) -> forms.Field:
    sentence = _("Please choose one of these.")
    return forms.ChoiceField(
        choices=[(choice, choice) for choice in choices],
        error_messages={"required": sentence, "invalid_choice": sentence},
    )


def name() -> forms.Field:
    field = NameField(
        label=_("Your name"),
        widget=forms.TextInput({"maxlength": LONGEST_NAME, "spellcheck": "false"}),
    )
    field.error_messages["required"] = field.error_messages["name"]
    return field


def phone(country: str) -> forms.Field:
    return PhoneField(
        label=_("Your phone number"),
        country=country,
        widget=forms.TextInput({"type": "tel", "dir": "ltr", "maxlength": 20, **NUMPAD}),
        error_messages={"required": PhoneField.default_error_messages["phone"]},
    )


def birth_year(today: date) -> forms.Field:
    sentence = _("Please give the year of birth in four digits.")
    return forms.IntegerField(
        label=_("Your year of birth"),
        min_value=today.year - OLDEST,
        max_value=today.year,
        widget=forms.TextInput({"dir": "ltr", "maxlength": 4, **NUMPAD}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence),
    )


def age() -> forms.Field:
    sentence = _("Please give the age in years.")
    return forms.IntegerField(
        label=_("Your age in years"),
        min_value=0,
        max_value=OLDEST,
        widget=forms.TextInput({"dir": "ltr", "maxlength": 3, **NUMPAD}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence),
    )


def card() -> forms.Field:
    sentence = _("Please type or scan the number or the code.")
    return TextField(
        label=_("Your patient number, or the code"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            {"dir": "ltr", "spellcheck": "false", "autocapitalize": "characters"}
        ),
        error_messages={"required": sentence, "max_length": sentence},
    )


NUMPAD = {"inputmode": "numeric", "data-numpad": True}


def known_by(answers: Mapping[str, str], clinic: Clinic) -> dict[str, Any]:
    """Phone and year of birth, as somebody is found by them who has been here before."""
    return {
        "phone": phone(clinic.country).clean(answers["phone"]),
        "birth_year": int(answers["birth"]),
        "number": "",
    }


def person(answers: Mapping[str, str], clinic: Clinic, language: str) -> dict[str, Any]:
    """The columns of a new patient's record. Who knows neither year nor age is asked at a desk."""
    today = clinic.service_day()
    if year := answers["birth"]:
        born: int | None = int(year)
    else:
        born = today.year - int(answers["age"]) if answers.get("age") else None
    has_phone = bool(answers["phone"])
    return {
        "name": answers["name"],
        "phone": phone(clinic.country).clean(answers["phone"]) if has_phone else "",
        "birth_date": None,
        "birth_year": born,
        "age_when_registered": None if born is None else today.year - born,
        "gender": Gender.UNKNOWN,
        "address": "",
        "language": language,
        "is_identified": True,
    }
