"""Other clinics under the same roof, each on an ordinary day of its own."""

from __future__ import annotations

from bench._hospital import Hospital, fill, open_clinic, register

DEPARTMENTS = ("OPD", "LAB", "PHARMACY")
WAITING, DONE = 15, 5  # in each of them


def settle(hospital: Hospital, *, clinics: int) -> None:
    """So many more, in whose departments people wait today; they were registered at theirs."""
    hospital.enter()
    today = WAITING + DONE
    for number in range(clinics):
        clinic = open_clinic(f"c{number:03}", DEPARTMENTS)
        people = register(clinic, today * len(DEPARTMENTS))
        for nth, department in enumerate(clinic.departments.select_related("clinic")):
            fill(department, people[nth * today : (nth + 1) * today], waiting=WAITING)
