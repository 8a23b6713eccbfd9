"""What people type, made clean or sent back with a sentence for each field."""

from queues.forms.appointments import CancelForm, ChosenTimeForm, TimesForm
from queues.forms.booking import BookingForm, DoctorsDayForm, ListForm, SearchForm, WaitForm
from queues.forms.consultation import AddendumForm, ConsultationForm, SoughtForm
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
    WelcomeForm,
)
from queues.forms.settings import SettingsForm

__all__ = [
    "OF_AGE",
    "AddendumForm",
    "BookableForm",
    "BookingForm",
    "CancelForm",
    "ChosenTimeForm",
    "ClinicForm",
    "ConsultationForm",
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
    "SoughtForm",
    "TakeInForm",
    "TicketForm",
    "TimesForm",
    "WaitForm",
    "WelcomeForm",
    "as_typed",
]
