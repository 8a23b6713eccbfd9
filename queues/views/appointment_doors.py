"""Which appointment is meant at the desk, and what stays in the address between two pages."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from queues.models import Appointment, Department, Doctor, visible
from queues.rules.rights import Act
from queues.views.doors import At

KEPT = ("clinic", "patient", "doctor", "department", "specialty", "day", "source", "slot", "naming")


def appointment_of(at: At, public_id: UUID) -> Appointment:
    """One of this clinic, in a department where they may book."""
    here = visible.appointments(at.actor).filter(clinic=at.clinic)
    found = get_object_or_404(here, public_id=public_id)
    if not at.actor.may(Act.BOOK, found.clinic_id, found.department_id):
        raise PermissionDenied
    return found


def doctors_of(departments: Iterable[Department]) -> list[Doctor]:
    """Whoever sees patients there."""
    theirs = Doctor.objects.filter(departments__in=list(departments), is_active=True)
    return list(theirs.distinct().order_by("name", "pk"))


def onward(request: HttpRequest, *without: str, **more: object) -> str:
    """The question mark and what follows it: what was chosen so far, never a name."""
    query = QueryDict(mutable=True)
    for name in KEPT:
        if name not in without and (text := request.GET.get(name)):
            query[name] = text
    for name, value in more.items():
        query[name] = str(value)
    return f"?{query.urlencode()}" if query else ""


def uuid_of(text: str) -> UUID | None:
    """Nothing, where an address was typed by hand."""
    try:
        return UUID(text)
    except ValueError:
        return None
