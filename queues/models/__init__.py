"""The tables, one domain word a file."""

from queues.models.alarm import Alarm
from queues.models.clinic import Clinic
from queues.models.counter import Counter
from queues.models.daybook import DayBook
from queues.models.department import Department
from queues.models.doctor import Doctor
from queues.models.event import Event, Kind
from queues.models.kept_answer import KeptAnswer
from queues.models.key import ApiKey
from queues.models.paper import PaperNumber
from queues.models.patient import FormerRecord, Patient
from queues.models.token import Token
from queues.models.user import Membership, User
from queues.models.visit import Visit

__all__ = [
    "Alarm",
    "ApiKey",
    "Clinic",
    "Counter",
    "DayBook",
    "Department",
    "Doctor",
    "Event",
    "FormerRecord",
    "KeptAnswer",
    "Kind",
    "Membership",
    "PaperNumber",
    "Patient",
    "Token",
    "User",
    "Visit",
]
