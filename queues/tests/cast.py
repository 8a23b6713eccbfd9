"""The people and places of the tests, always the same, so that a test reads as a sentence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from queues.actions import keys, patients
from queues.actions.founding import found
from queues.forms import PatientForm
from queues.models import Clinic, Counter, Department, Membership, Patient, User
from queues.rules.rights import SYSTEM, Actor, ActorKind, Grant, Role

PASSWORD = "correct horse battery"


def clinic(code: str = "main", time_zone: str = "UTC") -> Clinic:
    """Where any browser may be a wall or a kiosk, as in the demo."""
    made = found(code, f"{code.title()} Clinic", time_zone)
    made.open_walls = made.open_kiosks = True
    made.save(update_fields=["open_walls", "open_kiosks"])
    return made


def department(clinic: Clinic, code: str) -> Department:
    return Department.objects.select_related("clinic").get(clinic=clinic, code=code)


def counter(department: Department, code: str) -> Counter:
    """A counter as a desk has it on its screen: loaded a moment ago."""
    found = Counter.objects.select_related("department__clinic", "doctor", "current__visit")
    return found.get(department=department, code=code)


def patient(clinic: Clinic, name: str, **details: Any) -> Patient:
    """Somebody registered at the reception; the phone is drawn from the name."""
    phone = f"98{sum(map(ord, name)) % 10**4:04}{len(name):04}"
    form = PatientForm(clinic, {"name": name, "phone": phone, "age": 34, **details}, by_staff=True)
    assert form.is_valid(), form.errors
    return patients.register(clinic, form.person(), by=SYSTEM).patient


def user(clinic: Clinic, name: str, role: Role, department: Department | None = None) -> User:
    somebody = User.objects.create_user(
        name, f"{name}@example.org", PASSWORD, first_name=name.title()
    )
    Membership.objects.create(user=somebody, clinic=clinic, department=department, role=role)
    return somebody


def staff(clinic: Clinic, role: Role = Role.NURSE, department: Department | None = None) -> Actor:
    """An actor without an account: enough for an action, which only writes down who it was."""
    grant = Grant(clinic.pk, department.pk if department else None, role)
    return Actor(ActorKind.USER, UUID(int=7), (grant,), origin="desk")


def kiosk(clinic: Clinic) -> Actor:
    return Actor(ActorKind.PATIENT, None, (Grant(clinic.pk, None, Role.KIOSK),), origin="kiosk")


def key(clinic: Clinic, role: Role, department: Department | None = None) -> str:
    """The secret of a new key to the API."""
    return keys.make(f"{role} key", role, clinic, department, by=SYSTEM)[1]
