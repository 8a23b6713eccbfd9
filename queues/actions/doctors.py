"""Doctors come, change, and stop seeing patients here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.changing import change_row
from queues.actions.rearranging import rearrange
from queues.actions.refusals import Invalid
from queues.actions.setting_hours import Wanted, set_hours
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, Department, Doctor, ExtraSession, Kind, ScheduleRule, Slot, User
from queues.rules.bookings import Fate
from queues.rules.rights import Actor


@transacted
def add(
    name: str,
    departments: Iterable[Department],
    *,
    by: Actor,
    at: Clinic,
    specialty: str = "",
    languages: Iterable[str] = (),
    code: str | None = None,
    user: User | None = None,
) -> Doctor:
    """They can be waited for by name from now on; their times come with their week."""
    doctor = Doctor(name=name, specialty=specialty, languages=[*languages], code=code, user=user)
    journal.record(_added(doctor, departments, by=by, at=at))
    return doctor


@transacted
def add_with_hours(
    code: str,
    name: str,
    department: Department,
    wanted: Mapping[str, Wanted],
    *,
    by: Actor,
    specialty: str = "",
) -> tuple[Doctor, list[Slot]]:
    """Somebody whom another system knows, and the hours that it sets for them."""
    doctor = Doctor(name=name, specialty=specialty, code=code)
    entry = _added(doctor, [department], by=by, at=department.clinic)
    return doctor, set_hours(doctor, department, wanted, by=by, besides=[entry])


def _added(doctor: Doctor, departments: Iterable[Department], *, by: Actor, at: Clinic) -> Entry:
    _refuse_taken(doctor)
    doctor.save(force_insert=True)
    where = list(departments)
    doctor.departments.set(where)
    after = {**_state(doctor), "departments": _codes(where)}
    return Entry(Kind.DOCTOR_ADDED, by, at, doctor.public_id, after=after)


@transacted
def change(
    doctor: Doctor,
    settings: dict[str, Any],
    *,
    by: Actor,
    at: Clinic,
    departments: Iterable[Department] | None = None,
    fate: Fate | None = None,
) -> Doctor:
    """Another name, specialty, place; or out of use, which asks about their bookings as a leave
    does, and in use again."""
    held = Doctor.objects.select_for_update().get(pk=doctor.pk)

    def save() -> Iterable[Entry]:
        before, after = change_row(held, settings)
        _refuse_taken(held)
        if departments is not None:
            was, now = _works_at(held, at, departments)
            if was != now:
                before["departments"], after["departments"] = was, now
        if not after:
            return []
        return [
            Entry(Kind.DOCTOR_CHANGED, by, clinic, held.public_id, before=before, after=after)
            for clinic in {at, *_sees_patients_at(held)}
        ]

    rearrange(held, save, fate, by=by)
    return held


def _works_at(
    doctor: Doctor, at: Clinic, departments: Iterable[Department]
) -> tuple[list[str], list[str]]:
    """Where they worked in this clinic, and where they do from now on."""
    everywhere = list(doctor.departments.all())
    was, now = [one for one in everywhere if one.clinic_id == at.pk], list(departments)
    for department in set(was) - set(now):
        theirs = {"doctor": doctor, "department": department}
        rules = ScheduleRule.objects.filter(**theirs)
        if rules.exists() or ExtraSession.objects.filter(**theirs).exists():
            raise Invalid(
                departments=_("Their week has times in %(department)s. Please end those first.")
                % {"department": department.name}
            )
    elsewhere = [one for one in everywhere if one.clinic_id != at.pk]
    doctor.departments.set([*elsewhere, *now])
    return _codes(was), _codes(now)


def _sees_patients_at(doctor: Doctor) -> QuerySet[Clinic]:
    """Each of these clinics shows them, and so is told: where they work, and where they still have
    times though they no longer do."""
    works_at = Q(departments__doctors=doctor)
    has_times = Slot.objects.filter(doctor=doctor, ends_at__gt=timezone.now())
    return Clinic.objects.filter(works_at | Q(pk__in=has_times.values("clinic"))).distinct()


def _codes(departments: Iterable[Department]) -> list[str]:
    return sorted(department.code for department in departments)


def _state(doctor: Doctor) -> dict[str, Any]:
    """In history a person goes by public id; a doctor's name is on the door."""
    told = {name: getattr(doctor, name) for name in (*Doctor.SETTINGS, "code")}
    return {**told, "user": str(doctor.user.public_id) if doctor.user else None}


def _refuse_taken(doctor: Doctor) -> None:
    others = Doctor.objects.exclude(pk=doctor.pk)
    if doctor.code and others.filter(code__iexact=doctor.code).exists():
        raise Invalid(code=_("Another doctor has this code."))
    if doctor.user_id and others.filter(user=doctor.user_id).exists():
        raise Invalid(user=_("This account belongs to another doctor."))
