"""Says whether tables and journal tell one story, whatever was done and by how many at once."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from queues.models import Appointment, Counter, DayBook, Event, Kind, Token
from queues.rules.appointments import AS_THE_TOKEN
from queues.rules.status import IN_HAND, LIVE
from queues.screens.chain import first_break


def assert_one_story() -> None:
    assert_chains_are_whole()
    assert_events_are_the_changes()
    assert_appointments_are_what_happened()
    assert_hands_agree()


def assert_chains_are_whole() -> None:
    for book in DayBook.objects.all():
        assert first_break(book) is None


def assert_events_are_the_changes() -> None:
    """Played again from nothing, the events of a token lead to the row as it is, step by step."""
    told: dict[Any, list[Event]] = defaultdict(list)
    for event in Event.objects.order_by("daybook__day", "daybook", "seq"):
        told[event.subject].append(event)
    for token in Token.objects.select_related("counter", "assigned"):
        played: dict[str, Any] = dict.fromkeys(Token.CHANGING)
        for event in told[token.public_id]:
            for name, value in event.before.items():
                assert played[name] == value, f"{event} starts from another {name}"
            played |= event.after
        assert played == token.state()


def assert_appointments_are_what_happened() -> None:
    """The same for appointments. Since theirs tell only what was done to them themselves, what
    happened to the numbers that they brought is read between them, in the order of writing."""
    told: dict[Any, list[Event]] = defaultdict(list)
    for event in Event.objects.order_by("pk"):
        told[event.subject].append(event)
    tokens = Token.objects.exclude(appointment=None)
    numbers = {token.public_id: token.appointment_id for token in tokens}
    brought: dict[Any, list[Event]] = defaultdict(list)
    for subject, came_by in numbers.items():
        brought[came_by] += told[subject]
    for appointment in Appointment.objects.select_related("slot"):
        played = dict.fromkeys(Appointment.CHANGING)
        events = told[appointment.public_id] + brought[appointment.pk]
        for event in sorted(events, key=lambda one: one.pk):
            if event.subject in numbers:
                stage = AS_THE_TOKEN.get(event.after.get("status", ""))
                came_back = event.kind == Kind.ARRIVED or event.kind == Kind.ISSUED
                played |= {"status": stage} if stage and not came_back else {}
                continue
            for name, value in event.before.items():
                assert played[name] == value, f"{event} starts from another {name}"
            played |= event.after
        assert played == appointment.state(), f"{appointment} is not what its events tell"


def assert_hands_agree() -> None:
    """A counter has a token exactly if that token is in hand there, and nobody is at two."""
    at_counters = {(counter.pk, counter.current_id) for counter in _busy_counters()}
    in_hand = Token.objects.filter(status__in=IN_HAND)
    assert at_counters == set(in_hand.values_list("counter_id", "pk"))
    visits = list(in_hand.values_list("visit_id", flat=True))
    assert len(visits) == len(set(visits))
    for token in Token.objects.all():
        assert (token.live, token.in_hand) == (
            token.status in LIVE or None,
            token.status in IN_HAND or None,
        )


def kinds() -> list[str]:
    """What happened to tokens, in the order in which it did in each department."""
    tokens = Token.objects.values_list("public_id", flat=True)
    of_tokens = Event.objects.filter(subject__in=list(tokens))
    return list(of_tokens.order_by("daybook", "seq").values_list("kind", flat=True))


def count(kind: Kind) -> int:
    return Event.objects.filter(kind=kind).count()


def _busy_counters() -> list[Counter]:
    return list(Counter.objects.exclude(current=None))
