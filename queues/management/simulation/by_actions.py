"""The hospital as its actions: what a page or the API would call, called here."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from queues.actions import (
    booking,
    calling,
    checking_in,
    delays,
    doctors,
    patients,
    rebooking,
    schedule,
    tokens,
    waitlists,
)
from queues.actions.founding import found
from queues.actions.refusals import NobodyWaiting, NoSlots, SlotFull, SlotOver, TooEarly
from queues.actions.wishes import Wish
from queues.forms import PatientForm
from queues.management.simulation.clock import SimulatedClock
from queues.management.simulation.house import Full, Place
from queues.models import (
    Appointment,
    Counter,
    Department,
    Doctor,
    ExtraSession,
    Patient,
    Session,
    Slot,
    Token,
)
from queues.rules.appointments import AHEAD
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor, ActorKind, Grant, Role
from queues.rules.simulation.plan import Person, Plan
from queues.screens.estimates import appointed

DAY = date(2026, 3, 2)  # a Monday like any other: the same seed is the same day whenever it is run
ZONE = ZoneInfo("UTC")
FULL = (SlotFull, NoSlots, SlotOver)


class ActionHouse:
    """A clinic with one department, and a room for each doctor."""

    def __init__(self, plan: Plan, clock: SimulatedClock, code: str = "main") -> None:
        self.plan = plan
        self.clock = clock
        self.clinic = found(code, "A simulated hospital", ZONE.key)
        self.department = Department.objects.select_related("clinic").get(
            clinic=self.clinic, code="OPD"
        )
        self.desk = Actor(
            ActorKind.KEY, grants=(Grant(self.clinic.pk, None, Role.CLERK),), origin="command"
        )
        self.phone = Actor(ActorKind.PATIENT, origin="phone")
        self.doctors: list[Doctor] = []
        self.rooms: list[Counter] = []
        self.sessions: list[list[Session]] = []
        self.slots: list[list[Slot]] = []
        for doctor in plan.doctors:
            self._hire(doctor.name)
        self._numbers = {slot.pk: i for slots in self.slots for i, slot in enumerate(slots)}
        self.patients: dict[int, Patient] = {}
        self.appointments: dict[int, Appointment] = {}
        self._persons: dict[int, Person] = {}  # by the primary key of their record
        self._places: dict[int, Place] = {}
        self._looked_at = clock.now()

    # What people do

    def book(self, person: Person, slot: int) -> Place:
        by = self.phone if person.source is Priority.ONLINE else self.desk
        try:
            booked = booking.book(
                self._record(person), self.slots[person.doctor][slot], person.source, by=by
            )
        except FULL as refused:
            raise Full(refused.code) from refused
        return self._seated(person, booked.appointment)

    def come_as_emergency(self, person: Person) -> Place:
        try:
            booked = booking.book_first(
                self._record(person),
                self.doctors[person.doctor],
                self.clinic,
                person.source,
                by=self.desk,
                day=DAY,
            )
        except FULL as refused:
            raise Full(refused.code) from refused
        place = self._seated(person, booked.appointment)
        self.check_in(person)
        return place

    def come_in(self, person: Person, doctor: int) -> Place:
        try:
            token = checking_in.come_in(
                self._record(person),
                self.department,
                by=self.desk,
                doctor=self.doctors[doctor],
            )
        except FULL as refused:
            raise Full(refused.code) from refused
        assert token.appointment
        return self._seated(person, token.appointment)

    def wait_for_place(self, person: Person) -> None:
        wish = Wish(
            clinic=self.clinic, doctor=self.doctors[person.doctor], earliest=DAY, latest=DAY
        )
        waitlists.join(self._record(person), wish, person.source, by=self.desk)

    def move(self, person: Person, slot: int) -> Place:
        by = self.phone if person.source is Priority.ONLINE else self.desk
        try:
            moved = rebooking.reschedule(
                self._appointment(person), self.slots[person.doctor][slot], by=by
            )
        except FULL as refused:
            raise Full(refused.code) from refused
        return self._seated(person, moved)

    def cancel(self, person: Person) -> None:
        by = self.phone if person.source is Priority.ONLINE else self.desk
        rebooking.cancel(self._appointment(person), by=by)

    def miss(self, person: Person) -> bool:
        try:
            rebooking.miss(self._appointment(person), by=self.desk)
        except TooEarly:
            return False
        return True

    def check_in(self, person: Person) -> None:
        checking_in.check_in(self._appointment(person), by=self.desk)

    # What can be seen

    def free_slots(self, doctor: int, *, begun: bool = False) -> list[int]:
        now = self.clock.now()
        known = Slot.objects.not_over(now) if begun else Slot.objects.free(now)
        free = known.filter(doctor=self.doctors[doctor], is_free=True).soonest_first()
        return [self._numbers[slot.pk] for slot in free]

    def news(self) -> dict[int, Place]:
        """By what changed since the last look: a displacement, or a place from the waitlist."""
        changed = Appointment.objects.filter(
            changed_at__gte=self._looked_at, status__in=[*AHEAD, "displaced"]
        ).select_related("slot__session")
        self._looked_at = self.clock.now()
        found: dict[int, Place] = {}
        for appointment in changed.order_by("pk"):
            person = self._persons[appointment.patient_id or 0]
            self.appointments[person.key] = appointment
            place = self._place(appointment)
            known = self._places.get(person.key)
            if known is None or known.slot != place.slot:
                found[person.key] = self._places[person.key] = place
        return found

    # What the doctor and their desk do

    def run_late(self, doctor: int, session: int, minutes: int) -> None:
        delays.run_late(self.sessions[doctor][session], minutes, by=self.desk)

    def call_next(self, doctor: int) -> int | None:
        room = Counter.objects.select_related("department__clinic", "doctor", "current").get(
            pk=self.rooms[doctor].pk
        )
        try:
            token = calling.call_next(room, by=self.desk)
        except NobodyWaiting:
            return None
        return self._persons[token.visit.patient_id].key

    def start(self, person: Person) -> None:
        tokens.start(self._token(person), by=self.desk)

    def complete(self, person: Person) -> None:
        tokens.complete(self._token(person), by=self.desk)

    # What stands behind the names

    def _hire(self, name: str) -> None:
        """A doctor with the sessions of the day; their slots and a room come with those."""
        doctor = doctors.add(
            name, [self.department], by=SYSTEM, at=self.clinic, specialty="General medicine"
        )
        for starts, ends in self.plan.timetable.sessions:
            schedule.add(self._session(doctor, starts, ends), by=SYSTEM, at=self.clinic)
        self.doctors.append(doctor)
        self.rooms.append(Counter.objects.get(department=self.department, doctor=doctor))
        self.sessions.append(list(Session.objects.filter(doctor=doctor).order_by("starts_at")))
        self.slots.append(list(Slot.objects.filter(doctor=doctor).soonest_first()))

    def _session(self, doctor: Doctor, starts: int, ends: int) -> ExtraSession:
        timetable = self.plan.timetable
        return ExtraSession(
            doctor=doctor,
            department=self.department,
            day=DAY,
            opens=self.clock.at(starts).time(),
            closes=self.clock.at(ends).time(),
            slot_minutes=timetable.slot_minutes,
            capacity=timetable.capacity,
            hard_limit=timetable.hard_limit,
        )

    def _record(self, person: Person) -> Patient:
        """Registered when they first turn up."""
        if person.key not in self.patients:
            typed = {"name": f"Patient {person.key:03}", "age": person.age}
            form = PatientForm(self.clinic, typed, by_staff=True)
            form.full_clean()
            record = patients.register(self.clinic, form.person(), by=self.desk).patient
            self.patients[person.key] = record
            self._persons[record.pk] = person
        return self.patients[person.key]

    def _seated(self, person: Person, appointment: Appointment) -> Place:
        self.appointments[person.key] = appointment
        place = self._places[person.key] = self._place(appointment)
        return place

    def _place(self, appointment: Appointment) -> Place:
        due = self.clock.second_of(appointed(appointment))
        slot = appointment.slot_id
        return Place(self._numbers[slot] if slot else None, due)

    def _appointment(self, person: Person) -> Appointment:
        return self.appointments[person.key]

    def _token(self, person: Person) -> Token:
        known = Token.objects.select_related("visit", "department__clinic", "counter")
        return known.get(appointment=self.appointments[person.key])
