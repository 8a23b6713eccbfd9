"""Who does the same work at a counter: over HTTP, by the actions themselves, and in SQL by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, NamedTuple, Protocol

from bench._book_by_hand import BookByHand
from bench._by_hand import ByHand
from bench._next_by_hand import NextByHand
from bench._register_by_hand import RegisterByHand
from bench._wire import Wire
from queues.actions import booking, calling, checking_in, patients
from queues.forms import PatientForm
from queues.models import Clinic, Counter, Patient, Slot
from queues.rules.priority import Priority
from queues.rules.rights import Actor


class Newcomer(NamedTuple):
    """Somebody whom nobody knows yet: as typed, and as the form gives it on."""

    typed: dict[str, Any]
    person: dict[str, Any]


def newcomers(clinic: Clinic) -> Iterator[Newcomer]:
    for number in count():
        typed = {"name": f"Newcomer {number}", "phone": f"+9197{number:08}", "age": 34}
        form = PatientForm(clinic, typed, by_staff=True)
        assert form.is_valid(), form.errors
        yield Newcomer(typed, form.person())


class Worker(Protocol):
    """Has a counter for themselves, to which somebody was called before all is measured."""

    def take_in(self, whom: Newcomer) -> None:
        """A record and a number, which are two transactions."""

    def call_next(self) -> None:
        """The click at a desk: whoever is there is done, the next one comes."""

    def book(self, slot: Slot) -> None:
        """A place for somebody who is named later."""


class ByApi:
    def __init__(self, wire: Wire, counter: Counter) -> None:
        self.wire, self.department = wire, counter.department.code
        self.calls = {"department": self.department, "counter": counter.code, "complete": True}
        self.call_next()

    def take_in(self, whom: Newcomer) -> None:
        patient = self.wire.post("/api/patients", whom.typed)
        wanted = {"patient_id": patient["id"], "department": self.department}
        self.wire.post("/api/token", wanted)

    def call_next(self) -> None:
        self.wire.post("/api/queue/call_next", self.calls)

    def book(self, slot: Slot) -> None:
        where = {"doctor_id": str(slot.doctor.public_id), "slot_id": str(slot.public_id)}
        self.wire.post("/api/book", {**where, "source": Priority.ONLINE})


class ByActions:
    """All that the API would have to read first is known: who, where, and which counter."""

    def __init__(self, counter: Counter, by: Actor) -> None:
        self.counter, self.by, self.department = counter, by, counter.department
        counter.current = calling.call_next(counter, by=by)

    def take_in(self, whom: Newcomer) -> None:
        known = patients.register(self.department.clinic, whom.person, by=self.by)
        checking_in.come_in(known.patient, self.department, by=self.by)

    def call_next(self) -> None:
        self.counter.current = calling.complete_and_call_next(self.counter, by=self.by)

    def book(self, slot: Slot) -> None:
        booking.book(None, slot, Priority.ONLINE, by=self.by)


class InSql:
    """A connection for each kind of work, as if for each somebody had written a program."""

    def __init__(self, counter: Counter, by: Actor) -> None:
        self.registers, self.issues = RegisterByHand(counter, by), ByHand(counter, by)
        self.calls, self.books = NextByHand(counter, by), BookByHand(counter, by)
        self.calls.call()

    def take_in(self, whom: Newcomer) -> None:
        self.issues.issue(Patient(pk=self.registers.register(whom.person)))

    def call_next(self) -> None:
        self.calls.complete_and_call()

    def book(self, slot: Slot) -> None:
        assert self.books.book(slot), "the slot is full"


def counters_of(code: str) -> Iterable[Counter]:
    counters = Counter.objects.select_related("department__clinic", "doctor", "current")
    return counters.filter(department__code=code).order_by("pk")
