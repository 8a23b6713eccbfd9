"""The tables, one domain word a file."""

import queues.models.saying  # noqa: F401 - that its lookup is known
from queues.models.alarm import Alarm
from queues.models.appointment import Appointment
from queues.models.clinic import Clinic
from queues.models.consultation import Addendum, Consultation
from queues.models.counter import Counter
from queues.models.daybook import DayBook
from queues.models.department import Department
from queues.models.device import Device
from queues.models.doctor import Doctor
from queues.models.event import Event, Kind
from queues.models.invitation import Invitation
from queues.models.kept_answer import KeptAnswer
from queues.models.key import ApiKey
from queues.models.notice import Notice
from queues.models.paper import PaperNumber
from queues.models.patient import FormerRecord, Patient
from queues.models.schedule import ExtraSession, Leave, ScheduleRule
from queues.models.session import Session
from queues.models.slot import Slot
from queues.models.token import Token
from queues.models.user import Membership, User
from queues.models.visit import Visit
from queues.models.waitlist import WaitlistEntry

__all__ = [
    "Addendum",
    "Alarm",
    "ApiKey",
    "Appointment",
    "Clinic",
    "Consultation",
    "Counter",
    "DayBook",
    "Department",
    "Device",
    "Doctor",
    "Event",
    "ExtraSession",
    "FormerRecord",
    "Invitation",
    "KeptAnswer",
    "Kind",
    "Leave",
    "Membership",
    "Notice",
    "PaperNumber",
    "Patient",
    "ScheduleRule",
    "Session",
    "Slot",
    "Token",
    "User",
    "Visit",
    "WaitlistEntry",
]
