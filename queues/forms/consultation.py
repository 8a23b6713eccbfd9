"""What a doctor writes: the findings, the prescription, when to come again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.forms.fields import AgeField, IsoDateField, TextField, typed_text
from queues.models import Consultation, Doctor
from queues.rules.people import clean_text
from queues.rules.prescription import MOST_LINES, Line, NotALine, clean_lines

LINE = ("medicine", "dose", "when", "days")
LATEST_FOLLOW_UP = 730  # days
LONGEST_ADDENDUM = 4000


class ProseField(TextField):
    """As many lines as it takes, each cleaned of what cannot be seen."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": rows, "dir": "auto"}), **kwargs)

    def clean(self, value: Any) -> str:
        typed = typed_text(value)
        if "\x00" in typed:
            raise forms.ValidationError(self.error_messages["nul"], "nul")
        text = "\n".join(clean_text(line) for line in typed.splitlines()).strip("\n")
        return str(forms.CharField.clean(self, text))


class ConsultationForm(forms.Form):
    """All of it, or (`only`) the parts that were sent."""

    complaint = ProseField(label=gettext_lazy("Complaint"), required=False, max_length=4000, rows=2)
    notes = ProseField(label=gettext_lazy("Notes"), required=False, max_length=20000, rows=5)
    diagnosis = ProseField(label=gettext_lazy("Diagnosis"), required=False, max_length=4000, rows=2)
    advice = ProseField(label=gettext_lazy("Advice"), required=False, max_length=4000, rows=3)
    follow_up_days = AgeField(
        label=gettext_lazy("Come again in how many days"),
        required=False,
        min_value=1,
        max_value=LATEST_FOLLOW_UP,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            gettext_lazy("Please give 1 to 730 days, or none."),
        ),
    )

    def __init__(
        self,
        given: Mapping[str, Any] | None = None,
        *,
        lines: Iterable[Any] | None = None,
        skip_empty: bool = False,
        only: Iterable[str] = Consultation.WRITTEN,
        **kwargs: Any,
    ) -> None:
        super().__init__(given, **kwargs)
        self.lines = lines
        self.skip_empty = skip_empty
        self.only = set(only)
        for name in set(self.fields) - self.only:
            del self.fields[name]

    @classmethod
    def posted(cls, data: MultiValueDict[str, str]) -> ConsultationForm:
        """As the page sends it."""
        return cls(data, lines=typed_lines(data), skip_empty=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "prescription" in self.only:
            try:
                lines = list(self.lines if self.lines is not None else [])
                given["prescription"] = clean_lines(lines, skip_empty=self.skip_empty)
            except NotALine as error:
                self.errors["prescription"] = self.error_class([_wrong(error)])
        return given

    def written(self) -> dict[str, Any]:
        """As `consultations.write` takes it."""
        return {name: self.cleaned_data[name] for name in Consultation.WRITTEN if name in self.only}


class AddendumForm(forms.Form):
    text = ProseField(label=gettext_lazy("Addendum"), max_length=LONGEST_ADDENDUM, rows=3)


class SoughtForm(forms.Form):
    """Which consultations are wanted; what is left empty leaves nothing out."""

    patient = TextField(label=gettext_lazy("Patient number"), required=False, max_length=12)
    doctor = forms.ChoiceField(label=gettext_lazy("Doctor"), required=False)
    status = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("all")),
            (Consultation.Status.DRAFT, gettext_lazy("not completed")),
            (Consultation.Status.COMPLETED, gettext_lazy("completed")),
        ],
    )
    day = IsoDateField(
        label=gettext_lazy("Day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Please choose a day.")},
    )

    def __init__(self, given: Mapping[str, Any], doctors: Iterable[Doctor]) -> None:
        super().__init__(given)
        names = [(str(one.public_id), one.name) for one in doctors]
        self.fields["doctor"].choices = [("", _("all")), *names]  # type: ignore[attr-defined]

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day and not 1900 <= day.year <= 2200:
            raise forms.ValidationError(_("Please choose another day."))
        return day


def typed_lines(data: MultiValueDict[str, str]) -> list[dict[str, str]]:
    """The lines of the prescription as they stand on the page, empty ones too."""
    columns = [data.getlist(name)[: MOST_LINES + 1] for name in LINE]
    return [dict(zip(LINE, row, strict=True)) for row in zip(*columns, strict=False)]


def as_lines(prescription: list[Line]) -> list[dict[str, Any]]:
    return [dict(line) for line in prescription]


def _wrong(error: NotALine) -> str:
    facts = {"line": error.at + 1, "most": MOST_LINES}
    sentences = {
        "medicine": _("Line %(line)s: please name the medicine, in at most 120 characters."),
        "dose": _("Line %(line)s: please give the dose in at most 60 characters."),
        "when": _("Line %(line)s: please say when to take it in at most 120 characters."),
        "days": _("Line %(line)s: please give 1 to 365 days, or none."),
        "line": _("Line %(line)s: please send medicine, dose, when and days."),
        "lines": _("A prescription has %(most)s lines at most."),
    }
    return sentences[error.field] % facts
