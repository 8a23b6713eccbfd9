"""A number of a past day comes back: it is never on the wall twice."""

from __future__ import annotations

from queues.actions import tokens
from queues.actions.refusals import LabelTaken
from queues.actions.undoing import undo
from queues.models import Clinic, Counter, Department, Patient, Token
from queues.rules.rights import Actor
from queues.tests.story import called, labels, people, refused, some_time_ago, waiting, yesterday


def loaded(token: Token) -> Token:
    """As the next day's request finds it."""
    return Token.objects.get(pk=token.pk)


def test_a_label_that_came_back_is_not_given_again(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben, chen = people(clinic, "Asha", "Ben", "Chen")
    waiting(ben, opd)
    token = tokens.no_show(called(asha, desk_a), by=nurse)
    yesterday(clinic)
    tokens.return_(loaded(token), by=nurse)
    assert sorted(labels(opd)) == ["A-001", "A-002"]
    assert waiting(chen, opd).visit.label == "A-003"


def test_a_label_that_somebody_holds_today_does_not_come_back(
    clinic: Clinic, opd: Department, desk_a: Counter, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    token = tokens.no_show(called(asha, desk_a), by=nurse)
    yesterday(clinic)
    assert waiting(ben, opd).visit.label == "A-001"
    refusal = refused(lambda: tokens.return_(loaded(token), by=nurse), LabelTaken)
    assert "A-001" in refusal.sentence
    assert labels(opd) == ["A-001"]


def test_an_undo_just_after_the_turn_of_the_day_keeps_the_label_too(
    clinic: Clinic, opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    token = tokens.cancel(waiting(asha, opd), by=nurse)
    yesterday(clinic)
    some_time_ago(token, days=-1)  # the day turned a minute ago
    undo(loaded(token), by=nurse)
    assert waiting(ben, opd).visit.label == "A-002"
