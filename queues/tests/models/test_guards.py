"""What the database itself refuses, whoever writes."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from queues.actions import tokens
from queues.journal import open_book
from queues.models import Clinic, Counter, DayBook, Department, Event, Kind, Patient, Token, Visit
from queues.rules.rights import Actor
from queues.rules.status import Status
from queues.tests import cast
from queues.tests.story import called, people, waiting


@pytest.mark.django_db
def test_every_constraint_that_the_tables_promise_is_in_the_database() -> None:
    """Some engines leave out, without a word, what they cannot keep."""
    with connection.cursor() as cursor:
        missing = [
            constraint.name
            for table in apps.get_app_config("queues").get_models()
            for constraint in table._meta.constraints
            if constraint.name
            not in connection.introspection.get_constraints(cursor, table._meta.db_table)
        ]
    assert missing == []


def copy_of(token: Token, **changes: Any) -> Token:
    """Another row for the same visit and department."""
    values = {
        field.attname: getattr(token, field.attname)
        for field in Token._meta.concrete_fields
        if field.name not in {"id", "public_id"}
    }
    return Token(**{**values, **changes})


def insert(row: Token | Visit | Event | DayBook) -> None:
    with transaction.atomic():
        row.save(force_insert=True)


def test_nobody_waits_twice_in_one_department(asha: Patient, opd: Department) -> None:
    token = waiting(asha, opd)
    with pytest.raises(IntegrityError):
        insert(copy_of(token))


def test_ended_waits_are_as_many_as_there_were(
    asha: Patient, opd: Department, nurse: Actor
) -> None:
    for _ in range(3):
        tokens.cancel(waiting(asha, opd), by=nurse)
    assert Token.objects.filter(live=None).count() == 3


def test_nobody_is_in_two_pairs_of_hands(
    asha: Patient, opd: Department, lab: Department, desk_a: Counter
) -> None:
    elsewhere = waiting(asha, lab)
    called(asha, desk_a)
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.filter(pk=elsewhere.pk).update(in_hand=True)


def test_a_token_is_at_one_counter(asha: Patient, desk_a: Counter, desk_b: Counter) -> None:
    token = called(asha, desk_a)
    with pytest.raises(IntegrityError), transaction.atomic():
        Counter.objects.filter(pk=desk_b.pk).update(current=token)


def test_a_counter_is_taken_only_while_it_is_free_and_open(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    first, second = waiting(asha, opd), waiting(ben, opd)
    assert desk_a.take(first)
    assert not desk_a.take(second)
    assert desk_a.take(second, after=first), "in the same click as the one before is completed"
    desk_b.is_open = False
    desk_b.save()
    assert not desk_b.take(first)


def test_a_counter_lets_go_only_of_whom_it_has(
    clinic: Clinic, opd: Department, desk_a: Counter
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    first, second = waiting(asha, opd), waiting(ben, opd)
    desk_a.take(first)
    desk_a.release(second)
    assert Counter.objects.get(pk=desk_a.pk).current == first


def test_a_label_is_given_once_a_day(asha: Patient, ben: Patient, opd: Department) -> None:
    visit = waiting(asha, opd).visit
    again = Visit(
        clinic=visit.clinic, patient=ben, day=visit.day, label=visit.label, link_hash="another"
    )
    with pytest.raises(IntegrityError):
        insert(again)


def test_a_patient_has_one_visit_a_day(asha: Patient, opd: Department) -> None:
    visit = waiting(asha, opd).visit
    again = Visit(
        clinic=visit.clinic, patient=asha, day=visit.day, label="A-999", link_hash="another"
    )
    with pytest.raises(IntegrityError):
        insert(again)


def test_an_event_has_its_own_seq(asha: Patient, opd: Department) -> None:
    waiting(asha, opd)
    book = DayBook.objects.get(department=opd)
    again = Event(daybook=book, seq=1, kind=Kind.HELD, at=timezone.now(), actor_kind="user")
    with pytest.raises(IntegrityError):
        insert(again)


def test_a_department_has_one_page_a_day(opd: Department) -> None:
    book = open_book(opd, timezone.now())
    again = DayBook(clinic=opd.clinic, department=opd, ledger=book.ledger, day=book.day)
    with pytest.raises(IntegrityError):
        insert(again)


def test_a_status_that_we_do_not_know_is_refused(asha: Patient, opd: Department) -> None:
    token = waiting(asha, opd)
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.filter(pk=token.pk).update(status="lost")


def test_prefixes_and_codes_are_unique_in_a_clinic(clinic: Clinic, opd: Department) -> None:
    for same in ({"code": "OPD", "prefix": "X"}, {"code": "NEW", "prefix": "A"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Department.objects.create(clinic=clinic, name="Another", **same)
    cast.clinic("far")  # where all of them are free


def test_a_status_moves_only_from_where_it_was(asha: Patient, opd: Department) -> None:
    """One UPDATE that names its source: the second of two finds nothing to change."""
    token = waiting(asha, opd)
    theirs = Token.objects.get(pk=token.pk)
    now = timezone.now()
    assert token.shift({Status.WAITING}, now=now, status=Status.ON_HOLD)
    assert not theirs.shift({Status.WAITING}, now=now, status=Status.CANCELLED)
    assert Token.objects.get(pk=token.pk).status == "on_hold"
    assert theirs.status == "waiting", "the loser's copy is as it was"


def test_an_ended_token_is_neither_live_nor_in_hand(asha: Patient, opd: Department) -> None:
    token = waiting(asha, opd)
    for status in Status:
        token.shift(set(Status), now=timezone.now(), status=status)
        row = Token.objects.values("live", "in_hand").get(pk=token.pk)
        live = status in {"waiting", "called", "serving", "on_hold"}
        in_hand = status in {"called", "serving"}
        assert row == {"live": live or None, "in_hand": in_hand or None}


def test_holding_a_token_shows_all_of_it_as_it_now_is(asha: Patient, desk_a: Counter) -> None:
    """What was loaded before somebody completed it must not speak of the past."""
    mine = called(asha, desk_a)
    theirs = Token.objects.get(pk=mine.pk)
    theirs.shift({Status.CALLED}, now=timezone.now(), status=Status.COMPLETED)
    mine.lock()
    assert (mine.status, mine.live, mine.in_hand) == ("completed", None, None)
