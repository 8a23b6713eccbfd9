"""What is asked about free places, two ways: as the API is asked, and as one SELECT by hand."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from bench._clinics import SPECIALTIES
from queues.models import Clinic, Doctor

SHOWN = 20
PLACES = """
SELECT s.public_id, d.public_id, d.name, d.specialty, c.code, c.name, c.time_zone, p.code,
       s.starts_at, s.ends_at, s.capacity - s.booked
FROM queues_slot s
STRAIGHT_JOIN queues_doctor d ON d.id = s.doctor_id
STRAIGHT_JOIN queues_clinic c ON c.id = s.clinic_id
STRAIGHT_JOIN queues_session t ON t.id = s.session_id
STRAIGHT_JOIN queues_department p ON p.id = t.department_id
WHERE s.is_free = 1 AND s.starts_at > %s AND d.is_active = 1 {more}
ORDER BY s.starts_at, s.id LIMIT {limit}
"""
DOCTORS = """
SELECT d.public_id, d.name, d.specialty, d.languages,
       (SELECT s.id FROM queues_slot s WHERE s.is_free = 1 AND s.doctor_id = d.id
        AND s.starts_at > %s ORDER BY s.starts_at, s.id LIMIT 1)
FROM queues_doctor d WHERE d.is_active = 1 {more} ORDER BY d.name, d.id LIMIT {limit}
"""


@dataclass(frozen=True)
class Asked:
    """One question, two ways: as the API is asked, and as SQL."""

    path: str
    query: dict[str, Any]
    sql: str
    more: str = ""
    values: tuple[Any, ...] = ()
    limit: int = SHOWN


class House:
    """Who and what is there to be asked for; each question is another one."""

    def __init__(self) -> None:
        self.clinics = list(Clinic.objects.filter(code__startswith="c"))
        self.doctors = list(Doctor.objects.filter(code__startswith="D"))
        self.draw = random.Random(7)

    def anywhere(self) -> Asked:
        return Asked("/availability", {}, PLACES)

    def of_a_specialty(self) -> Asked:
        wanted = self.specialty().lower()
        return Asked(
            "/availability", {"specialty": wanted}, PLACES, "AND s.specialty = %s", (wanted,)
        )

    def at_a_clinic(self) -> Asked:
        clinic = self.clinic()
        query = {"clinic": clinic.code}
        return Asked("/availability", query, PLACES, "AND s.clinic_id = %s", (clinic.pk,))

    def of_a_specialty_at_a_clinic(self) -> Asked:
        clinic, wanted = self.clinic(), self.specialty().lower()
        return Asked(
            "/availability",
            {"clinic": clinic.code, "specialty": wanted},
            PLACES,
            "AND s.clinic_id = %s AND s.specialty = %s",
            (clinic.pk, wanted),
        )

    def of_a_specialty_next_week(self) -> Asked:
        """Days are those of each clinic's clock; by hand, of one."""
        wanted, first = self.specialty().lower(), timezone.now().date() + timedelta(days=7)
        begins = datetime.combine(first, clock(), tzinfo=UTC)
        return Asked(
            "/availability",
            {
                "specialty": wanted,
                "from": first.isoformat(),
                "to": (first + timedelta(days=2)).isoformat(),
            },
            PLACES,
            "AND s.specialty = %s AND s.starts_at >= %s AND s.starts_at < %s",
            (wanted, begins, begins + timedelta(days=3)),
        )

    def at_a_clinic_in_the_evening(self) -> Asked:
        clinic = self.clinic()
        offset = timezone.now().astimezone(ZoneInfo(clinic.time_zone)).utcoffset()
        assert offset is not None
        return Asked(
            "/availability",
            {"clinic": clinic.code, "time_of_day": "evening"},
            PLACES,
            "AND s.clinic_id = %s AND TIME(s.starts_at + INTERVAL %s MINUTE) >= '17:00'",
            (clinic.pk, offset // timedelta(minutes=1)),
        )

    def two_hundred_anywhere(self) -> Asked:
        return Asked("/availability", {"limit": 200}, PLACES, limit=200)

    def of_a_doctor(self) -> Asked:
        doctor = self.draw.choice(self.doctors)
        return Asked(
            f"/providers/{doctor.public_id}/availability",
            {},
            PLACES,
            "AND s.doctor_id = %s",
            (doctor.pk,),
            limit=50,
        )

    def doctors_of_a_specialty(self) -> Asked:
        wanted = self.specialty().lower()
        query = {"specialty": wanted, "limit": SHOWN}
        return Asked("/providers", query, DOCTORS, "AND d.specialty = %s", (wanted,))

    def doctors_by_name_and_language(self) -> Asked:
        return Asked(
            "/providers",
            {"search": "rao", "language": "hi", "limit": SHOWN},
            DOCTORS,
            "AND d.name LIKE %s AND d.languages LIKE %s",
            ("%rao%", '%"hi"%'),
        )

    def clinic(self) -> Clinic:
        return self.draw.choice(self.clinics)

    def specialty(self) -> str:
        return self.draw.choice(SPECIALTIES)


QUESTIONS: dict[str, Callable[[House], Asked]] = {
    "anywhere": House.anywhere,
    "a specialty, anywhere": House.of_a_specialty,
    "a clinic": House.at_a_clinic,
    "a specialty at a clinic": House.of_a_specialty_at_a_clinic,
    "a specialty, three days next week": House.of_a_specialty_next_week,
    "a clinic, evenings": House.at_a_clinic_in_the_evening,
    "two hundred places anywhere": House.two_hundred_anywhere,
    "all of one doctor": House.of_a_doctor,
    "doctors of a specialty": House.doctors_of_a_specialty,
    "doctors by name and language": House.doctors_by_name_and_language,
}

PAGES: dict[str, Callable[[House], dict[str, str]]] = {
    "anywhere": lambda _house: {},
    "a specialty": lambda house: {"specialty": house.specialty()},
    "a clinic": lambda house: {"clinic": house.clinic().code},
    "a specialty, evenings": lambda house: {
        "specialty": house.specialty(),
        "time_of_day": "evening",
    },
    "doctors by name": lambda _house: {"doctor": "rao", "speaks": "hi"},
}
