"""A hospital to try things in: people who work there, and a morning's patients."""

from __future__ import annotations

from django.conf import settings

from queues.actions import calling, clinics, issuing, patients, tokens
from queues.actions.founding import found
from queues.actions.transactions import transacted
from queues.forms import PatientForm
from queues.models import Clinic, Counter, Doctor, Membership, User
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role

PASSWORD = "queue-demo"  # noqa: S105 - printed at every start of the demo, and meant to be
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


@transacted
def stage() -> Clinic:
    """Found the clinic and play the first hour of its day."""
    clinic = found("main", "City Hospital", settings.TIME_ZONE)
    clinic = clinics.change(clinic, {"spoken": ["en", "es"]}, by=SYSTEM)
    _people(clinic)
    _rooms(clinic)
    _morning(clinic)
    return clinic


def _people(clinic: Clinic) -> None:
    for username, first, last, role, department in PEOPLE:
        user = User.objects.create_user(
            username, f"{username}@example.org", PASSWORD, first_name=first, last_name=last
        )
        where = clinic.departments.get(code=department) if department else None
        Membership.objects.create(user=user, clinic=clinic, department=where, role=role)


def _rooms(clinic: Clinic) -> None:
    """A doctor's room in OPD, and a third desk at the pharmacy that is not open yet."""
    opd = clinic.departments.get(code="OPD")
    doctor = Doctor.objects.create(name="Dr Dev Sharma", user=User.objects.get(username="doctor"))
    doctor.departments.add(opd)
    Counter.objects.create(department=opd, code="R1", name="Room 1", doctor=doctor, is_open=True)
    pharmacy = clinic.departments.get(code="PHARMACY")
    Counter.objects.create(department=pharmacy, code="3", is_open=False)


def _morning(clinic: Clinic) -> None:
    for name, phone, age, gender, code, priority in MORNING:
        form = PatientForm(
            clinic, {"name": name, "phone": phone, "age": age, "gender": gender}, by_staff=True
        )
        form.full_clean()
        patient = patients.register(clinic, form.person(), by=SYSTEM).patient
        department = clinic.departments.get(code=code)
        issuing.issue(patient, department, by=SYSTEM, priority=priority)
    tokens.start(calling.call_next(_counter(clinic, "OPD", "1"), by=SYSTEM), by=SYSTEM)
    calling.call_next(_counter(clinic, "OPD", "2"), by=SYSTEM)
    calling.call_next(_counter(clinic, "LAB", "1"), by=SYSTEM)


def _counter(clinic: Clinic, department: str, code: str) -> Counter:
    return Counter.objects.select_related("department__clinic", "doctor", "current").get(
        department__clinic=clinic, department__code=department, code=code
    )
