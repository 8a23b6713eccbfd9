"""What people type, made clean or sent back with a sentence for each field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from queues.models import Clinic, Department, Patient
from queues.models.department import default_head_starts
from queues.rules.people import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    OLDEST,
    Gender,
    NotAName,
    NotAPhone,
    age_on,
    clean_name,
    clean_phone,
    clean_text,
    is_country,
)
from queues.rules.priority import Policy, Priority
from queues.rules.status import Move
from queues.screens import words

GENDERS = [
    (Gender.FEMALE, _("female")),
    (Gender.MALE, _("male")),
    (Gender.OTHER, _("other")),
    (Gender.UNKNOWN, _("not stated")),
]
SHORT_GENDERS = {"f": Gender.FEMALE, "m": Gender.MALE, "o": Gender.OTHER, "u": Gender.UNKNOWN}


def _typed_text(value: Any) -> str:
    """A page sends text; a program may send anything."""
    if value is None or isinstance(value, str):
        return value or ""
    raise forms.ValidationError(_("Please send text here."), "type")


class NameField(forms.CharField):
    default_error_messages = {"name": _("Please write a name of 1 to 200 characters.")}

    def clean(self, value: Any) -> str:
        typed = _typed_text(value)
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
        typed = _typed_text(value)
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


class HeadStartsField(forms.JSONField):
    """Minutes by priority."""

    def clean(self, value: Any) -> dict[str, int]:
        given = value if isinstance(value, dict) else super().clean(value)
        known = set(Priority) - {Priority.EMERGENCY}
        if not isinstance(given, dict) or set(given) - known:
            raise forms.ValidationError(_("Please give minutes for the priorities we know."))
        if any(type(minutes) is not int or not 0 <= minutes <= 1440 for minutes in given.values()):
            raise forms.ValidationError(_("Please give whole minutes, at most a day."))
        return {**default_head_starts(), **{str(name): minutes for name, minutes in given.items()}}


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


class AgeField(forms.IntegerField):
    def clean(self, value: Any) -> int | None:
        if isinstance(value, bool | list | dict):
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        age: int | None = super().clean(value)
        return age


class IsoDateField(forms.DateField):
    """One spelling, since 3/4 is another day in another country."""

    def clean(self, value: Any) -> Any:
        return super().clean(value if isinstance(value, date) else _typed_text(value))


class GenderField(forms.CharField):
    """In full, or by its first letter."""

    def clean(self, value: Any) -> str:
        typed = _typed_text(value).strip().lower()
        gender = SHORT_GENDERS.get(typed, typed) or Gender.UNKNOWN
        if gender not in set(Gender):
            raise forms.ValidationError(_("Please choose one of: female, male, other, unknown."))
        return gender


class LanguageField(forms.ChoiceField):
    def clean(self, value: Any) -> Any:
        return super().clean(_typed_text(value))


# Columns that say how old somebody is, and change together or not at all.
OF_AGE = frozenset({"age_when_registered", "birth_date", "birth_year"})


class PatientForm(forms.Form):
    """A person at the reception or the kiosk; only staff may leave out what a kiosk asks for."""

    name = NameField(
        label=_("Name"), required=False, widget=forms.TextInput({"maxlength": LONGEST_NAME})
    )
    phone = PhoneField(label=_("Phone"), required=False, widget=forms.TextInput({"type": "tel"}))
    age = AgeField(label=_("Age"), required=False, min_value=0, max_value=OLDEST)
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
    elderly_from = forms.IntegerField(label=_("Elderly from"), min_value=1, max_value=OLDEST)
    idle_hours = forms.IntegerField(label=_("Idle hours"), min_value=0, max_value=48)

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

    def settings(self) -> dict[str, Any]:
        """The columns of a department."""
        given = dict(self.cleaned_data)
        if "reason" in given:
            given["state_reason"] = given.pop("reason")
        elif given.get("state") == Department.State.OPEN:
            given["state_reason"] = ""
        return given


# What the pages alone ask: the API gives the same as JSON.

NOT_CHOSEN = ("", _("as usual"))


class MoveForm(forms.Form):
    """A pressed button beside a number, with what some of the buttons need."""

    move = forms.ChoiceField(choices=[(move, move) for move in Move])
    reason = TextField(label=_("Reason"), required=False, max_length=200)
    department = forms.CharField(required=False, max_length=20)
    priority = forms.ChoiceField(
        required=False, choices=[("", ""), *((priority, priority) for priority in Priority)]
    )


class TicketForm(forms.Form):
    """How a number is given out at a desk."""

    priority = forms.ChoiceField(
        label=_("Priority"), required=False, choices=[NOT_CHOSEN, *words.PRIORITY.items()]
    )
    doctor = forms.ChoiceField(label=_("Doctor"), required=False)

    def __init__(self, department: Department, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doctors = {
            str(one.public_id): one for one in department.doctors.filter(is_active=True)
        }
        names = [(key, one.name) for key, one in self.doctors.items()]
        self.fields["doctor"].choices = [("", _("any doctor")), *names]  # type: ignore[attr-defined]
        if not self.doctors:
            del self.fields["doctor"]

    def wishes(self) -> dict[str, Any]:
        """As `issuing.issue` takes them."""
        given = self.cleaned_data
        return {
            "priority": Priority(given["priority"]) if given["priority"] else None,
            "doctor": self.doctors.get(given.get("doctor", "")),
        }


class KioskForm(forms.Form):
    """What a patient needs, and whether they should not stand in line for long."""

    department = forms.ChoiceField(label=_("Where do you want to go?"), widget=forms.RadioSelect)
    elderly = forms.BooleanField(label=_("I am elderly, pregnant or disabled"), required=False)

    def __init__(self, departments: Iterable[Department], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_code = {department.code: department for department in departments}
        self.fields["department"].choices = [  # type: ignore[attr-defined]
            (department.code, department.name) for department in departments
        ]

    def wishes(self) -> dict[str, Any]:
        return {
            "department": self.by_code[self.cleaned_data["department"]],
            "priority": Priority.ELDERLY if self.cleaned_data["elderly"] else None,
        }


class MergeForm(forms.Form):
    """Which record stays."""

    into = TextField(label=_("Number of the record that stays"), max_length=12)


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
