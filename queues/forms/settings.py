"""All of a department's settings on one page, as people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from queues.forms.house import DepartmentForm, HeadStartsField, HoursField, PartialForm
from queues.models import Department
from queues.rules.priority import Priority
from queues.screens import words


class HeadStartsWidget(forms.MultiWidget):
    """A box of minutes for each priority."""

    PRIORITIES = [priority for priority in Priority if priority is not Priority.EMERGENCY]

    def __init__(self) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            str(priority): forms.NumberInput({"min": 0, "max": 1440, "required": True})
            for priority in self.PRIORITIES
        }
        super().__init__(boxes)

    def decompress(self, value: Any) -> list[Any]:
        return [(value or {}).get(priority) for priority in self.PRIORITIES]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        pairs = zip(self.PRIORITIES, typed, strict=True)
        return {str(priority): _whole(text) for priority, text in pairs}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, self.decompress(value), attrs)
        for priority, box in zip(self.PRIORITIES, context["widget"]["subwidgets"], strict=True):
            box["label"] = words.PRIORITY[priority]
        return context


class HoursWidget(forms.MultiWidget):
    """A line for each day of the week: 08:00-13:00, 14:00-18:00."""

    def __init__(self) -> None:
        line = {"placeholder": "08:00-13:00, 14:00-18:00", "dir": "ltr"}
        super().__init__({str(day): forms.TextInput(line) for day in WEEKDAYS})

    def decompress(self, value: Any) -> list[str]:
        return [
            ", ".join(_stretch(opening) for opening in value or [] if opening[0] == day)
            for day in WEEKDAYS
        ]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        return [
            [day, *(clock.strip() for clock in stretch.split("-"))]
            for day, line in zip(WEEKDAYS, typed, strict=True)
            for stretch in (line or "").split(",")
            if stretch.strip()
        ]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, self.decompress(value), attrs)
        for day, box in zip(WEEKDAYS, context["widget"]["subwidgets"], strict=True):
            box["label"] = WEEKDAYS[day]
        return context


class AsItIs(forms.JSONField):
    """A value that its widget takes apart and puts together: never a line of JSON."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data

    def prepare_value(self, value: Any) -> Any:
        return value


class HeadStartsBoxes(AsItIs, HeadStartsField):
    widget = HeadStartsWidget


class HoursLines(AsItIs, HoursField):
    widget = HoursWidget


class SettingsForm(DepartmentForm):
    """All of a department's settings, as its administrators see them."""

    head_starts = HeadStartsBoxes(label=_("Head starts in minutes"))
    hours = HoursLines(
        label=_("Hours"),
        required=False,
        help_text=_("Leave all empty where the department is always open."),
    )

    def __init__(self, department: Department, given: Mapping[str, Any] | None = None) -> None:
        initial = {name: getattr(department, name) for name in Department.SETTINGS}
        initial["reason"] = initial.pop("state_reason")
        super(PartialForm, self).__init__(given, initial=initial)  # a page shows every field


def _whole(text: str | None) -> int | str | None:
    return int(text) if text and text.isdecimal() and len(text) < 9 else text


def _stretch(opening: Sequence[Any]) -> str:
    """As it was typed, also where that made no sense."""
    return "-".join(str(clock) for clock in opening[1:])
