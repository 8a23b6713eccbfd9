"""The day is lived: one happening after the other, each at its moment, against whatever hospital.

What people intend is in the plan, what may be done is for the hospital to say; here it is only
said when somebody does something, and written down what came of it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from functools import partial
from itertools import count

from queues.management.simulation.clock import Clock
from queues.management.simulation.house import Full, House, Place
from queues.rules.priority import Priority
from queues.rules.simulation.plan import MINUTE, Person, Plan
from queues.rules.simulation.story import Outcome, Seat, Story, Tale, Why

ON_THE_WAY = 15 * MINUTE  # for whoever hears that they can come today after all
MISSED_AFTER = 20 * MINUTE  # nobody waits longer for somebody who does not come
LOOKS_AT_DELAY_EVERY = 30 * MINUTE
WORTH_SAYING = 10  # minutes by which a delay must differ from the one that was said


class Day:
    def __init__(
        self, plan: Plan, house: House, clock: Clock, watch: Callable[[int, Story], None]
    ) -> None:
        self.plan = plan
        self.house = house
        self.clock = clock
        self.watch = watch  # is told after every happening
        self.story = Story.begin(plan)
        self.tales = {tale.person.key: tale for tale in self.story.tales}
        self.now = 0
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()
        self._in_room: list[Tale | None] = [None] * len(plan.doctors)
        self._is_in = [False] * len(plan.doctors)

    def live(self) -> Story:
        """To the end: everybody is seen, or it is known why not."""
        for tale in self.story.tales:
            self._at(tale.person.turns_up, self._turn_up, tale)
        for doctor in range(len(self.plan.doctors)):
            self._plan_sessions(doctor)
        while self._agenda:
            self.now, _order, happen = heapq.heappop(self._agenda)
            self.clock.wait_until(self.now)
            self.story.until = self.now
            happen()
            self._hear_news()
            self.watch(self.now, self.story)
        for tale in self.story.tales:
            if tale.arrived is None:
                tale.outcome = tale.outcome or Outcome.WAITLISTED
        self.story.is_whole = True
        return self.story

    # People

    def _turn_up(self, tale: Tale) -> None:
        person = tale.person
        try:
            if person.source is Priority.EMERGENCY:
                self._seat(tale, self.house.come_as_emergency(person), Why.BOOKED)
                self._is_here(tale)
            elif person.wants is None:
                tale.doctor = self._whoever_has_time(person)
                self._seat(tale, self.house.come_in(person, tale.doctor), Why.BOOKED)
                self._is_here(tale)
            else:
                self._seat(tale, self._book(person, person.wants), Why.BOOKED)
        except Full as full:
            self._find_no_place(tale, str(full))

    def _book(self, person: Person, wanted: int) -> Place:
        """What is free and nearest to what they want; some insist, and then others may have to go."""
        free = self.house.free_slots(person.doctor)
        nearest = min(free, key=lambda slot: abs(slot - wanted), default=wanted)
        try:
            return self.house.book(person, wanted if person.insists else nearest)
        except Full:
            return self.house.book(person, nearest)

    def _whoever_has_time(self, person: Person) -> int:
        """The doctor with the first free place of today; of several, who has the fewest waiting."""
        doctors = range(len(self.plan.doctors)) if person.takes_any else [person.doctor]
        first = {one: self.house.free_slots(one, begun=True)[:1] for one in doctors}
        with_time = [one for one in doctors if first[one]]
        return min(
            with_time,
            key=lambda one: (first[one], len(self._waiting(one))),
            default=person.doctor,
        )

    def _find_no_place(self, tale: Tale, refusal: str) -> None:
        tale.refusal = refusal
        if tale.person.waits:
            tale.waited_for_a_place = True
            self.house.wait_for_place(tale.person)
        else:
            tale.outcome = Outcome.REFUSED

    def _seat(self, tale: Tale, place: Place, why: Why) -> None:
        seat = Seat(self.now, place.slot, place.due, why)
        is_new = not tale.seats
        tale.seats.append(seat)
        if place.slot is None:
            tale.waited_for_a_place = True
            return
        person = tale.person
        if not person.comes:
            self._at(max(seat.due, self.now) + MISSED_AFTER, self._miss, tale, seat)
        elif person.books or why is not Why.BOOKED:
            soonest = self.now + (0 if is_new else ON_THE_WAY)
            self._at(max(seat.due - person.early, soonest), self._arrive, tale, seat)
        if is_new and person.cancels is not None:
            self._at(max(seat.due - person.cancels, self.now + MINUTE), self._cancel, tale)
        if is_new and person.moves is not None:
            self._at(max(seat.due - person.moves[0], self.now + MINUTE), self._move, tale)

    def _arrive(self, tale: Tale, seat: Seat) -> None:
        if tale.outcome or tale.seat is not seat:
            return  # it was cancelled, or they come at another time
        self.house.check_in(tale.person)
        self._is_here(tale)

    def _is_here(self, tale: Tale) -> None:
        tale.arrived = self.now
        self._call_next(tale.doctor)

    def _cancel(self, tale: Tale) -> None:
        if tale.outcome or tale.arrived is not None:
            return
        self.house.cancel(tale.person)
        tale.outcome = Outcome.CANCELLED

    def _miss(self, tale: Tale, seat: Seat) -> None:
        if tale.outcome or tale.seat is not seat:
            return
        if self.house.miss(tale.person):
            tale.outcome = Outcome.NO_SHOW
        else:
            self._at(self.now + MISSED_AFTER, self._miss, tale, seat)

    def _move(self, tale: Tale) -> None:
        if tale.outcome or tale.arrived is not None or not tale.person.moves:
            return
        free = self.house.free_slots(tale.doctor)
        free = [slot for slot in free if tale.seat is None or slot != tale.seat.slot]
        if free:
            slot = free[int(tale.person.moves[1] * len(free))]
            self._seat(tale, self.house.move(tale.person, slot), Why.MOVED)

    def _hear_news(self) -> None:
        for key, place in self.house.news().items():
            tale = self.tales[key]
            given = tale.seat is None or tale.seat.slot is None
            self._seat(tale, place, Why.GIVEN if given else Why.DISPLACED)

    # Doctors

    def _plan_sessions(self, doctor: int) -> None:
        late = self.plan.doctors[doctor].late
        for number, (starts, ends) in enumerate(self.plan.timetable.sessions):
            self._at(starts, self._say_delay, doctor, number, _in_fives(late[number]))
            self._at(starts + late[number], self._come_to_room, doctor)
            self._at(ends, self._leave_room, doctor)
            for moment in range(starts + LOOKS_AT_DELAY_EVERY, ends, LOOKS_AT_DELAY_EVERY):
                self._at(moment, self._look_at_delay, doctor, number)

    def _come_to_room(self, doctor: int) -> None:
        self._is_in[doctor] = True
        self.story.rooms[doctor].came.append(self.now)
        self._call_next(doctor)

    def _leave_room(self, doctor: int) -> None:
        """For the break. In the evening whoever still comes is seen."""
        self._is_in[doctor] = self.now >= self.plan.timetable.closes
        self._call_next(doctor)

    def _call_next(self, doctor: int) -> None:
        waiting = self._waiting(doctor)
        is_urgent = any(tale.person.source is Priority.EMERGENCY for tale in waiting)
        if self._in_room[doctor] or not waiting or not (self._is_in[doctor] or is_urgent):
            return
        key = self.house.call_next(doctor)
        if key is None:
            return
        tale = self._in_room[doctor] = self.tales[key]
        tale.called = self.now
        self._at(self.now + tale.person.walks, self._start, tale)

    def _start(self, tale: Tale) -> None:
        self.house.start(tale.person)
        tale.started = self.now
        self._at(self.now + tale.person.needs, self._complete, tale)

    def _complete(self, tale: Tale) -> None:
        self.house.complete(tale.person)
        tale.ended, tale.outcome = self.now, Outcome.SEEN
        self._in_room[tale.doctor] = None
        self._call_next(tale.doctor)

    def _waiting(self, doctor: int) -> list[Tale]:
        here = (tale for tale in self.story.tales if tale.doctor == doctor and tale.is_here)
        return [tale for tale in here if tale.called is None]

    def _look_at_delay(self, doctor: int, session: int) -> None:
        """How far behind they are with whoever is in the room; nothing where nobody is."""
        tale = self._in_room[doctor]
        behind = 0
        if tale and tale.called and tale.seat and tale.person.books:
            behind = tale.called - tale.seat.due
        elif tale:
            return  # somebody without a time of their own tells nothing
        self._say_delay(doctor, session, _in_fives(behind))

    def _say_delay(self, doctor: int, session: int, minutes: int) -> None:
        said = self.story.rooms[doctor].delays
        starts = self.plan.timetable.sessions[session][0]
        before = said[-1][1] if said and said[-1][0] >= starts else 0
        if abs(minutes - before) < (WORTH_SAYING if minutes else 1):
            return
        self.house.run_late(doctor, session, minutes)
        said.append((self.now, minutes))

    def _at(self, moment: int, act: Callable[..., None], *facts: object) -> None:
        """Things of one moment happen in the order in which they were planned."""
        happens: Callable[[], None] = partial(act, *facts)
        heapq.heappush(self._agenda, (moment, next(self._order), happens))


def _in_fives(seconds: int) -> int:
    return max(round(seconds / (5 * MINUTE)) * 5, 0)
