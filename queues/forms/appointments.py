"""A doctor's time for a patient: which times are looked for, and what is booked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from queues.forms.booking import DayField
from queues.forms.fields import TextField
from queues.models import Clinic, Department, Doctor
from queues.rules.priority import Priority
from queues.screens import words

ANY = ("", _("any"))


class TimesForm(forms.Form):
    """Which times: whatever is left out or makes no sense is as usual."""

    doctor = forms.ChoiceField(label=_("Doctor"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    specialty = forms.ChoiceField(label=_("Specialty"), required=False)
    day = DayField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    source = forms.ChoiceField(
        label=_("Booked as"), required=False, choices=list(words.PRIORITY.items())
    )

    def __init__(
        self,
        clinic: Clinic,
        departments: Iterable[Department],
        doctors: Iterable[Doctor],
        given: Mapping[str, Any],
    ) -> None:
        self.today = clinic.calendar_day()
        self.departments = {one.code: one for one in departments}
        self.doctors = {str(one.public_id): one for one in doctors}
        specialties = {one.specialty for one in self.doctors.values() if one.specialty}
        as_usual = {"day": self.today.isoformat(), "source": Priority.WALK_IN}
        super().__init__({**as_usual, **{name: text for name, text in given.items() if text}})
        self._choose("department", [(one.code, one.name) for one in self.departments.values()])
        self._choose("doctor", [(key, one.name) for key, one in self.doctors.items()])
        self._choose("specialty", [(name, name) for name in sorted(specialties)])
        self.full_clean()

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [ANY, *choices]  # type: ignore[attr-defined]

    @property
    def day_wanted(self) -> date:
        return self.cleaned_data.get("day") or self.today

    @property
    def source_wanted(self) -> Priority:
        return Priority(self.cleaned_data.get("source") or Priority.WALK_IN)

    @property
    def doctor_wanted(self) -> Doctor | None:
        return self.doctors.get(self.cleaned_data.get("doctor") or "")

    @property
    def department_wanted(self) -> Department | None:
        return self.departments.get(self.cleaned_data.get("department") or "")

    @property
    def says_whom(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("doctor", "department", "specialty"))


class ChosenTimeForm(forms.Form):
    """The time that was chosen; `instead` is the button of another that was offered."""

    slot = forms.UUIDField(required=False)
    instead = forms.UUIDField(required=False)
    displaces = forms.UUIDField(required=False)  # who gives way: whoever books has agreed to it
    reason = TextField(label=_("What it is about"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["chosen"] = given.get("instead") or given.get("slot")
        if given["chosen"] is None:
            self.add_error("slot", _("Please choose a time."))
        return given

    @property
    def chosen(self) -> UUID | None:
        """As far as it could be read."""
        return self.cleaned_data.get("chosen") if self.is_bound and self.is_valid() else None


class CancelForm(forms.Form):
    reason = TextField(label=_("Reason"), required=False, max_length=200)
