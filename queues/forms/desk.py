"""A number: what is done with it, and how it is given out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from queues.forms.fields import TextField
from queues.models import Department
from queues.rules.priority import Priority
from queues.rules.status import Move
from queues.screens import words

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
