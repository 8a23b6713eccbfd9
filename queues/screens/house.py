"""The departments and counters of a clinic, with how many wait where."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from queues.models import Clinic, Counter, Department, Token


def clinic_answer(clinic: Clinic) -> dict[str, Any]:
    return {
        **{name: getattr(clinic, name) for name in ("code", *Clinic.SETTINGS)},
        "service_day": clinic.service_day().isoformat(),
    }


def departments(clinic: Clinic) -> list[dict[str, Any]]:
    found = list(clinic.departments.all())
    counts = Token.objects.count_waiting(found)
    return [department_answer(department, counts.get(department.pk, 0)) for department in found]


def department_answer(department: Department, waiting: int) -> dict[str, Any]:
    """What anybody may know of a department."""
    return {
        "code": department.code,
        "name": department.name,
        "prefix": department.prefix,
        "state": department.state,
        "reason": department.state_reason,
        "gives_numbers": department.gives_numbers(timezone.now()),
        "waiting": waiting,
    }


def department_settings(department: Department) -> dict[str, Any]:
    """What its administrators set."""
    return {
        "message": department.message,
        "policy": department.policy,
        "head_starts": department.head_starts,
        "hours": department.hours,
        "last_issue": department.last_issue.isoformat("minutes") if department.last_issue else None,
        "daily_limit": department.daily_limit,
        "call_starts_service": department.call_starts_service,
        "assigns_at_issue": department.assigns_at_issue,
        "no_show_minutes": department.no_show_minutes,
        "returns_behind": department.returns_behind,
        "typical_minutes": department.typical_minutes,
    }


def counters(clinic: Clinic, department: Department | None = None) -> list[dict[str, Any]]:
    found = Counter.objects.filter(department__clinic=clinic).select_related(
        "department", "doctor", "current__visit"
    )
    if department:
        found = found.filter(department=department)
    return [counter_answer(counter) for counter in found.order_by("department__position", "code")]


def counter_answer(counter: Counter) -> dict[str, Any]:
    current = counter.current
    return {
        "department": counter.department.code,
        "code": counter.code,
        "name": counter.name,
        "open": counter.is_open,
        "serves": counter.serves,
        "doctor_id": str(counter.doctor.public_id) if counter.doctor else None,
        "current": {"token_id": str(current.public_id), "label": current.visit.label}
        if current
        else None,
    }
