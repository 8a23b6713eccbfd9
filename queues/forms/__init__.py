"""What people type, made clean or sent back with a sentence for each field."""

from queues.forms.appointments import BookingForm, CancelForm, TimesForm
from queues.forms.desk import MoveForm, TicketForm
from queues.forms.history import ExportForm, HistoryForm
from queues.forms.house import ClinicForm, DepartmentForm
from queues.forms.paper import PrintForm, TakeInForm
from queues.forms.people import OF_AGE, MergeForm, PatientForm, ReturningForm, as_typed
from queues.forms.settings import SettingsForm

__all__ = [
    "OF_AGE",
    "BookingForm",
    "CancelForm",
    "ClinicForm",
    "DepartmentForm",
    "ExportForm",
    "HistoryForm",
    "MergeForm",
    "MoveForm",
    "PatientForm",
    "PrintForm",
    "ReturningForm",
    "SettingsForm",
    "TakeInForm",
    "TicketForm",
    "TimesForm",
    "as_typed",
]
