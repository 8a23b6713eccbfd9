"""What a patient does from their own page."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import DatabaseError, transaction

from queues.actions import calling, issuing, phone
from queues.actions.phone import TooLate
from queues.actions.refusals import Invalid, NotAllowed
from queues.models import Clinic, Counter, Department, Event, Kind, Patient, Token, Visit
from queues.rules.rights import PATIENT_MOVES, SYSTEM, Actor, ActorKind
from queues.rules.status import Move, Status


@pytest.fixture
def token(asha: Patient, opd: Department) -> Token:
    return issuing.issue(asha, opd, by=SYSTEM)


@pytest.fixture
def herself(token: Token) -> Actor:
    return Actor(ActorKind.PATIENT, token.visit.public_id, origin="phone")


def test_late_and_back_keep_the_place(token: Token, herself: Actor) -> None:
    rank = token.rank
    assert phone.move(token, Move.HOLD, by=herself).status == Status.ON_HOLD
    back = phone.move(token, Move.RESUME, by=herself)
    assert (back.status, back.rank) == (Status.WAITING, rank)


def test_whoever_is_called_may_still_give_up_and_frees_the_counter(
    token: Token, herself: Actor, desk_a: Counter
) -> None:
    called = calling.call_next(desk_a, by=SYSTEM)
    assert phone.move(called, Move.CANCEL, by=herself).status == Status.CANCELLED
    desk_a.refresh_from_db()
    assert desk_a.current is None


@pytest.mark.parametrize("wanted", sorted(set(Move) - PATIENT_MOVES))
def test_everything_else_is_for_staff(token: Token, herself: Actor, wanted: Move) -> None:
    with pytest.raises(NotAllowed):
        phone.move(token, wanted, by=herself)


def test_too_late_is_told_without_naming_who_was_first(
    token: Token, herself: Actor, desk_a: Counter, nurse: Actor
) -> None:
    calling.call_next(desk_a, by=nurse)
    with pytest.raises(TooLate) as refused:
        phone.move(token, Move.HOLD, by=herself)
    expected = "This is no longer possible. A-001 is called at counter 1."
    assert refused.value.sentence == expected


def test_the_event_says_the_patient_by_their_phone(token: Token, herself: Actor) -> None:
    before = Event.objects.count()
    phone.move(token, Move.HOLD, by=herself)
    event = Event.objects.of(token)[0]
    assert Event.objects.count() == before + 1
    assert (event.kind, event.actor_kind, event.origin) == (Kind.HELD, "patient", "phone")
    assert event.actor == token.visit.public_id


@pytest.fixture
def languages(clinic: Clinic) -> None:
    Clinic.objects.update(languages=["en", "ar"])


def test_a_language_of_the_clinic_is_kept_on_the_visit(
    languages: None, token: Token, herself: Actor
) -> None:
    visit = fresh_visit(token)
    phone.speak(visit, "ar", by=herself)
    assert fresh_visit(token).language == "ar"


def test_another_language_is_refused(languages: None, token: Token, herself: Actor) -> None:
    with pytest.raises(Invalid):
        phone.speak(fresh_visit(token), "fr", by=herself)
    assert fresh_visit(token).language == ""


def test_the_choice_writes_one_event_without_the_language(
    languages: None, token: Token, herself: Actor
) -> None:
    phone.speak(fresh_visit(token), "ar", by=herself)
    phone.speak(fresh_visit(token), "ar", by=herself)
    [event] = Event.objects.filter(kind=Kind.LANGUAGE_CHOSEN)
    assert event.subject == token.visit.public_id
    assert event.after == {"fields": ["language"]}


def test_what_was_rolled_back_is_done_again(languages: None, token: Token, herself: Actor) -> None:
    visit = fresh_visit(token)
    with suppress(DatabaseError), transaction.atomic():
        phone.speak(visit, "ar", by=herself)
        raise DatabaseError
    assert fresh_visit(token).language == ""
    phone.speak(visit, "ar", by=herself)
    assert fresh_visit(token).language == "ar"
    assert Event.objects.filter(kind=Kind.LANGUAGE_CHOSEN).count() == 1


def fresh_visit(token: Token) -> Visit:
    return Visit.objects.select_related("clinic").get(pk=token.visit_id)
