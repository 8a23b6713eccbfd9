"""What the moves of a desk do to a token, its counter and its place."""

from __future__ import annotations

from queues.actions import calling, tokens
from queues.actions.refusals import WasFirst
from queues.models import Clinic, Counter, Department, Patient
from queues.rules.rights import Actor, Role
from queues.tests import cast
from queues.tests.story import (
    at,
    called,
    fresh,
    kinds,
    labels,
    nurse_of,
    people,
    refused,
    serving,
    some_time_ago,
    standing,
    waiting,
    written,
)


def test_start_says_when_the_patient_came(asha: Patient, desk_a: Counter, nurse: Actor) -> None:
    token = called(asha, desk_a)
    some_time_ago(token, minutes=3)
    tokens.start(token, by=nurse)
    token.refresh_from_db()
    assert token.started_at is not None
    assert token.called_at is not None
    assert (token.started_at - token.called_at).total_seconds() >= 180
    assert at(desk_a) == token


def test_complete_frees_the_counter(asha: Patient, desk_a: Counter, nurse: Actor) -> None:
    token = serving(asha, desk_a)
    tokens.complete(token, by=nurse)
    token.refresh_from_db()
    assert at(desk_a) is None
    assert (token.live, token.in_hand) == (None, None)
    assert token.ended_at is not None
    assert token.counter == desk_a, "history still knows where it was"


def test_staff_may_complete_without_start(asha: Patient, desk_a: Counter, nurse: Actor) -> None:
    token = tokens.complete(called(asha, desk_a), by=nurse)
    token.refresh_from_db()
    assert standing(token) == "completed"
    assert token.started_at is None


def test_no_show_frees_the_counter(asha: Patient, desk_a: Counter, nurse: Actor) -> None:
    token = tokens.no_show(called(asha, desk_a), by=nurse)
    assert standing(token) == "no_show"
    assert at(desk_a) is None


def test_cancelling_somebody_called_frees_the_counter(
    asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    token = tokens.cancel(called(asha, desk_a), by=nurse)
    assert standing(token) == "cancelled"
    assert at(desk_a) is None


def test_recall_announces_again_and_changes_no_state(
    asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    token = called(asha, desk_a)
    some_time_ago(token, minutes=1)
    first_announced = token.announced_at
    tokens.recall(token, by=nurse)
    tokens.recall(token, by=nurse)
    token.refresh_from_db()
    assert (token.status, token.recalls) == ("called", 2)
    assert first_announced is not None
    assert token.announced_at is not None
    assert token.announced_at > first_announced
    assert token.called_at == first_announced, "the call itself was when it was"


def test_put_back_keeps_the_place_and_frees_the_counter(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    for patient in people(clinic, "Asha", "Ben", "Chen"):
        waiting(patient, opd)
    token = calling.call_next(fresh(desk_a), by=nurse)
    tokens.recall(token, by=nurse)
    tokens.put_back(token, by=nurse)
    token.refresh_from_db()
    assert labels(opd) == ["A-001", "A-002", "A-003"]
    assert at(desk_a) is None
    assert (token.counter, token.called_at, token.recalls) == (None, None, 0)


def test_hold_and_resume_keep_the_place(clinic: Clinic, opd: Department, nurse: Actor) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    token = waiting(asha, opd)
    waiting(ben, opd)
    rank = token.rank
    tokens.hold(token, by=nurse)
    assert labels(opd) == ["A-002"]
    tokens.resume(token, by=nurse)
    assert labels(opd) == ["A-001", "A-002"]
    assert token.rank == rank


def test_a_token_on_hold_is_not_called(
    asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = tokens.hold(waiting(asha, opd), by=nurse)
    refused(lambda: calling.call(token, fresh(desk_a), by=nurse), WasFirst)


def test_a_reason_is_kept_with_the_event(asha: Patient, opd: Department, nurse: Actor) -> None:
    token = waiting(asha, opd)
    with written() as events:
        tokens.cancel(token, by=nurse, note="went home")
    assert [event.note for event in events] == ["went home"]


def test_an_event_tells_who_from_where_what_before_and_after(
    asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    token = called(asha, desk_a)
    with written() as events:
        tokens.start(token, by=nurse)
    (event,) = events
    assert (event.actor_kind, event.actor, event.origin) == ("user", nurse.public_id, "desk")
    assert (event.subject, event.counter) == (token.public_id, "1")
    assert event.before == {"status": "called", "started_at": None}
    assert event.after == {"status": "serving", "started_at": _iso(token.started_at)}


def _iso(moment: object) -> str:
    assert hasattr(moment, "isoformat")
    return str(moment.isoformat())


def test_a_stale_screen_is_told_who_completed_meanwhile(
    asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    """Two desks look at one token: the second acts on what it saw, not on what is."""
    mine = called(asha, desk_a)
    theirs = type(mine).objects.get(pk=mine.pk)
    tokens.complete(theirs, by=nurse_of(opd, "carlos"))
    refusal = refused(lambda: tokens.no_show(mine, by=nurse), WasFirst)
    assert "A-001 is completed. It was put there by Carlos at " in refusal.sentence


def test_who_recalled_is_not_who_called(asha: Patient, opd: Department, desk_a: Counter) -> None:
    """A recall leaves the state as it is, so the sentence names whoever called."""
    carlos, nadia = nurse_of(opd, "carlos"), nurse_of(opd, "nadia")
    token = calling.call(waiting(asha, opd), fresh(desk_a), by=carlos)
    tokens.recall(token, by=nadia)
    refusal = refused(lambda: tokens.hold(token, by=nadia), WasFirst)
    assert refusal.facts["by"] == "Carlos"


def test_the_sentence_gives_the_time_of_the_clinic(clinic: Clinic) -> None:
    far = cast.clinic("kolkata", "Asia/Kolkata")
    opd = cast.department(far, "OPD")
    token = tokens.cancel(waiting(cast.patient(far, "Asha"), opd), by=cast.staff(far, Role.CLERK))
    refusal = refused(lambda: tokens.hold(token, by=cast.staff(far)), WasFirst)
    token.refresh_from_db()
    assert token.ended_at is not None
    local = token.ended_at.astimezone(far.zone)
    assert refusal.sentence.endswith(f" at {local:%H:%M:%S}.")


def test_the_clock_is_named_as_the_clock(asha: Patient, opd: Department, nurse: Actor) -> None:
    with written() as events:
        token = waiting(asha, opd)
    assert kinds(events) == ["issued"]
    refusal = refused(lambda: tokens.start(token, by=nurse), WasFirst)
    assert "by the administrator at" in refusal.sentence
