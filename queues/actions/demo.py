"""A hospital to try things in: people who work there, and a morning's patients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta

from django.conf import settings
from django.utils import timezone

from queues.actions import booking, calling, clinics, doctors, issuing, patients, tokens
from queues.actions.founding import found
from queues.actions.making_slots import make_slots
from queues.actions.transactions import transacted
from queues.forms import PatientForm
from queues.models import (
    Clinic,
    Counter,
    Doctor,
    Membership,
    Patient,
    ScheduleRule,
    Slot,
    User,
)
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role

PASSWORD = "queue-demo"  # noqa: S105 - printed at every start of the demo, and meant to be  # nosec B105
USERNAMES = ("admin", "clerk", "nurse", "lab", "doctor")

PEOPLE = (
    ("admin", "Amina", "Okafor", Role.ADMIN, None),
    ("clerk", "Carlos", "Mendes", Role.CLERK, None),
    ("nurse", "Nadia", "Haddad", Role.NURSE, "OPD"),
    ("lab", "Lakshmi", "Iyer", Role.NURSE, "LAB"),
    ("doctor", "Dev", "Sharma", Role.DOCTOR, "OPD"),
)
MORNING = (
    ("Asha Rao", "98450 10001", 34, "female", "OPD", None),
    ("Miguel Torres", "98450 10002", 71, "male", "OPD", None),
    ("نور الهدى", "98450 10003", 28, "female", "OPD", Priority.ONLINE),
    ("கவிதா முருகன்", "98450 10004", 45, "female", "OPD", Priority.PAID),
    ("John Fisher", "98450 10005", 52, "male", "OPD", None),
    ("सुनीता देवी", "98450 10006", 67, "female", "OPD", None),
    ("Pierre Martin", "98450 10007", 39, "male", "OPD", Priority.FOLLOW_UP),
    ("Grace Mensah", "98450 10008", 23, "female", "OPD", None),
    ("Li Wei", "98450 10009", 60, "male", "LAB", None),
    ("Fatima Zahra", "98450 10010", 31, "female", "LAB", None),
    ("Ravi Kumar", "98450 10011", 48, "male", "LAB", None),
    ("Elena Petrova", "98450 10012", 77, "female", "PHARMACY", None),
    ("Samuel Osei", "98450 10013", 19, "male", "PHARMACY", None),
)


@dataclass(frozen=True)
class Weeks:
    """A doctor of the demo, who works every day of the week at these hours."""

    name: str
    specialty: str
    languages: tuple[str, ...]
    hours: tuple[tuple[time, time], ...]
    slot_minutes: int
    capacity: int
    hard_limit: int
    username: str = ""


SHARMA, KRISHNAN, FAROUK, NAVARRO = DOCTORS = (
    Weeks(
        "Dr Dev Sharma",
        "General medicine",
        ("en", "hi"),
        ((time(8), time(13)), (time(14), time(22))),
        20,
        2,
        3,
        username="doctor",
    ),
    Weeks("Dr Meera Krishnan", "Paediatrics", ("en", "ta"), ((time(9), time(13)),), 15, 1, 2),
    Weeks("Dr Omar Farouk", "Cardiology", ("ar", "fr", "en"), ((time(10), time(16)),), 30, 2, 2),
    Weeks("Dr Lucía Navarro", "Dermatology", ("es", "en"), ((time(13), time(19)),), 20, 1, 1),
)
BOOKED = (  # name, phone, age, gender, doctor, days from today, source
    ("Anita Desai", "98450 20001", 44, "female", SHARMA, 0, Priority.ONLINE),
    ("Omar Siddiqui", "98450 20002", 36, "male", SHARMA, 0, Priority.PAID),
    ("Bernard Lefèvre", "98450 20003", 70, "male", SHARMA, 0, Priority.ONLINE),
    ("Meena Joshi", "98450 20004", 29, "female", SHARMA, 0, Priority.FOLLOW_UP),
    ("ஜெயா சங்கர்", "98450 20005", 6, "female", KRISHNAN, 0, Priority.ONLINE),
    ("Carmen Ruiz", "98450 20006", 51, "female", NAVARRO, 0, Priority.WALK_IN),
    ("سلمى إبراهيم", "98450 20007", 63, "female", FAROUK, 1, Priority.PAID),
    ("Peter Okello", "98450 20008", 58, "male", FAROUK, 1, Priority.ONLINE),
    ("अनिल गुप्ता", "98450 20009", 47, "male", SHARMA, 1, Priority.ONLINE),
    ("Julia Novak", "98450 20010", 33, "female", NAVARRO, 2, Priority.ONLINE),
    ("Arjun Pillai", "98450 20011", 9, "male", KRISHNAN, 2, Priority.FOLLOW_UP),
    ("Wanjiru Kamau", "98450 20012", 26, "female", SHARMA, 3, Priority.ONLINE),
)


@transacted
def stage() -> Clinic:
    """Found the clinic and play the first hour of its day."""
    clinic = found("main", "City Hospital", settings.TIME_ZONE)
    for_guests = {"spoken": ["en", "es"], "open_walls": True, "open_kiosks": True}
    clinic = clinics.change(clinic, for_guests, by=SYSTEM)
    _people(clinic)
    _rooms(clinic)
    _morning(clinic)
    _weeks(clinic)
    _bookings(clinic)
    return clinic


def _people(clinic: Clinic) -> None:
    for username, first, last, role, department in PEOPLE:
        user = User.objects.create_user(
            username, f"{username}@example.org", PASSWORD, first_name=first, last_name=last
        )
        where = clinic.departments.get(code=department) if department else None
        Membership.objects.create(user=user, clinic=clinic, department=where, role=role)


def _rooms(clinic: Clinic) -> None:
    """The doctors' rooms in OPD, of which one is open, and a third desk at the pharmacy that is
    not open yet."""
    opd = clinic.departments.get(code="OPD")
    for number, one in enumerate(DOCTORS, start=1):
        doctor = doctors.add(
            one.name,
            [opd],
            specialty=one.specialty,
            languages=one.languages,
            user=User.objects.filter(username=one.username).first(),
            by=SYSTEM,
            at=clinic,
        )
        Counter.objects.create(
            department=opd,
            code=f"R{number}",
            name=f"Room {number}",
            doctor=doctor,
            is_open=one is SHARMA,
        )
    pharmacy = clinic.departments.get(code="PHARMACY")
    Counter.objects.create(department=pharmacy, code="3", is_open=False)


def _weeks(clinic: Clinic) -> None:
    """Written down as a whole; the slots are then made in one go."""
    opd = clinic.departments.get(code="OPD")
    for one in DOCTORS:
        doctor = Doctor.objects.get(name=one.name)
        ScheduleRule.objects.bulk_create(
            ScheduleRule(
                doctor=doctor,
                department=opd,
                weekday=weekday,
                opens=opens,
                closes=closes,
                slot_minutes=one.slot_minutes,
                capacity=one.capacity,
                hard_limit=one.hard_limit,
                starts_on=clinic.service_day(),
            )
            for weekday in range(7)
            for opens, closes in one.hours
        )
    make_slots()


def _bookings(clinic: Clinic) -> None:
    """Where that day has no time any more, it is the next that is free."""
    for name, phone, age, gender, who, days, source in BOOKED:
        patient = _registered(clinic, name, phone, age, gender)
        doctor = Doctor.objects.get(name=who.name)
        day = clinic.service_day() + timedelta(days=days)
        free = Slot.objects.free(timezone.now()).filter(doctor=doctor).soonest_first()
        slot = free.filter(day=day).first() or free.first()
        if slot:
            booking.book(patient, slot, source, by=SYSTEM)


def _registered(clinic: Clinic, name: str, phone: str, age: int, gender: str) -> Patient:
    typed = {"name": name, "phone": phone, "age": age, "gender": gender}
    form = PatientForm(clinic, typed, by_staff=True)
    form.full_clean()
    return patients.register(clinic, form.person(), by=SYSTEM).patient


def _morning(clinic: Clinic) -> None:
    for name, phone, age, gender, code, priority in MORNING:
        patient = _registered(clinic, name, phone, age, gender)
        department = clinic.departments.get(code=code)
        issuing.issue(patient, department, by=SYSTEM, priority=priority)
    tokens.start(calling.call_next(_counter(clinic, "OPD", "1"), by=SYSTEM), by=SYSTEM)
    calling.call_next(_counter(clinic, "OPD", "2"), by=SYSTEM)
    calling.call_next(_counter(clinic, "LAB", "1"), by=SYSTEM)


def _counter(clinic: Clinic, department: str, code: str) -> Counter:
    return Counter.objects.select_related("department__clinic", "doctor", "current").get(
        department__clinic=clinic, department__code=department, code=code
    )
