"""Letting machines in: what each is called, and where it stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from queues.models import Clinic, Department


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)


class ApproveForm(NameForm):
    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label=_("Departments"),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, places: QuerySet[Department], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["departments"]
        chosen.queryset = places
        self.fields["name"].help_text = _("Where it stands, as colleagues would say it.")


class OpenForm(forms.Form):
    """Which machines may be used though nobody let them in."""

    open_walls = forms.BooleanField(label=_("Any browser may show a wall"), required=False)
    open_kiosks = forms.BooleanField(label=_("Any browser may be a kiosk"), required=False)

    @classmethod
    def of(cls, clinic: Clinic) -> OpenForm:
        return cls(initial={name: getattr(clinic, name) for name in cls.base_fields})
