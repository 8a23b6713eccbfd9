"""The departments and counters of a clinic."""

from __future__ import annotations

from datetime import time

from queues.actions import counters, departments
from queues.models import Clinic, Counter, Department, Doctor, Patient
from queues.rules.rights import SYSTEM
from queues.screens import house
from queues.screens.words import department_state
from queues.tests import cast
from queues.tests.story import called, fresh


def test_the_departments_of_a_clinic_come_in_their_order(clinic: Clinic) -> None:
    cast.clinic("far")
    shown = house.departments(clinic)
    assert [(row["code"], row["prefix"], row["state"]) for row in shown] == [
        ("OPD", "A", "open"),
        ("LAB", "L", "open"),
        ("PHARMACY", "P", "open"),
    ]


def test_a_pause_is_shown_with_its_reason(clinic: Clinic, opd: Department) -> None:
    departments.change(opd, {"state": "paused", "state_reason": "Back at 11."}, by=SYSTEM)
    assert house.departments(clinic)[0]["reason"] == "Back at 11."
    assert department_state(opd) == "Outpatients is paused. Back at 11."


def test_the_settings_are_those_of_the_department(opd: Department) -> None:
    departments.change(opd, {"last_issue": time(16, 30), "daily_limit": 80}, by=SYSTEM)
    shown = house.department_settings(opd)
    assert (shown["last_issue"], shown["daily_limit"]) == ("16:30", 80)
    assert (shown["policy"], shown["head_starts"]["paid"]) == ("fair", 45)


def test_a_counter_is_shown_with_whom_it_has(
    asha: Patient, opd: Department, desk_a: Counter
) -> None:
    token = called(asha, desk_a)
    assert house.counter_answer(fresh(desk_a)) == {
        "department": "OPD",
        "code": "1",
        "name": "",
        "open": True,
        "serves": None,
        "doctor_id": None,
        "current": {"token_id": str(token.public_id), "label": "A-001"},
    }


def test_a_doctors_counter_says_whose_it_is(opd: Department, desk_a: Counter) -> None:
    doctor = Doctor.objects.create(name="Dr Rao")
    counters.change(desk_a, {"doctor": doctor, "serves": ["paid"]}, by=SYSTEM)
    shown = house.counter_answer(fresh(desk_a))
    assert (shown["doctor_id"], shown["serves"]) == (str(doctor.public_id), ["paid"])


def test_the_counters_of_one_department_or_of_all(clinic: Clinic, lab: Department) -> None:
    cast.clinic("far")
    every = [(row["department"], row["code"]) for row in house.counters(clinic)]
    assert every == [(code, n) for code in ("OPD", "LAB", "PHARMACY") for n in ("1", "2")]
    assert [row["department"] for row in house.counters(clinic, lab)] == ["LAB", "LAB"]
