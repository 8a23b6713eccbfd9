"""A department's queue as its screens show it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from queues.actions import calling, counters, departments, issuing, tokens
from queues.models import Clinic, Counter, DayBook, Department, Doctor, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.screens import places as screen
from queues.screens.places import places
from queues.screens.queue import token_answer
from queues.tests import cast
from queues.tests.crowd import waiting_room
from queues.tests.story import (
    arrived_earlier,
    called,
    fresh,
    now_serving,
    people,
    public_queue,
    serving,
    some_time_ago,
    waiting,
    yesterday,
)

FIVE = ("Asha", "Ben", "Chen", "Dina", "Emil")


@pytest.fixture
def queue(clinic: Clinic, opd: Department) -> list[Token]:
    """In the order of their call: emergency, then by waiting and head start."""
    asha, ben, chen, dina, emil = people(clinic, *FIVE)
    first = waiting(asha, opd)
    arrived_earlier(first, minutes=25)
    return [
        first,
        waiting(ben, opd, Priority.EMERGENCY),
        waiting(chen, opd, Priority.PAID),
        waiting(dina, opd, Priority.ELDERLY),
        waiting(emil, opd),
    ]


IN_ORDER = ["A-002", "A-003", "A-001", "A-004", "A-005"]


def test_everybody_who_waits_is_shown_by_label_and_place(
    queue: list[Token], opd: Department
) -> None:
    shown = public_queue(opd)["waiting"]
    assert [(row["label"], row["position"]) for row in shown] == [
        (label, position) for position, label in enumerate(IN_ORDER, start=1)
    ]


def test_the_order_shown_is_the_order_of_the_calls(
    queue: list[Token], opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    turns = []
    for _ in FIVE:
        token = calling.call_next(fresh(desk_a), by=nurse)
        turns.append(token.visit.label)
        tokens.complete(token, by=nurse)
    assert turns == IN_ORDER


def test_after_each_call_everybody_moves_up(
    queue: list[Token], opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    calling.call_next(desk_a, by=nurse)
    assert [row["label"] for row in public_queue(opd)["waiting"]] == IN_ORDER[1:]
    assert public_queue(opd)["waiting"][0]["position"] == 1


def test_who_is_served_is_shown_with_their_counter_the_latest_call_first(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    some_time_ago(serving(asha, desk_a), minutes=1)
    called(ben, desk_b)
    assert public_queue(opd)["serving"] == [
        {"label": "A-002", "counter": "2", "status": "called"},
        {"label": "A-001", "counter": "1", "status": "serving"},
    ]


def test_a_recall_brings_somebody_to_the_top(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    first = called(asha, desk_a)
    some_time_ago(first, minutes=2)
    some_time_ago(called(ben, desk_b), minutes=1)
    assert [row["label"] for row in now_serving(opd)["serving"]] == ["A-002", "A-001"]
    tokens.recall(first, by=nurse)
    assert [row["label"] for row in now_serving(opd)["serving"]] == ["A-001", "A-002"]


def test_who_is_on_hold_or_gone_is_not_shown(
    queue: list[Token], opd: Department, nurse: Actor
) -> None:
    tokens.hold(queue[0], by=nurse)
    tokens.cancel(queue[1], by=nurse)
    assert [row["label"] for row in public_queue(opd)["waiting"]] == ["A-003", "A-004", "A-005"]


def test_the_public_sees_labels_and_never_a_person(
    clinic: Clinic, opd: Department, desk_a: Counter
) -> None:
    asha, ben = people(clinic, "Xanthippe", "Ysolde")
    token = waiting(asha, opd)
    called(ben, desk_a)
    shown = repr([public_queue(opd), now_serving(opd)])
    secrets = (
        asha.name,
        ben.name,
        asha.phone,
        asha.number,
        str(asha.public_id),
        str(token.public_id),
        token.visit.secret,
        "walk_in",  # why somebody goes first is nobody's business
    )
    assert [secret for secret in secrets if secret in shown] == []


def test_the_next_five_are_announced(clinic: Clinic, opd: Department) -> None:
    for patient in people(clinic, *FIVE, "Fay", "Gil"):
        waiting(patient, opd)
    assert now_serving(opd)["next"] == ["A-001", "A-002", "A-003", "A-004", "A-005"]


def test_seq_is_that_of_the_last_change(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    assert public_queue(opd)["seq"] == 0
    for patient in people(clinic, "Asha", "Ben"):
        waiting(patient, opd)
    calling.call_next(desk_a, by=nurse)
    assert public_queue(opd)["seq"] == now_serving(opd)["seq"] == 3
    assert DayBook.objects.get(department=opd).seq == 3


def test_seq_begins_anew_with_the_day(clinic: Clinic, opd: Department) -> None:
    waiting(cast.patient(clinic, "Asha"), opd)
    yesterday(clinic)
    assert public_queue(opd)["seq"] == 0


def test_a_paused_department_shows_why_and_promises_nothing(
    queue: list[Token], opd: Department
) -> None:
    departments.change(opd, {"state": "paused", "state_reason": "Back at 11."}, by=SYSTEM)
    shown = public_queue(opd)
    assert (shown["state"], shown["reason"]) == ("paused", "Back at 11.")
    assert {row["eta_minutes"] for row in shown["waiting"]} == {None}


def test_estimates_count_the_open_counters(clinic: Clinic, opd: Department) -> None:
    """Two counters are free and a visit takes 8 minutes: two go at once, two in 8 minutes."""
    for patient in people(clinic, *FIVE):
        waiting(patient, opd)
    minutes = [row["eta_minutes"] for row in public_queue(opd)["waiting"]]
    assert minutes == [0, 0, 8, 8, 16]


def test_with_one_counter_less_everybody_waits_longer(
    clinic: Clinic, opd: Department, desk_b: Counter
) -> None:
    for patient in people(clinic, *FIVE):
        waiting(patient, opd)
    counters.change(desk_b, {"is_open": False}, by=SYSTEM)
    minutes = [row["eta_minutes"] for row in public_queue(opd)["waiting"]]
    assert minutes == [0, 8, 16, 24, 32]


def test_with_all_counters_closed_nothing_is_promised(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter
) -> None:
    waiting(cast.patient(clinic, "Asha"), opd)
    for desk in (desk_a, desk_b):
        counters.change(desk, {"is_open": False}, by=SYSTEM)
    assert public_queue(opd)["waiting"][0]["eta_minutes"] is None


def test_a_busy_counter_is_reckoned_from_the_call(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    counters.change(desk_b, {"is_open": False}, by=SYSTEM)
    some_time_ago(called(asha, desk_a), minutes=3)
    waiting(ben, opd)
    (place,) = places(opd, timezone.now())
    assert place.estimate is not None
    assert place.estimate.middle == pytest.approx(5 * 60, abs=2)


def test_a_department_learns_its_pace_from_what_was_completed(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter, nurse: Actor
) -> None:
    """Twenty visits of two minutes: the prior of eight hardly speaks any more."""
    counters.change(desk_b, {"is_open": False}, by=SYSTEM)
    for number in range(20):
        patient = cast.patient(clinic, f"Patient {number}")
        token = serving(patient, desk_a)
        some_time_ago(token, minutes=2)
        tokens.complete(token, by=nurse)
    for patient in people(clinic, "Asha", "Ben"):
        waiting(patient, opd)
    expected = 2 * 20 / 25 + 8 * 5 / 25
    estimate = places(opd, timezone.now())[1].estimate
    assert estimate is not None
    assert estimate.middle / 60 == pytest.approx(expected, abs=0.1)


# One token


def test_a_waiting_token_knows_its_place_and_its_range(queue: list[Token], opd: Department) -> None:
    answer = token_answer(queue[0])
    assert (answer["label"], answer["position"], answer["ahead"]) == ("A-001", 3, 2)
    assert answer["eta"]["from"] <= answer["eta"]["minutes"] <= answer["eta"]["to"]
    assert answer["status_url"] is None, "the secret is filled in on leaving, never here"


def test_a_called_token_has_a_counter_and_no_place(
    clinic: Clinic, opd: Department, desk_a: Counter
) -> None:
    answer = token_answer(called(cast.patient(clinic, "Asha"), desk_a))
    assert (answer["status"], answer["counter"]) == ("called", "1")
    assert (answer["position"], answer["ahead"], answer["eta"]) == (None, None, None)
    assert answer["called_at"] is not None
    assert (answer["started_at"], answer["ended_at"]) == (None, None)


def test_the_token_agrees_with_the_screen(queue: list[Token], opd: Department) -> None:
    on_screen = {row["label"]: row for row in public_queue(opd)["waiting"]}
    for token in queue:
        answer, row = token_answer(token), on_screen[token.visit.label]
        assert (answer["position"], answer["eta"]["minutes"]) == (
            row["position"],
            row["eta_minutes"],
        )


def test_who_asks_for_a_doctor_with_no_open_room_gets_no_time(
    clinic: Clinic, opd: Department
) -> None:
    doctor = Doctor.objects.create(name="Dr Rao")
    doctor.departments.add(opd)
    token = issuing.issue(cast.patient(clinic, "Asha"), opd, by=SYSTEM, doctor=doctor)
    answer = token_answer(token)
    assert (answer["position"], answer["eta"]) == (1, None)
    assert answer["doctor_id"] == str(doctor.public_id)


def test_as_of_is_now(opd: Department) -> None:
    before = timezone.now()
    shown = public_queue(opd)["as_of"]
    assert before.isoformat() <= shown <= (before + timedelta(seconds=5)).isoformat()


def _placed(department: Department) -> dict[str, tuple[object, object]]:
    """As each hears it alone."""
    answers = [token_answer(token) for token in Token.objects.waiting_at(department)]
    return {str(one["label"]): (one["position"], one["eta"]) for one in answers}


def _on_the_board(department: Department) -> dict[str, tuple[object, object]]:
    return {
        place.label: (place.position, place.eta) for place in places(department, timezone.now())
    }


def test_who_stands_behind_changes_nothing_for_the_first(
    opd: Department, lab: Department, desk_a: Counter, desk_b: Counter
) -> None:
    waiting_room(opd, 70)
    Counter.objects.update(is_open=True)
    Counter.objects.filter(pk=desk_b.pk).update(serves=["paid", "emergency"])
    for number, token in enumerate(Token.objects.order_by("pk")):
        if number % 3:
            urgency = (Priority.PAID, Priority.EMERGENCY)[number % 2]
            tokens.set_priority(token, urgency, by=SYSTEM)
    now = timezone.now()
    first = screen.line_of(opd, only_first=True).at(opd, now)
    assert len(first) == screen.FIRST
    assert first == places(opd, now)[: screen.FIRST]
    seen = screen.crowd_at(opd)
    assert (seen.size, seen.appointed) == (70, 0)
    assert seen.since == min(Token.objects.values_list("arrived_at", flat=True))
    assert screen.crowd_at(lab) == screen.Crowd()


@pytest.mark.parametrize("bound_to", ["nobody", "a doctor", "a counter", "a few priorities"])
def test_one_alone_hears_what_the_board_says_of_them(
    queue: list[Token], opd: Department, desk_a: Counter, bound_to: str
) -> None:
    Counter.objects.update(is_open=True)
    if bound_to == "a doctor":
        Token.objects.filter(pk=queue[2].pk).update(doctor=Doctor.objects.create(name="Dr Rao"))
    elif bound_to == "a counter":
        Token.objects.filter(pk=queue[2].pk).update(assigned=desk_a)
    elif bound_to == "a few priorities":
        Counter.objects.filter(pk=desk_a.pk).update(serves=[Priority.ONLINE])
    assert _placed(opd) == _on_the_board(opd)
    Department.objects.update(state=Department.State.PAUSED)
    opd.refresh_from_db()
    assert _placed(opd) == _on_the_board(opd)


def test_one_alone_is_not_read_among_the_others(
    queue: list[Token], opd: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above: it is another way that leads there."""

    def never(*_: object) -> None:
        raise AssertionError("everybody was read")

    monkeypatch.setattr(screen, "places", never)
    assert sorted(str(position) for position, _eta in _placed(opd).values()) == list("12345")
    Token.objects.filter(pk=queue[2].pk).update(doctor=Doctor.objects.create(name="Dr Rao"))
    with pytest.raises(AssertionError, match="everybody was read"):
        _placed(opd)
