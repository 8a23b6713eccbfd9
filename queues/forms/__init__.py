"""What people type, made clean or sent back with a sentence for each field."""

from queues.forms.booking import BookingForm, DoctorsDayForm, ListForm, SearchForm, WaitForm
from queues.forms.desk import MoveForm, TicketForm
from queues.forms.history import ExportForm, HistoryForm
from queues.forms.house import ClinicForm, DepartmentForm
from queues.forms.paper import PrintForm, TakeInForm
from queues.forms.people import OF_AGE, MergeForm, PatientForm, ReturningForm, as_typed
from queues.forms.schedule import (
    BookableForm,
    DoctorForm,
    ExtraForm,
    FateForm,
    LeaveForm,
    PlacesForm,
    RoomForm,
    RuleForm,
)
from queues.forms.settings import SettingsForm

__all__ = [
    "OF_AGE",
    "BookableForm",
    "BookingForm",
    "ClinicForm",
    "DepartmentForm",
    "DoctorForm",
    "DoctorsDayForm",
    "ExportForm",
    "ExtraForm",
    "FateForm",
    "HistoryForm",
    "LeaveForm",
    "ListForm",
    "MergeForm",
    "MoveForm",
    "PatientForm",
    "PlacesForm",
    "PrintForm",
    "ReturningForm",
    "RoomForm",
    "RuleForm",
    "SearchForm",
    "SettingsForm",
    "TakeInForm",
    "TicketForm",
    "WaitForm",
    "as_typed",
]
