"""Any bookings at all: every action in every order, held against the model and the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from queues.actions import checking_in, rebooking, waitlists
from queues.actions.booking import book
from queues.actions.refusals import Refused
from queues.models import Appointment, Clinic, DayBook, Event, Slot, Token, WaitlistEntry
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.screens.answers import Basis, Found, Look, Shelf
from queues.screens.availability import places
from queues.screens.published import Published
from queues.screens.search import Sought
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree
from queues.tests.machine.appointments import (
    AHEAD,
    CANCELLED,
    CHECKED_IN,
    CONFIRMED,
    DISPLACED,
    NO_SHOW,
    SCHEDULED,
    WAITLISTED,
    Booking,
    Day,
    Wait,
)
from queues.tests.machine.model import URGENCY
from queues.tests.witness import assert_one_story

SIZES = [(1, 2), (1, 1), (2, 3), (1, 2), (1, 1)]  # capacity and hard limit
PEOPLE = 5

some_slot = st.integers(0, len(SIZES) - 1)
some_person = st.one_of(st.none(), st.integers(0, PEOPLE - 1))
some_source = st.sampled_from(URGENCY)
some_index = st.integers(0, 40)
some_seed = st.integers(0, 2**64)


class AnyBookings(RuleBasedStateMachine):
    """One doctor, a slot that has begun and four more of that day, a few people and the places of
    others without a name."""

    @initialize(seed=some_seed, asks_first=st.booleans())
    def open_the_book(self, seed: int, asks_first: bool) -> None:
        clinic = cast.clinic()
        zone = f"Etc/GMT{timezone.now().hour - 12:+d}"  # noon, whenever the test runs
        Clinic.objects.update(time_zone=zone, offer_minutes=10 if asks_first else 0)
        opd = cast.department(clinic, "OPD")
        self.doctor = agenda.doctor(opd)
        begins = timezone.now() - timedelta(minutes=50)
        self.slots = [
            agenda.slots(
                self.doctor,
                opd,
                begins + timedelta(hours=hour),
                capacity=capacity,
                hard_limit=hard_limit,
                minutes=60,
            )[0]
            for hour, (capacity, hard_limit) in enumerate(SIZES)
        ]
        self.shelf, self.clinic = Shelf(), opd.clinic_id
        self.people = [cast.patient(opd.clinic, f"Somebody {n}") for n in range(PEOPLE)]
        self.day = Day(SIZES, asks_first)
        self.a_busy_minute(seed)
        self.a_busy_minute(seed + 1)

    # Beginning and end of an example: nothing of it stays

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self) -> None:
        try:
            assert_one_story()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    # Chance alone mostly asks for what is refused. So that a day is a day, half of it is this.

    @rule(seed=some_seed)
    def a_busy_minute(self, seed: int) -> None:
        """A few things that the model says can be done."""
        chance = Random(seed)
        for _deed in range(6):
            chance.choice(list(self.possible(chance)))()

    def possible(self, chance: Random) -> Iterator[Callable[[], None]]:
        for slot in range(len(SIZES)):
            for person in (None, *range(PEOPLE)):
                source = chance.choice(URGENCY)
                if self.day.may_book(person, slot, source):
                    yield partial(self.book, person, slot, source)
                if person is not None and self.day.may_join(person, slot):
                    yield partial(self.join, person, chance.choice([slot, None]), source)
        for index, theirs in enumerate(self.day.bookings.values()):
            yield partial(self.cancel, index)
            yield from [partial(self.reschedule, index, chance.randrange(len(SIZES)))] * 2
            yield from [partial(self.check_in, index)] * (4 if theirs.state == NO_SHOW else 1)
            yield from [partial(self.miss, index)] * (4 if self.day.may_miss(theirs) else 0)
        for index, entry in enumerate(self.day.waits.values()):
            if entry.state == "offered":
                yield from [partial(self.accept, index), partial(self.time_is_up, index)]

    # What people do

    @rule(person=some_person, slot=some_slot, source=some_source)
    def book(self, person: int | None, slot: int, source: str) -> None:
        somebody = None if person is None else self.people[person]

        def act() -> object:
            return book(somebody, self.slots[slot], Priority(source), by=SYSTEM)

        if self.day.may_book(person, slot, source):
            act()
            self.day.book(person, slot, source)
        else:
            self.is_refused(act)
        self.learn()

    @rule(
        person=st.integers(0, PEOPLE - 1), slot=st.one_of(st.none(), some_slot), source=some_source
    )
    def join(self, person: int, slot: int | None, source: str) -> None:
        source = "online" if source == "follow_up" else source
        what_for = {"doctor": self.doctor} if slot is None else {"slot": self.slots[slot]}

        def act() -> object:
            return agenda.waits(self.people[person], Priority(source), **what_for)

        if self.day.may_join(person, slot):
            act()
            self.day.join(person, slot, source)
        else:
            self.is_refused(act)
        self.learn()

    @precondition(lambda self: self.day.bookings)
    @rule(index=some_index)
    def confirm(self, index: int) -> None:
        key, theirs = self.some_booking(index)
        if self.done_if(theirs.state == SCHEDULED, partial(rebooking.confirm, self.row(key))):
            theirs.state = CONFIRMED

    @precondition(lambda self: self.day.bookings)
    @rule(index=some_index)
    def cancel(self, index: int) -> None:
        key, theirs = self.some_booking(index)
        may = theirs.state in AHEAD | {DISPLACED, WAITLISTED, CHECKED_IN}
        if self.done_if(may, partial(rebooking.cancel, self.row(key))):
            if theirs.state == WAITLISTED:
                self.day.stop_waiting(self.day.wait_of(theirs), "left")
            else:
                self.day.leave(theirs, CANCELLED)
        self.learn()

    @precondition(lambda self: self.day.bookings)
    @rule(index=some_index)
    def miss(self, index: int) -> None:
        key, theirs = self.some_booking(index)
        if self.done_if(self.day.may_miss(theirs), partial(rebooking.miss, self.row(key))):
            self.day.leave(theirs, NO_SHOW)
        self.learn()

    @precondition(lambda self: self.day.bookings)
    @rule(index=some_index, slot=some_slot)
    def reschedule(self, index: int, slot: int) -> None:
        key, theirs = self.some_booking(index)
        may = theirs.state in AHEAD | {DISPLACED} and (
            theirs.slot == slot
            or (
                self.day.has_room(slot, theirs.source)
                and not self.day.hinders(theirs.person, slot, theirs.source, theirs)
            )
        )
        act = partial(rebooking.reschedule, self.row(key), self.slots[slot])
        if self.done_if(may, act) and theirs.slot != slot:
            self.day.move(theirs, slot)
        self.learn()

    @precondition(lambda self: self.day.bookings)
    @rule(index=some_index)
    def check_in(self, index: int) -> None:
        key, theirs = self.some_booking(index)
        may = self.day.may_check_in(theirs)
        if self.done_if(may, partial(checking_in.check_in, self.row(key))):
            theirs.state = CHECKED_IN

    @precondition(lambda self: self.day.waits)
    @rule(index=some_index)
    def leave(self, index: int) -> None:
        key, entry = self.some_wait(index)
        may = entry.state in {"waiting", "offered"}
        if self.done_if(may, partial(waitlists.leave, self.entry(key))):
            self.day.stop_waiting(entry, "left")
        self.learn()

    @precondition(lambda self: self.day.waits)
    @rule(index=some_index)
    def accept(self, index: int) -> None:
        key, entry = self.some_wait(index)
        if self.done_if(entry.state == "offered", partial(waitlists.accept, self.entry(key))):
            assert entry.booking
            entry.state, entry.booking.state = "booked", SCHEDULED

    @precondition(lambda self: self.day.waits)
    @rule(index=some_index)
    def time_is_up(self, index: int) -> None:
        key, entry = self.some_wait(index)
        if entry.state == "offered":
            over = timezone.now() - timedelta(seconds=1)
            WaitlistEntry.objects.filter(pk=key).update(offer_ends_at=over)
            assert waitlists.lapse_offers() == 1
            self.day.stop_waiting(entry, "lapsed")
        else:
            assert waitlists.lapse_offers() == 0
        self.learn()

    # What must be true after each of them

    @invariant()
    def tables_say_what_the_model_says(self) -> None:
        rows = {row.pk: row for row in Appointment.objects.all()}
        assert set(rows) == set(self.day.bookings)
        for key, theirs in self.day.bookings.items():
            slot = None if theirs.state == DISPLACED else theirs.slot
            sits = self.slots[slot].pk if slot is not None else None
            assert (rows[key].status, rows[key].slot_id) == (theirs.state, sits)
        entries = dict(WaitlistEntry.objects.values_list("pk", "status"))
        assert entries == {key: entry.state for key, entry in self.day.waits.items()}

    @invariant()
    def slots_agree(self) -> None:
        assert_slots_agree()

    @invariant()
    def what_is_kept_of_free_places_is_so(self) -> None:
        """Asked after every deed, so what was kept before it is looked at too."""
        for basis in (Basis(), Basis(clinic=self.clinic), Basis(doctor=self.doctor.pk)):
            kept = self.shelf.newest((basis,), partial(Look, basis, self.free_places))
            assert kept.body == Published.of(self.free_places(timezone.now()).facts).body

    def free_places(self, now: datetime) -> Found:
        return places(Sought(), now, len(SIZES))

    @invariant()
    def nobody_who_is_more_urgent_sits_behind(self) -> None:
        """The list goes by urgency, however often its people moved."""
        on_list = Appointment.objects.of_list(self.doctor, self.slots[0].day)
        urgencies = [one.urgency for one in on_list]
        assert urgencies == sorted(urgencies)

    # How an action is watched

    def done_if(self, may: bool, act: Callable[..., object]) -> bool:
        if may:
            act(by=SYSTEM)
        else:
            self.is_refused(partial(act, by=SYSTEM))
        return may

    def is_refused(self, act: Callable[[], object]) -> None:
        """It is not done, and the database is what it was."""
        before = self.everything()
        with pytest.raises(Refused) as refusal, transaction.atomic():
            act()
        assert self.everything() == before
        assert refusal.value.sentence

    def learn(self) -> None:
        """The keys of what is new: rows and model must have made the same."""
        for one in self.day.new:
            rows = self.unknown_bookings if isinstance(one, Booking) else self.unknown_waits
            self.known(one)[rows(one)] = one
        self.day.new = []

    def known(self, one: Booking | Wait) -> dict[int, Any]:
        return self.day.bookings if isinstance(one, Booking) else self.day.waits

    def unknown_bookings(self, one: Booking | Wait) -> int:
        """The row that is like it."""
        new = Appointment.objects.exclude(pk__in=list(self.day.bookings)).order_by("pk")
        person = None if one.person is None else self.people[one.person].pk
        slot = None if one.slot is None else self.slots[one.slot].pk
        return next(
            row.pk
            for row in new
            if (row.patient_id, row.slot_id, row.source) == (person, slot, one.source)
        )

    def unknown_waits(self, one: Booking | Wait) -> int:
        new = WaitlistEntry.objects.exclude(pk__in=list(self.day.waits)).order_by("pk")
        return next(row.pk for row in new)

    def everything(self) -> list[Any]:
        tables: tuple[Any, ...] = (Appointment, Slot, WaitlistEntry, Token, DayBook)
        rows = [list(table.objects.order_by("pk").values()) for table in tables]
        return [*rows, Event.objects.count()]

    def some_booking(self, index: int) -> tuple[int, Booking]:
        return list(self.day.bookings.items())[index % len(self.day.bookings)]

    def some_wait(self, index: int) -> tuple[int, Wait]:
        return list(self.day.waits.items())[index % len(self.day.waits)]

    def row(self, key: int) -> Appointment:
        return Appointment.objects.get(pk=key)

    def entry(self, key: int) -> WaitlistEntry:
        return WaitlistEntry.objects.get(pk=key)


@pytest.mark.django_db
def test_any_bookings() -> None:
    run_state_machine_as_test(
        AnyBookings,
        settings=settings(
            max_examples=20,
            stateful_step_count=15,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # to shorten a failing day takes longer than to read it
            suppress_health_check=list(HealthCheck),
        ),
    )
