"""The hospital as a running server sees itself: everything by its API, with a key, like any other
system, so that its kiosks, desks and walls move.

Slots are a minute long at least, so a simulated slot is as many of the server's minutes as the
speed makes of it. The doctors are new ones; whom they call is the first of theirs on the server's
own board.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from queues.management.simulation.api import Api, Refusal, Unreachable
from queues.management.simulation.clock import HurriedClock
from queues.management.simulation.house import Full, Place
from queues.rules.simulation.plan import MINUTE, Person, Plan

FULL = {"slot_full", "no_slots", "slot_over"}


class ApiHouse:
    def __init__(self, plan: Plan, api: Api, clock: HurriedClock, department: str) -> None:
        self.plan = plan
        self.api = api
        self.clock = clock
        self.department = department
        at = api.get("/clinic")
        api.clinic = at["code"]  # the key's own; what is public is asked for without it
        self.zone = ZoneInfo(at["time_zone"])
        self.doctors: list[str] = []
        self.rooms: list[str] = []
        self.slots: list[list[str]] = []  # their ids
        for number in range(1, len(plan.doctors) + 1):
            self._hire(number)
        self.numbers = {slot: i for slots in self.slots for i, slot in enumerate(slots)}
        self.patients: dict[int, str] = {}
        self.persons: dict[str, Person] = {}  # by their patient's id
        self.appointments: dict[int, str] = {}
        self.entries: dict[int, str] = {}  # on the waitlist
        self.tokens: dict[int, str] = {}
        self.labels: dict[str, tuple[int, int]] = {}  # of whom, and for which doctor
        self.places: dict[int, Place] = {}
        self.serving: set[int] = set()
        self.ended: set[int] = set()
        self.may_have_moved = False

    # What people do

    def book(self, person: Person, slot: int) -> Place:
        body = {**self._whom(person), "slot_id": self.slots[person.doctor][slot]}
        return self._seated(person, self._unless_full("POST", "/book", body))

    def come_as_emergency(self, person: Person) -> Place:
        body = {**self._whom(person), "date": self.today}
        place = self._seated(person, self._unless_full("POST", "/token/book", body))
        self.check_in(person)
        return place

    def come_in(self, person: Person, doctor: int) -> Place:
        body = {
            "patient_id": self._record(person),
            "department": self.department,
            "doctor_id": self.doctors[doctor],
        }
        token = self._unless_full("POST", "/token", body)
        self._in_queue(person, doctor, token)
        theirs = self.api.get(f"/patients/{self.patients[person.key]}/appointments")
        return self._seated(person, theirs["items"][0])

    def wait_for_place(self, person: Person) -> None:
        body = {**self._whom(person), "earliest": self.today, "latest": self.today}
        self.entries[person.key] = self.api.post("/waitlist", body)["id"]
        self.may_have_moved = True

    def move(self, person: Person, slot: int) -> Place:
        body = {"slot_id": self.slots[person.doctor][slot]}
        moved = self._unless_full("PATCH", f"/appointments/{self.appointments[person.key]}", body)
        return self._seated(person, moved)

    def cancel(self, person: Person) -> None:
        self._do("DELETE", f"/appointments/{self.appointments[person.key]}")
        self._has_ended(person)

    def miss(self, person: Person) -> bool:
        path = f"/token/{self.appointments[person.key]}/status"
        try:
            self.api.ask("PATCH", path, {"status": "no_show"})
        except Refusal as refused:
            if refused.status != HTTPStatus.CONFLICT:
                raise
            if refused.code == "too_early":
                return False
        self._has_ended(person)
        return True

    def check_in(self, person: Person) -> None:
        here = self._do("POST", f"/appointments/{self.appointments[person.key]}/check_in", {})
        if here:
            self._in_queue(person, person.doctor, here["token"])

    # What can be seen

    def free_slots(self, doctor: int, *, begun: bool = False) -> list[int]:
        """Who is here already may also have what is left of the slot that runs."""
        day = {"from": self.today, "to": self.today, "limit": "200"}
        free = self.api.get(f"/providers/{self.doctors[doctor]}/availability", **day)
        return [self.numbers[item["slot_id"]] for item in free["items"]]

    def news(self) -> dict[int, Place]:
        """By the doctors' lists; whoever is on none of them any more is asked about."""
        if not self.may_have_moved:
            return {}
        self.may_have_moved = False
        found: dict[int, Place] = {}
        listed: set[int] = set()
        for doctor in self.doctors:
            for item in self.api.get(f"/doctor/{doctor}", date=self.today)["items"]:
                if person := self.persons.get(item["patient_id"]):
                    listed.add(person.key)
                    self._notice(person, item, found)
        booked = {key for key, place in self.places.items() if place.slot is not None}
        for key in sorted(booked - listed - self.ended - set(self.tokens)):
            item = self.api.get(f"/appointments/{self.appointments[key]}")
            if item["status"] == "displaced":
                found[key] = self.places[key] = Place(None, self.places[key].due)
        return found

    # What the doctor and their desk do

    def run_late(self, doctor: int, session: int, minutes: int) -> None:
        """In whole minutes of the server, of which a simulated delay may be a part."""
        late = {"minutes": ceil(minutes / self.clock.speed)}
        try:
            self.api.post(f"/doctor/{self.doctors[doctor]}/delay", late)
        except Refusal as refused:
            if refused.code not in FULL:  # else their hours here are over
                raise

    def call_next(self, doctor: int) -> int | None:
        queue = self.api.get("/queue", department=self.department)
        for waiting in queue["waiting"]:
            key, whose = self.labels.get(waiting["label"], (0, -1))
            if whose == doctor and self._act(key, "call", counter=self.rooms[doctor]):
                return key
        return None

    def start(self, person: Person) -> None:
        self._act(person.key, "start")
        self.serving.add(person.key)

    def complete(self, person: Person) -> None:
        self._act(person.key, "complete")
        self._has_ended(person)

    def clear(self) -> None:
        """Nobody is left in a queue who does not exist."""
        for key in self.serving - self.ended:
            self._act(key, "complete")
            self.ended.add(key)
        for key, appointment in self.appointments.items():
            if key not in self.ended:
                self._do("DELETE", f"/appointments/{appointment}")
        for key, entry in self.entries.items():
            if key not in self.appointments:
                self._do("DELETE", f"/waitlist/{entry}")

    # What stands behind the names

    @property
    def today(self) -> str:
        return self.clock.slots_from.astimezone(self.zone).date().isoformat()

    def _hire(self, number: int) -> None:
        """A doctor with the slots of today, and the room that comes with it."""
        code = f"SIM-{self.clock.slots_from:%m%d%H%M}-{number}"
        told = {
            "name": f"{self.plan.doctors[number - 1].name} (simulated)",
            "specialty": "General medicine",
            "department": self.department,
            "date": self.today,
        }
        timetable = self.plan.timetable
        limits = {"capacity": timetable.capacity, "hard_limit": timetable.hard_limit}
        hours = {self._hours(slot.starts, slot.ends): limits for slot in timetable.slots}
        made = self.api.post(f"/doctor/{code}", hours, **told)
        slots = sorted(made["slots"], key=lambda slot: slot["starts_at"])
        counters = self.api.get("/counters", department=self.department)["items"]
        rooms = [one["code"] for one in counters if one["doctor_id"] == made["id"]]
        if not rooms:
            raise Unreachable(f"The new doctor {code} has no room in {self.department}.")
        self.doctors.append(made["id"])
        self.slots.append([slot["id"] for slot in slots])
        self.rooms.append(rooms[0])

    def _hours(self, starts: int, ends: int) -> str:
        first, last = self._local(starts), self._local(ends)
        if last.date() != first.date():
            raise Unreachable(
                "Too little is left of this day at the clinic: choose a higher --speed."
            )
        return f"{first:%H:%M}-{last:%H:%M}"

    def _local(self, second: int) -> datetime:
        minutes = (second - self.plan.timetable.opens) // MINUTE // self.clock.speed
        return (self.clock.slots_from + timedelta(minutes=minutes)).astimezone(self.zone)

    def _record(self, person: Person) -> str:
        if person.key not in self.patients:
            typed = {"name": f"Simulated {person.key:03}", "age": person.age}
            self.patients[person.key] = self.api.post("/patients", typed)["id"]
            self.persons[self.patients[person.key]] = person
        return self.patients[person.key]

    def _whom(self, person: Person) -> dict[str, str]:
        return {
            "patient_id": self._record(person),
            "doctor_id": self.doctors[person.doctor],
            "source": str(person.source),
        }

    def _unless_full(self, method: str, path: str, body: dict[str, Any]) -> Any:
        try:
            return self.api.ask(method, path, body)
        except Refusal as refused:
            if refused.code in FULL:
                raise Full(refused.code) from refused
            raise

    def _seated(self, person: Person, appointment: dict[str, Any]) -> Place:
        self.appointments[person.key] = appointment["id"]
        self.may_have_moved = True
        place = self.places[person.key] = self._place(appointment)
        return place

    def _notice(self, person: Person, item: dict[str, Any], found: dict[int, Place]) -> None:
        place, known = self._place(item), self.places.get(person.key)
        self.appointments[person.key] = item["id"]
        if known is None or known.slot != place.slot:
            found[person.key] = self.places[person.key] = place

    def _place(self, appointment: dict[str, Any]) -> Place:
        """Due as told when they booked, without the doctor's delay."""
        told = datetime.fromisoformat(appointment["estimated_time"] or appointment["starts_at"])
        due = self.clock.second_of(told - timedelta(minutes=appointment["delay"]))
        return Place(self.numbers.get(appointment["slot_id"] or ""), due)

    def _in_queue(self, person: Person, doctor: int, token: dict[str, Any]) -> None:
        self.tokens[person.key] = token["id"]
        self.labels[token["label"]] = (person.key, doctor)

    def _act(self, key: int, action: str, **more: str) -> Any:
        return self._do("POST", f"/token/{self.tokens[key]}/action", {"action": action, **more})

    def _do(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        """None where somebody at a desk was faster, which on a server that lives may be."""
        try:
            return self.api.ask(method, path, body)
        except Refusal as refused:
            if refused.status == HTTPStatus.CONFLICT:
                return None
            raise

    def _has_ended(self, person: Person) -> None:
        self.ended.add(person.key)
        self.may_have_moved = True
