"""What people intend to do on that day, drawn from a seed before any of it happens.

Whatever the hospital then answers, each person has their own luck, drawn once: so a change of its
rules changes what comes of a day, and not the day.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from queues.rules.priority import Priority

MINUTE, HOUR = 60, 3600
SLOT_MINUTES = 30
MOST_DOCTORS = 12
EMERGENCIES = 3  # in the department, on that day

FILLED_BEFORE = 0.66  # of all places, by the evening before
BOOKED_BEFORE = {Priority.ONLINE: 0.56, Priority.FOLLOW_UP: 0.28, Priority.PAID: 0.16}
SAME_DAY = {Priority.ONLINE: 2.5, Priority.PAID: 2.5}  # of each doctor, on average
NEVER_COME, CANCEL, MOVE = 0.05, 0.04, 0.04
WAIT_FOR_A_PLACE = 0.7  # of those for whom there is none
INSIST = 0.6  # on their time, though it is full and others are free
TAKE_ANY_DOCTOR = 0.75  # of those who come from the street
OLD = 0.18

PEAK, PEAK_WIDTH = 9.75 * HOUR, 1.1 * HOUR  # of those who come from the street
WALK_INS, WALK_INS_AT_THE_PEAK = 0.8, 2.2  # an hour and doctor, and on top of that

NAMES = (
    "Rao",
    "Mendes",
    "Haddad",
    "Okafor",
    "Iyer",
    "Martin",
    "Torres",
    "Petrova",
    "Mensah",
    "Wei",
    "Zahra",
    "Fisher",
)


@dataclass(frozen=True)
class Slot:
    starts: int
    ends: int


@dataclass(frozen=True)
class Timetable:
    """The hours of every doctor, cut into slots that take one patient for each ten minutes."""

    sessions: tuple[tuple[int, int], ...]
    slot_minutes: int

    PATIENT = 10  # minutes that a booking is given

    @classmethod
    def of(cls, slot_minutes: int) -> Timetable:
        """Nine to one and two to five; where slots are too long for that, without the break."""
        if slot_minutes <= 60:
            return cls(((9 * HOUR, 13 * HOUR), (14 * HOUR, 17 * HOUR)), slot_minutes)
        return cls(((9 * HOUR, 17 * HOUR),), slot_minutes)

    @property
    def slots(self) -> tuple[Slot, ...]:
        length = self.slot_minutes * MINUTE
        return tuple(
            Slot(begins, begins + length)
            for starts, ends in self.sessions
            for begins in range(starts, ends, length)
        )

    @property
    def capacity(self) -> int:
        return self.slot_minutes // self.PATIENT

    @property
    def hard_limit(self) -> int:
        """With a buffer for emergencies."""
        return self.capacity + max(1, self.capacity // 3)

    @property
    def opens(self) -> int:
        return self.sessions[0][0]

    @property
    def closes(self) -> int:
        return self.sessions[-1][1]

    def session_of(self, moment: int) -> int | None:
        found = (i for i, (starts, ends) in enumerate(self.sessions) if starts <= moment < ends)
        return next(found, None)


@dataclass(frozen=True)
class DoctorsDay:
    name: str
    late: tuple[int, ...]  # for each session, in seconds


@dataclass(frozen=True)
class Person:
    """Somebody, and what they would do if all went by their will."""

    key: int
    source: Priority
    doctor: int
    takes_any: bool  # the doctor who has time first
    age: int
    turns_up: int  # when they book, or come from the street; before midnight: the evening before
    wants: int | None  # the slot that they ask for; none: the first there is
    insists: bool  # on that slot
    early: int  # before their time, in seconds; less than nothing: late
    needs: int  # with the doctor
    walks: int  # from their chair to the door
    comes: bool
    cancels: int | None  # so long before their time
    moves: tuple[int, float] | None  # so long before their time; into which of the free slots
    waits: bool  # for a place, where there is none

    @property
    def books(self) -> bool:
        """Ahead, and not by standing at the door."""
        return self.source not in (Priority.WALK_IN, Priority.EMERGENCY)


@dataclass(frozen=True)
class Plan:
    seed: int
    timetable: Timetable
    doctors: tuple[DoctorsDay, ...]
    people: tuple[Person, ...]


def draw(seed: int, doctors: int, timetable: Timetable) -> Plan:
    """The same seed, the same day: everything is drawn in one order from one source."""
    luck = random.Random(seed)
    rooms = tuple(
        DoctorsDay(f"Dr {name}", tuple(_lateness(luck, i) for i in range(len(timetable.sessions))))
        for name in NAMES[:doctors]
    )
    arrivals = [
        *(one for doctor in range(doctors) for one in _ahead(luck, doctor, timetable)),
        *(one for doctor in range(doctors) for one in _same_day(luck, doctor, timetable)),
        *(one for doctor in range(doctors) for one in _from_the_street(luck, doctor, timetable)),
        *_emergencies(luck, doctors, timetable),
    ]
    arrivals.sort(key=lambda one: one.turns_up)
    people = (_person(luck, key, arrival) for key, arrival in enumerate(arrivals, start=1))
    return Plan(seed, timetable, rooms, tuple(people))


@dataclass(frozen=True)
class _Arrival:
    turns_up: int
    source: Priority
    doctor: int
    wants: int | None = None


def _lateness(luck: random.Random, session: int) -> int:
    """Up to 25 minutes in the morning, less after the break."""
    latest = (25, 10)[min(session, 1)]
    return int(luck.triangular(0, latest, latest / 3)) * MINUTE


def _ahead(luck: random.Random, doctor: int, timetable: Timetable) -> Iterator[_Arrival]:
    """The evening before, in any order, more of them for the morning."""
    places = len(timetable.slots) * timetable.capacity
    sources, weights = list(BOOKED_BEFORE), list(BOOKED_BEFORE.values())
    for _place in range(round(places * FILLED_BEFORE)):
        booked = -luck.randrange(2 * HOUR, 8 * HOUR)
        source = luck.choices(sources, weights)[0]
        yield _Arrival(booked, source, doctor, _wanted(luck, timetable, after=0))


def _same_day(luck: random.Random, doctor: int, timetable: Timetable) -> Iterator[_Arrival]:
    """By phone or at the reception, for a time that is not too far off."""
    for source, count in SAME_DAY.items():
        for _one in range(_poisson(luck, count)):
            at = luck.randrange(timetable.opens - HOUR, timetable.closes - 3 * HOUR // 2)
            yield _Arrival(at, source, doctor, _wanted(luck, timetable, after=at + HOUR // 2))


def _wanted(luck: random.Random, timetable: Timetable, after: int) -> int:
    slots = timetable.slots
    possible = [i for i, slot in enumerate(slots) if slot.starts >= after] or [len(slots) - 1]
    weights = [1 + _bell(slots[i].starts) for i in possible]
    return luck.choices(possible, weights)[0]


def _from_the_street(luck: random.Random, doctor: int, timetable: Timetable) -> Iterator[_Arrival]:
    """An inhomogeneous Poisson process, by thinning: most come in the morning."""
    most = WALK_INS + WALK_INS_AT_THE_PEAK
    at = timetable.opens - HOUR / 2
    while (at := at + luck.expovariate(most) * HOUR) < timetable.closes - HOUR / 2:
        if luck.random() * most < WALK_INS + WALK_INS_AT_THE_PEAK * _bell(at):
            yield _Arrival(int(at), Priority.WALK_IN, doctor)


def _emergencies(luck: random.Random, doctors: int, timetable: Timetable) -> Iterator[_Arrival]:
    for _one in range(EMERGENCIES):
        at = luck.randrange(timetable.opens + HOUR // 4, timetable.closes - HOUR)
        yield _Arrival(at, Priority.EMERGENCY, luck.randrange(doctors))


def _person(luck: random.Random, key: int, arrival: _Arrival) -> Person:
    """Everybody draws all of it, so that no one's luck hangs on what another is."""
    is_old, fate = luck.random() < OLD, luck.random()
    age = luck.randrange(65, 92) if is_old else luck.randrange(2, 65)
    early = int(luck.gauss(12, 11)) * MINUTE
    needs = _consultation(luck)
    walks = luck.randrange(15, 60)
    ahead = luck.randrange(45 * MINUTE, 4 * HOUR)
    chosen, waits = luck.random(), luck.random() < WAIT_FOR_A_PLACE
    insists, takes_any = luck.random() < INSIST, luck.random() < TAKE_ANY_DOCTOR
    is_emergency = arrival.source is Priority.EMERGENCY
    fates = _fate(fate) if arrival.wants is not None else ""
    return Person(
        key=key,
        source=arrival.source,
        doctor=arrival.doctor,
        takes_any=takes_any and arrival.source is Priority.WALK_IN,
        age=age,
        turns_up=arrival.turns_up,
        wants=arrival.wants,
        insists=insists,
        early=max(-20 * MINUTE, min(early, 45 * MINUTE)),
        needs=int(needs * 1.8) if is_emergency else needs,
        walks=walks,
        comes=fates != "never comes",
        cancels=ahead if fates == "cancels" else None,
        moves=(ahead, chosen) if fates == "moves" else None,
        waits=waits,
    )


def _fate(drawn: float) -> str:
    for name, share in (("never comes", NEVER_COME), ("cancels", CANCEL), ("moves", MOVE)):
        if drawn < share:
            return name
        drawn -= share
    return ""


def _consultation(luck: random.Random) -> int:
    """Lognormal around what a booking is given: most are a little shorter, a few much longer."""
    minutes = luck.lognormvariate(math.log(Timetable.PATIENT * 0.82), 0.42)
    return int(max(2.5, min(minutes, 4 * Timetable.PATIENT)) * MINUTE)


def _bell(moment: float) -> float:
    return math.exp(-(((moment - PEAK) / PEAK_WIDTH) ** 2))


def _poisson(luck: random.Random, mean: float) -> int:
    left, count = math.exp(-mean), 0
    drawn = luck.random()
    while drawn > left:
        drawn *= luck.random()
        count += 1
    return count
