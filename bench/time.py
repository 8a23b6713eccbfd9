"""./dev bench time: how quick a free place is found among a million slots of 200 clinics.

Each question is asked through the API, the whole way from the request to its bytes, and in turns
as one SELECT by hand. docs/bench.md explains the table.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from statistics import quantiles
from typing import Any
from zoneinfo import ZoneInfo

from django.core import signals
from django.db import close_old_connections, connection
from django.test import Client
from django.utils import timezone

from bench._circumstances import circumstances
from bench._clinics import SPECIALTIES, fill_clinics
from bench._hospital import hospitals
from bench._stopwatch import WARM_UP, Times, in_turns
from bench._table import at_most, table
from queues.models import Clinic, Doctor

DATABASE = "test_bench_time"
GOAL_MS = 50
SHOWN = 20
HEAD = [
    "looked for",
    "rows",
    "CPU ms",
    "p50 ms",
    "by hand",
    "times as long",
    "by hand p99",
    "p99 ms",
    "goal",
    "",
]
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
class Scale:
    clinics: int
    turns: int
    seconds: float  # for each question


FULL = Scale(clinics=200, turns=400, seconds=20)
QUICK = Scale(clinics=20, turns=60, seconds=4)


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
        wanted = self._specialty()
        return Asked(
            "/availability", {"specialty": wanted}, PLACES, "AND s.specialty = %s", (wanted,)
        )

    def at_a_clinic(self) -> Asked:
        clinic = self._clinic()
        query = {"clinic": clinic.code}
        return Asked("/availability", query, PLACES, "AND s.clinic_id = %s", (clinic.pk,))

    def of_a_specialty_at_a_clinic(self) -> Asked:
        clinic, wanted = self._clinic(), self._specialty()
        return Asked(
            "/availability",
            {"clinic": clinic.code, "specialty": wanted},
            PLACES,
            "AND s.clinic_id = %s AND s.specialty = %s",
            (clinic.pk, wanted),
        )

    def of_a_specialty_next_week(self) -> Asked:
        """Days are those of each clinic's clock; by hand, of one."""
        wanted, first = self._specialty(), timezone.now().date() + timedelta(days=7)
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
        clinic = self._clinic()
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
        wanted = self._specialty()
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

    def _clinic(self) -> Clinic:
        return self.draw.choice(self.clinics)

    def _specialty(self) -> str:
        return self.draw.choice(SPECIALTIES).lower()


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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.time", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the slots, fewer turns")
    scale = QUICK if parser.parse_args().quick else FULL
    signals.request_started.disconnect(close_old_connections)  # the database is another one here
    signals.request_finished.disconnect(close_old_connections)
    print(circumstances(), end="\n\n")
    with hospitals([DATABASE], ["OPD"]) as (hospital,):
        began = time.perf_counter()
        slots = fill_clinics(hospital, clinics=scale.clinics, doctors=20, days=14)
        took = time.perf_counter() - began
        print(f"{slots:,} slots of {scale.clinics} clinics, filled in {took:.0f} s\n")
        rows = [_row(name, ask, House(), scale) for name, ask in QUESTIONS.items()]
        print(table(f"Free places among {slots:,} slots", HEAD, rows))


def _row(name: str, ask: Callable[[House], Asked], house: House, scale: Scale) -> list[str]:
    client, ours, by_hand = Client(headers={"host": "localhost"}), Times(), Times()
    found: list[int] = []

    def turn() -> None:
        asked = ask(house)
        for one in house.draw.sample([0, 1], 2):
            if one:
                found.append(len(ours.of(lambda: _through_the_api(client, asked))))
            else:
                by_hand.of(lambda: _by_hand(asked))

    in_turns([turn], [ours, by_hand], most=scale.turns, seconds=scale.seconds)
    rows = sum(found[WARM_UP:]) / len(found[WARM_UP:])
    typical = [f"{_at(ours, 50):.1f}", f"{_at(by_hand, 50):.1f}", f"{ours.against(by_hand):.1f}"]
    figures = [f"{rows:.0f}", f"{ours.cpu_ms:.1f}", *typical, f"{_at(by_hand, 99):.1f}"]
    return [name, *figures, *at_most(_at(ours, 99), GOAL_MS)]


def _through_the_api(client: Client, asked: Asked) -> list[Any]:
    answer = client.get(f"/api{asked.path}", asked.query)
    assert answer.status_code == 200, answer.content
    items: list[Any] = json.loads(answer.content)["items"]
    return items


def _by_hand(asked: Asked) -> bytes:
    """The same rows as JSON bytes, through the driver's own cursor."""
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    now = datetime.now(UTC).replace(tzinfo=None)
    sql = asked.sql.format(more=asked.more, limit=asked.limit)
    cursor.execute(sql, (now, *asked.values))
    return json.dumps(cursor.fetchall(), default=str).encode()


def _at(times: Times, percent: int) -> float:
    return quantiles(times.wall, n=100)[percent - 1] * 1000


if __name__ == "__main__":
    main()
