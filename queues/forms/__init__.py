"""What people type, made clean or sent back with a sentence for each field."""

from queues.forms.consultation import AddendumForm, ConsultationForm, SoughtForm
from queues.forms.desk import MoveForm, TicketForm
from queues.forms.history import ExportForm, HistoryForm
from queues.forms.house import ClinicForm, DepartmentForm
from queues.forms.paper import PrintForm, TakeInForm
from queues.forms.people import OF_AGE, MergeForm, PatientForm, ReturningForm, as_typed
from queues.forms.settings import SettingsForm

__all__ = [
    "OF_AGE",
    "AddendumForm",
    "ClinicForm",
    "ConsultationForm",
    "DepartmentForm",
    "ExportForm",
    "HistoryForm",
    "MergeForm",
    "MoveForm",
    "PatientForm",
    "PrintForm",
    "ReturningForm",
    "SettingsForm",
    "SoughtForm",
    "TakeInForm",
    "TicketForm",
    "as_typed",
]
