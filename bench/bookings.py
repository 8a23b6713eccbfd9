"""./dev bench bookings: ten thousand people want a doctor's time at once.

From 64 threads through the actions, on one hot slot and on 200 slots, beside the same in plain
SQL; then over ten thousand connections to a running server. docs/bench.md explains the tables.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from django.db import connections
from django.utils import timezone

from bench import _agenda
from bench._bar import Bar
from bench._book_by_hand import BookByHand
from bench._circumstances import circumstances
from bench._hospital import Hospital, hospitals, register
from bench._posts import Answers, post_all
from bench._results import publish
from bench._rush import Act, Rush, rush
from bench._server import server
from bench._table import table
from queues.actions import booking, keys, rebooking, waitlists
from queues.actions.refusals import Refused
from queues.actions.wishes import Wish
from queues.models import Appointment, DayBook, Patient, Slot, WaitlistEntry
from queues.models.appointment import count_holding
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.screens.chain import first_break
from queues.tests.wasted import wasted

DATABASE = "test_bench_bookings"
HOT, MANY, MIXED, HAND = "HOT", "MANY", "MIXED", "HAND"
THREADS = 64
WORKERS = 2  # processes of the server, as ./dev up has
HEAD = ["", "requests", "s", "requests/s", "booked", "refused", "begun anew", "deadlocks", "errors"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.bookings", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    requests = parser.parse_args().requests
    with hospitals([DATABASE], [HOT, MANY, MIXED, HAND]) as (hospital,):
        hospital.enter()
        where = circumstances()
        inside = _through_the_actions(hospital, requests)
        hospital.enter()
        outside = _over_the_wire(hospital, requests)
        text = "\n".join([where, "", inside.text, outside.text, *_is_all_well(hospital)])
    title = f"{requests:,} people want a doctor's time at once"
    publish("bookings", text, title=title, unit="seconds", bars=inside.times + outside.times)
    _publish_lost(where, inside.lost + outside.lost)
    connections.close_all()


def _publish_lost(where: str, bars: list[Bar]) -> None:
    title = "Who got no answer to a wish for a doctor's time"
    text = table(title, ["", "", "goal", ""], [[bar.label, *bar.told] for bar in bars])
    publish("bookings_lost", f"{where}\n\n{text}", title=title, unit="requests", bars=bars)


class Part(NamedTuple):
    """Of a day on which all want the same: how long it took, and who got no answer."""

    text: str
    times: list[Bar]
    lost: list[Bar]


def _through_the_actions(hospital: Hospital, requests: int) -> Part:
    one = _agenda.slots(hospital.department(HOT), 1, capacity=20, hard_limit=25)
    one_by_hand = _agenda.slots(hospital.department(HAND), 1, capacity=20)
    many = _agenda.slots(hospital.department(MANY), 200, capacity=50)
    many_by_hand = _agenda.slots(hospital.department(HAND), 200, capacity=50)
    mixed = _agenda.slots(hospital.department(MIXED), 200, capacity=10, hard_limit=12)
    folk = register(hospital.clinic, 2_000)
    hot = rush(_dealt([_online(one, n) for n in range(requests)]))
    hot_by_hand = rush(_by_hand(hospital, one_by_hand, requests))
    wide = rush(_dealt([_online(many, n) for n in range(requests)]))
    wide_by_hand = rush(_by_hand(hospital, many_by_hand, requests))
    mix = rush([_Mixed(mixed, folk, seed).deeds(requests // THREADS) for seed in range(THREADS)])
    rows = [
        ["one hot slot, all online", *_figures(hot)],
        ["the same by hand", *_figures(hot_by_hand)],
        ["200 slots, all online", *_figures(wide)],
        ["the same by hand", *_figures(wide_by_hand)],
        ["200 slots, everything", *_figures(mix)],
    ]
    errors = hot.errors + wide.errors + mix.errors
    lost = Bar("errors that reached the caller", errors, 0, at_most=True)
    goals = [
        ["one hot slot against by hand", f"{hot.rate / hot_by_hand.rate:.2f}", "", ""],
        ["200 slots against by hand", f"{wide.rate / wide_by_hand.rate:.2f}", "", ""],
        [lost.label, *lost.told],
    ]
    times = [
        Bar("one hot slot", hot.seconds),
        Bar("one hot slot, by hand", hot_by_hand.seconds),
        Bar("200 slots", wide.seconds),
        Bar("200 slots, by hand", wide_by_hand.seconds),
        Bar("200 slots, everything", mix.seconds),
    ]
    title = f"{requests:,} requests from {THREADS} threads of one process, through the actions"
    told = [f"  {count} × {name}" for name, count in mix.outcomes.most_common()]
    others = hot.outcomes + hot_by_hand.outcomes + wide.outcomes + wide_by_hand.outcomes
    told += [f"  {count} × {name}" for name, count in others.items() if name[0].isupper()]
    tables = [table(title, HEAD, rows), table("Goals", ["", "", "goal", ""], goals)]
    return Part("\n".join([*tables, *told, ""]), times, [lost])


def _over_the_wire(hospital: Hospital, requests: int) -> Part:
    """As many connections as requests, all open before the first one asks."""
    slots = _agenda.slots(hospital.department(MANY), 200, capacity=requests // 250, hard_limit=60)
    _key, secret = keys.make("bench", Role.STAFF, hospital.clinic, None, by=SYSTEM)
    chance = random.Random(7)
    bodies = [
        {
            "doctor_id": str(slot.doctor.public_id),
            "slot_id": str(slot.public_id),
            "source": chance.choice(list(Priority)),
        }
        for slot in (chance.choice(slots) for _request in range(requests))
    ]
    with server(hospital.database, "nextpatient.asgi:application", workers=WORKERS) as host:
        asyncio.run(post_all(host, "/api/book", secret, bodies[: WORKERS * 20]))  # it has woken up
        answers = asyncio.run(post_all(host, "/api/book", secret, bodies))
    return _told(answers, requests)


def _told(answers: Answers, requests: int) -> Part:
    by_status = [
        f"{count} × {status}" for status, count in sorted(answers.statuses.items()) if count
    ]
    took = Bar("over as many connections", answers.seconds, 40, at_most=True)
    lost = Bar("not answered, or with 5xx", answers.failures, 0, at_most=True)
    rows = [
        ["all answered in, s", *took.told],
        ["requests/s", f"{requests / answers.seconds:.0f}", "", ""],
        [lost.label, *lost.told],
        ["all open in, s", f"{answers.opening:.2f}", "", ""],
    ]
    title = f"{requests:,} connections open at once, each posts to /api/book ({WORKERS} processes)"
    text = table(title, ["", "", "goal", ""], rows) + "  " + ", ".join(by_status) + "\n"
    return Part(text, [took], [lost])


def _is_all_well(hospital: Hospital) -> list[str]:
    slots = list(Slot.objects.all())
    rows = count_holding(slots)
    over = sum(slot.booked > slot.hard_limit for slot in slots)
    differ = sum(slot.booked != rows.get(slot.pk, 0) for slot in slots)
    waiting = WaitlistEntry.objects.waiting().count()
    could_have = {entry.pk for entry, _slot in wasted(timezone.now())}
    breaks = [first_break(book) for book in DayBook.objects.all()]
    return [
        f"Slots over their hard limit: {over}. Slots whose `booked` is not their rows: {differ}.",
        f"On the waitlist: {waiting}; who could have a place: {len(could_have)}.",
        f"Ledgers: {len(breaks)}, broken: {sum(one is not None for one in breaks)}.",
    ]


def _figures(of: Rush) -> list[str]:
    counts = (of.done, of.refused, of.begun_anew, of.deadlocks, of.errors)
    return [f"{of.asked}", f"{of.seconds:.1f}", f"{of.rate:.0f}", *map(str, counts)]


def _dealt(acts: Sequence[Act]) -> list[Sequence[Act]]:
    return [acts[hand::THREADS] for hand in range(THREADS)]


def _online(slots: Sequence[Slot], number: int) -> Act:
    slot = slots[number % len(slots)]
    return partial(booking.book, None, slot, Priority.ONLINE, by=SYSTEM)


def _by_hand(hospital: Hospital, slots: Sequence[Slot], requests: int) -> list[Sequence[Act]]:
    """Refused is an answer here too."""
    counter, nurse = hospital.counter(HAND), hospital.nurse()
    booking.book(None, slots[-1], Priority.ONLINE, by=SYSTEM)  # which opens the day's page

    def act(hand: BookByHand, slot: Slot) -> object:
        try:
            if hand.book(slot):
                return hand
        except BaseException:
            hand.connection.rollback()
            raise
        hand.connection.rollback()
        raise Refused("full")

    hands = [BookByHand(counter, nurse) for _hand in range(THREADS)]
    return [
        [partial(act, hand, slots[n % len(slots)]) for n in range(number, requests, THREADS)]
        for number, hand in enumerate(hands)
    ]


class _Mixed:
    """What one thread asks for, drawn by chance from a seed of its own."""

    def __init__(self, slots: Sequence[Slot], folk: Sequence[Patient], seed: int) -> None:
        self.slots, self.folk, self.chance = slots, folk, random.Random(seed)
        self.mine: list[Appointment] = []
        self.entries: list[WaitlistEntry] = []

    def deeds(self, count: int) -> Sequence[Act]:
        deeds = [*[self.book] * 12, *[self.cancel] * 3, *[self.reschedule] * 2]
        return self.chance.choices([*deeds, self.join, self.join, self.leave], k=count)

    def book(self) -> object:
        """Anywhere, and half of the time where everybody wants to be."""
        slots = self.slots[:20] if self.chance.random() < 0.5 else self.slots
        slot, source = self.chance.choice(slots), self.chance.choice(list(Priority))
        somebody = self.chance.choice([None, self.chance.choice(self.folk)])
        self.mine.append(booking.book(somebody, slot, source, by=SYSTEM).appointment)
        return self.mine[-1]

    def cancel(self) -> object:
        return rebooking.cancel(self._one_of_mine(), by=SYSTEM)

    def reschedule(self) -> object:
        to = self.chance.choice(self.slots)
        return rebooking.reschedule(self._one_of_mine(), to, by=SYSTEM)

    def join(self) -> object:
        slot, patient = self.chance.choice(self.slots[:20]), self.chance.choice(self.folk)
        wish = self.chance.choice([Wish(slot=slot), Wish(doctor=slot.doctor, places=2)])
        self.entries.append(waitlists.join(patient, wish, Priority.ONLINE, by=SYSTEM))
        return self.entries[-1]

    def leave(self) -> object:
        if not self.entries:
            raise Refused("none yet")
        entry = self.entries.pop()
        entry.refresh_from_db()
        return waitlists.leave(entry, by=SYSTEM)

    def _one_of_mine(self) -> Appointment:
        if not self.mine:
            raise Refused("none yet")
        return self.mine.pop(self.chance.randrange(len(self.mine)))


if __name__ == "__main__":
    main()
