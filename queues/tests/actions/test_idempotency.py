"""One request, one effect: the same Idempotency-Key gets the first answer again."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from queues.actions import issuing
from queues.actions.idempotency import Answer, KeyUsedForAnother, once
from queues.actions.refusals import AlreadyWaiting
from queues.models import Department, KeptAnswer, Patient, Token
from queues.rules.rights import SYSTEM
from queues.screens.queue import token_answer
from queues.tests.story import refused, waiting


@pytest.fixture
def takes_a_number(asha: Patient, opd: Department) -> Callable[[], Answer]:
    def act() -> Answer:
        token = issuing.issue(asha, opd, by=SYSTEM)
        return Answer(201, token_answer(token), token.visit)

    return act


def test_the_second_time_the_first_answer_comes_again(
    takes_a_number: Callable[[], Answer],
) -> None:
    first = once("kiosk", "k1", "body", takes_a_number)
    second = once("kiosk", "k1", "body", takes_a_number)
    assert (second.status, second.body, second.visit) == (201, first.body, first.visit)
    assert Token.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(
    takes_a_number: Callable[[], Answer],
) -> None:
    once("kiosk", "k1", "body", takes_a_number)
    refusal = refused(
        lambda: once("kiosk", "k1", "another body", takes_a_number), KeyUsedForAnother
    )
    assert refusal.code == "idempotency_key_reused"
    assert KeptAnswer.objects.count() == 1


def test_another_owner_may_use_the_same_key(takes_a_number: Callable[[], Answer]) -> None:
    once("kiosk", "k1", "body", takes_a_number)
    with pytest.raises(AlreadyWaiting):
        once("desk", "k1", "body", takes_a_number)


def test_what_was_refused_leaves_nothing_and_may_be_tried_again(
    takes_a_number: Callable[[], Answer], asha: Patient, opd: Department
) -> None:
    in_the_way = waiting(asha, opd)
    refused(lambda: once("kiosk", "k1", "body", takes_a_number), AlreadyWaiting)
    assert KeptAnswer.objects.count() == 0
    Token.objects.filter(pk=in_the_way.pk).update(status="cancelled", live=None)
    assert once("kiosk", "k1", "body", takes_a_number).status == 201


def test_the_secret_of_the_link_is_not_kept(takes_a_number: Callable[[], Answer]) -> None:
    answer = once("kiosk", "k1", "body", takes_a_number)
    kept = KeptAnswer.objects.get()
    assert answer.visit is not None
    assert answer.visit.secret not in json.dumps(kept.body)
    assert kept.visit == answer.visit, "from which the link is made again"


def test_an_answer_without_a_body_is_kept_too(db: None) -> None:
    acted = []

    def act() -> Answer:
        acted.append(1)
        return Answer(204)

    answers = [once("desk", "k1", "body", act) for _ in range(2)]
    assert [(answer.status, answer.body) for answer in answers] == [(204, None)] * 2
    assert acted == [1]
