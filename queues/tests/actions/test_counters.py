"""A counter opens and closes, and somebody sits down at it."""

from __future__ import annotations

from queues.actions import counters
from queues.actions.refusals import CounterBusy
from queues.models import Counter, Department, Doctor, Patient
from queues.rules.rights import Actor
from queues.tests.story import called, fresh, kinds, refused, written


def test_a_counter_closes_and_opens_with_an_event_each(desk_a: Counter, nurse: Actor) -> None:
    with written() as events:
        counters.change(desk_a, {"is_open": False}, by=nurse)
        assert not fresh(desk_a).is_open
        counters.change(desk_a, {"is_open": True}, by=nurse)
    assert fresh(desk_a).is_open
    assert kinds(events) == ["counter_changed", "counter_changed"]
    assert (events[0].subject, events[0].counter) == (desk_a.public_id, "1")
    assert (events[0].before, events[0].after) == ({"is_open": True}, {"is_open": False})


def test_closing_what_is_closed_changes_nothing(desk_a: Counter, nurse: Actor) -> None:
    counters.change(desk_a, {"is_open": False}, by=nurse)
    with written() as events:
        counters.change(desk_a, {"is_open": False}, by=nurse)
    assert events == []


def test_a_counter_with_somebody_does_not_close(
    asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    token = called(asha, desk_a)
    refusal = refused(lambda: counters.change(desk_a, {"is_open": False}, by=nurse), CounterBusy)
    assert refusal.sentence == "Counter 1 has A-001. Please complete or send them on first."
    assert refusal.facts["token_id"] == str(token.public_id)


def test_a_doctor_sits_down_and_the_event_names_them_by_public_id(
    opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    doctor = Doctor.objects.create(name="Dr Rao")
    with written() as events:
        counters.change(desk_a, {"doctor": doctor}, by=nurse)
    assert fresh(desk_a).doctor == doctor
    assert events[0].after == {"doctor": str(doctor.public_id)}


def test_only_what_changed_is_told(desk_a: Counter, nurse: Actor) -> None:
    with written() as events:
        counters.change(desk_a, {"is_open": True, "serves": ["paid"]}, by=nurse)
    assert fresh(desk_a).serves == ["paid"]
    assert events[0].after == {"serves": ["paid"]}
