"""Patients who come in by the API, where a test is not about how they come in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from queues.tests.hospital import Hospital

numbers = count(1)


@dataclass(frozen=True)
class Arrival:
    """Who came, the number they took, and the address of their phone page."""

    patient: str
    token: str
    label: str
    link: str


def arrive(hospital: Hospital, department: str = "OPD", name: str = "Asha Visitor") -> Arrival:
    phone = f"98451{next(numbers):05}"
    person = {"name": name, "phone": phone, "age": 30}
    status, patient = hospital.ask("POST", "/patients", person)
    assert status == 201, patient
    wanted = {"patient_id": patient["id"], "department": department}
    status, token = hospital.ask("POST", "/token", wanted)
    assert status == 201, token
    return Arrival(patient["id"], token["id"], token["label"], token["status_url"])
