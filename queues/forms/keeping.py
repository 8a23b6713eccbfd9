"""What administrators type about their house: departments, counters, people, keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from queues.forms.fields import NameField, TextField
from queues.forms.house import ClinicForm, PartialForm
from queues.models import Clinic, Department, User
from queues.rules.rights import KEY_ROLES, PEOPLE_ROLES, Role
from queues.screens import words

# As it stands in addresses and on walls.
CODE = RegexValidator(r"^[A-Za-z0-9_-]{1,20}$", _("Letters, digits, - and _ only, at most 20."))
AT_A_COUNTER = RegexValidator(r"^[A-Za-z0-9_-]{1,10}$", _("Letters, digits, - and _, at most 10."))
PREFIX = RegexValidator(r"^[A-Za-z]{1,3}$", _("One to three letters."))


class ClinicSettingsForm(ClinicForm):
    """All of a clinic's settings on one page."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    spoken = forms.MultipleChoiceField(
        label=_("Languages that its walls speak"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, clinic: Clinic, given: Mapping[str, Any] | None = None) -> None:
        initial = {name: getattr(clinic, name) for name in Clinic.SETTINGS}
        super(PartialForm, self).__init__(given, initial=initial)  # a page shows every field


class NewClinicForm(forms.Form):
    name = TextField(label=_("Name"), max_length=120)
    code = forms.CharField(
        label=_("Code"), max_length=20, validators=[CODE], help_text=_("As in north.")
    )
    time_zone = forms.CharField(label=_("Time zone"), max_length=64, initial=settings.TIME_ZONE)

    clean_time_zone = ClinicForm.clean_time_zone

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).lower()


class NewDepartmentForm(forms.Form):
    name = TextField(label=_("Name"), max_length=80)
    code = forms.CharField(
        label=_("Code"), max_length=20, validators=[CODE], help_text=_("As in OPD.")
    )
    # A form of Django's has a prefix too, which ours does not use.
    prefix = forms.CharField(  # type: ignore[assignment]
        label=_("Its numbers begin with"),
        max_length=3,
        validators=[PREFIX],
        help_text=_("As in A-001."),
    )

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).upper()

    def clean_prefix(self) -> str:
        return str(self.cleaned_data["prefix"]).upper()


class CounterForm(forms.Form):
    code = forms.CharField(
        label=_("Number"),
        max_length=10,
        validators=[AT_A_COUNTER],
        help_text=_("Patients are called to it."),
    )
    name = TextField(label=_("Name"), required=False, max_length=60)


class DepartmentChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One department; or all of them, for whoever may give that."""

    def __init__(self) -> None:
        super().__init__(
            Department.objects.none(),
            to_field_name="code",
            label=_("Department"),
            required=False,
            empty_label=_("all departments"),
        )

    def offer(self, departments: Iterable[Department], *, all_too: bool) -> None:
        ours = [department.pk for department in departments]
        self.queryset = Department.objects.filter(pk__in=ours).order_by("position", "pk")
        if not all_too:
            self.required, self.empty_label = True, None


class RoleForm(forms.Form):
    """What somebody is, and where."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, words.ROLE[role]) for role in PEOPLE_ROLES]
    )
    department = DepartmentChoice()

    def __init__(
        self,
        departments: Iterable[Department],
        given: Mapping[str, Any] | None = None,
        *,
        all_too: bool,
    ) -> None:
        super().__init__(given)
        self.offer(departments, all_too)

    def offer(self, departments: Iterable[Department], all_too: bool) -> None:
        field = self.fields["department"]
        assert isinstance(field, DepartmentChoice)
        field.offer(departments, all_too=all_too)

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class InviteForm(RoleForm):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    field_order = ("email", "role", "department")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class KeyForm(RoleForm):
    """A door for another system."""

    name = TextField(label=_("For which system"), max_length=80)
    role = forms.ChoiceField(
        label=_("What it may do"), choices=[(role.value, words.ROLE[role]) for role in KEY_ROLES]
    )
    per_second = forms.IntegerField(
        label=_("Calls a second"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_("Leave it empty for what all keys may."),
    )
    field_order = ("name", "role", "department", "per_second")


class JoinForm(forms.Form):
    """Whoever was invited makes their account."""

    username = UsernameField(
        label=_("User name"),
        max_length=150,
        validators=User._meta.get_field("username").validators,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )
    first_name = NameField(
        label=_("Name that colleagues see"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, given: Mapping[str, Any] | None = None) -> None:
        super().__init__(given)
        self.email = email

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        if "@" in name:  # else it could be somebody's address
            raise forms.ValidationError(_("Please choose a name without @."))
        return name

    def clean_first_name(self) -> str:
        name = str(self.cleaned_data["first_name"])
        if len(name) > 150:
            raise forms.ValidationError(_("Please write a name of 1 to 150 characters."))
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if password := given.get("password"):
            known = {name: given.get(name, "") for name in ("username", "first_name")}
            somebody = User(**known, email=self.email)
            try:
                validate_password(password, somebody)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given
