"""A doctor, and what is written down of their week."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from queues.forms.booking import DayField
from queues.forms.fields import NameField, TextField
from queues.forms.house import ClinicForm, PartialForm
from queues.models import Clinic, Counter, Department, Doctor, Leave, Session, User
from queues.models.schedule import WorkingTime
from queues.rules.bookings import Fate
from queues.rules.rights import Role

MOST_PLACES = 1000
CODE = r"^[^/\x00]*$"  # it stands in an address


def day_box() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def clock_box() -> forms.TimeInput:
    return forms.TimeInput({"type": "time"}, format="%H:%M")


class Given(forms.Form):
    """Of a row that exists, what is left out of a request stays as it is."""

    def __init__(self, given: Mapping[str, Any] | None, *, partial: bool, **more: Any) -> None:
        super().__init__(given, **more)
        if partial and given is not None:
            for name in set(self.fields) - set(given):
                del self.fields[name]


class RoomField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Counter) -> str:
        return f"{obj.department.name} · {obj}"


class TimesForm(Given):
    """Hours in a department, and what a slot of them is like."""

    department = forms.ModelChoiceField(
        Department.objects.none(), to_field_name="code", label=_("Department"), empty_label=None
    )
    room = RoomField(
        Counter.objects.none(),
        to_field_name="public_id",
        label=_("Room"),
        required=False,
        empty_label=_("the doctor's own room"),
    )
    opens = forms.TimeField(label=_("From"), widget=clock_box())
    closes = forms.TimeField(
        label=_("Until"),
        widget=clock_box(),
        help_text=_("Earlier than the beginning means the next morning."),
    )
    slot_minutes = forms.IntegerField(label=_("Minutes of a slot"), min_value=1, max_value=1440)
    capacity = forms.IntegerField(label=_("Places in a slot"), min_value=0, max_value=MOST_PLACES)
    hard_limit = forms.IntegerField(
        label=_("With emergencies"),
        required=False,
        min_value=0,
        max_value=MOST_PLACES,
        help_text=_("Empty means no buffer."),
    )

    def __init__(
        self,
        clinic: Clinic,
        given: Mapping[str, Any] | None = None,
        *,
        row: WorkingTime | None = None,
        partial: bool = False,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        initial = _initial(row, self.base_fields) if row else initial
        super().__init__(given, partial=partial, initial=initial)
        self.row = row
        rooms = Counter.objects.filter(department__clinic=clinic).select_related("department")
        self._choose("department", clinic.departments.all())
        self._choose("room", rooms.order_by("department__position", "code"))

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows

    def settings(self) -> dict[str, Any]:
        """The columns of the row. Without a limit of its own there is no buffer."""
        given = dict(self.cleaned_data)
        if given.get("capacity") is not None and given.get("hard_limit") is None:
            kept = self.row.hard_limit if self.row and "hard_limit" not in given else 0
            given["hard_limit"] = max(given["capacity"], kept)
        return given


class RuleForm(TimesForm):
    weekday = forms.TypedChoiceField(
        label=_("Day of the week"), coerce=int, choices=list(WEEKDAYS.items())
    )
    starts_on = DayField(label=_("First day"), widget=day_box())
    ends_on = DayField(
        label=_("Last day"),
        required=False,
        widget=day_box(),
        help_text=_("Empty means until further notice."),
    )
    field_order = ("weekday", "opens", "closes")


class ExtraForm(TimesForm):
    day = DayField(label=_("Day"), widget=day_box())
    field_order = ("day", "opens", "closes")


class LeaveForm(Given):
    starts_on = DayField(label=_("First day"), widget=day_box())
    ends_on = DayField(label=_("Last day"), widget=day_box())
    opens = forms.TimeField(
        label=_("From"),
        required=False,
        widget=clock_box(),
        help_text=_("Empty means the whole days."),
    )
    closes = forms.TimeField(label=_("Until"), required=False, widget=clock_box())
    reason = TextField(label=_("Reason, for staff"), required=False, max_length=200)
    everywhere = forms.BooleanField(
        label=_("At all clinics where the doctor works"), required=False
    )

    def __init__(
        self,
        clinic: Clinic,
        given: Mapping[str, Any] | None = None,
        *,
        row: Leave | None = None,
        partial: bool = False,
        initial: Mapping[str, Any] | None = None,
        works_elsewhere: bool = True,
    ) -> None:
        initial = _leave(row) if row else initial
        super().__init__(given, partial=partial, initial=initial)
        self.clinic, self.row = clinic, row
        if not works_elsewhere:
            del self.fields["everywhere"]

    def settings(self) -> dict[str, Any]:
        """The columns of the row. Unless it is said, a new one is of this clinic alone."""
        given = dict(self.cleaned_data)
        if "everywhere" in given:
            given["clinic"] = None if given.pop("everywhere") else self.clinic
        elif self.row is None:
            given["clinic"] = self.clinic
        return given


class DoctorForm(Given):
    name = NameField(label=_("Name"), max_length=120)
    specialty = TextField(label=_("Specialty"), required=False, max_length=60)
    languages = forms.MultipleChoiceField(
        label=_("Languages that they speak with patients"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        to_field_name="code",
        label=_("Departments"),
        widget=forms.CheckboxSelectMultiple,
    )
    code = forms.RegexField(
        CODE,
        label=_("Code"),
        required=False,
        max_length=40,
        help_text=_("By which other systems know them."),
    )
    user = forms.ModelChoiceField(
        User.objects.none(),
        to_field_name="public_id",
        label=_("Their account"),
        required=False,
        empty_label=_("none"),
    )
    is_active = forms.BooleanField(label=_("Sees patients here"), required=False)

    def __init__(
        self,
        clinic: Clinic,
        given: Mapping[str, Any] | None = None,
        *,
        row: Doctor | None = None,
        partial: bool = False,
    ) -> None:
        initial = _doctor(row) if row else {"is_active": True}
        super().__init__(given, partial=partial, initial=initial)
        self._choose("departments", clinic.departments.all())
        doctors = Q(memberships__clinic=clinic, memberships__role=Role.DOCTOR)
        known = User.objects.filter(doctors | Q(pk=row.user_id if row else None)).distinct()
        self._choose("user", known.order_by("username"))

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if len(name) > 120:
            raise forms.ValidationError(_("Please write a name of 1 to 120 characters."))
        return name

    def clean_code(self) -> str | None:
        return str(self.cleaned_data["code"]).strip() or None


class PlacesForm(Given):
    """How many a single slot takes."""

    capacity = forms.IntegerField(label=_("Places"), min_value=0, max_value=MOST_PLACES)
    hard_limit = forms.IntegerField(
        label=_("With the buffer for emergencies"), min_value=0, max_value=MOST_PLACES
    )

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        super().__init__(given, partial=True)


class RoomForm(forms.Form):
    """Where one session takes place."""

    room = RoomField(
        Counter.objects.none(),
        to_field_name="public_id",
        label=_("Room"),
        required=False,
        empty_label=_("the doctor's own room"),
    )

    def __init__(self, session: Session, given: Mapping[str, Any] | None = None) -> None:
        room = session.room.public_id if session.room else None
        super().__init__(given, initial={"room": room})
        rooms = Counter.objects.filter(department=session.department_id)
        field = self.fields["room"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rooms.select_related("department").order_by("code")


class BookableForm(ClinicForm):
    """Of a clinic's settings, those about doctors' time."""

    SHOWN = ("books_days_ahead", "check_in_minutes", "late_minutes", "offer_minutes")

    def __init__(self, clinic: Clinic, given: Mapping[str, Any] | None = None) -> None:
        initial = {name: getattr(clinic, name) for name in self.SHOWN}
        super(PartialForm, self).__init__(given, initial=initial)  # a page shows every field
        for name in set(self.fields) - set(self.SHOWN):
            del self.fields[name]


class WelcomeForm(forms.Form):
    """A doctor of another clinic comes to work here too."""

    doctor = forms.ModelChoiceField(
        Doctor.objects.none(), to_field_name="public_id", label=_("Doctor")
    )
    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        to_field_name="code",
        label=_("Departments"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, clinic: Clinic, elsewhere: QuerySet[Doctor], given: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(given)
        for name, rows in (("doctor", elsewhere), ("departments", clinic.departments.all())):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows


class FateForm(forms.Form):
    """What is to be done with those who are booked; nothing, where it was not asked yet."""

    bookings = forms.TypedChoiceField(
        coerce=Fate, required=False, empty_value=None, choices=[(fate, fate) for fate in Fate]
    )


def _initial(row: WorkingTime, names: Mapping[str, Any]) -> dict[str, Any]:
    initial = {name: getattr(row, name) for name in names}
    initial["department"] = row.department.code
    initial["room"] = row.room.public_id if row.room else None
    return initial


def _leave(row: Leave) -> dict[str, Any]:
    told = ("starts_on", "ends_on", "opens", "closes", "reason")
    return {name: getattr(row, name) for name in told} | {"everywhere": row.clinic_id is None}


def _doctor(doctor: Doctor) -> dict[str, Any]:
    return {
        **{name: getattr(doctor, name) for name in (*Doctor.SETTINGS, "code")},
        "departments": [department.code for department in doctor.departments.all()],
        "user": doctor.user.public_id if doctor.user else None,
    }
