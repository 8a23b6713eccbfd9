"""What our connection to MySQL and MariaDB leaves out of what Django asks, and what it does not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction

from nextpatient.mysql import base
from queues.models import Clinic
from queues.tests.serving.broken import cut

pytestmark = [
    pytest.mark.skipif(connection.vendor != "mysql", reason="of MySQL and MariaDB alone"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    """One that keeps its connection from request to request."""
    with ThreadPoolExecutor(1) as thread:
        yield thread
        thread.submit(lambda: connection.close()).result()


def begin() -> None:
    """As each request does."""
    connection.close_if_unusable_or_obsolete()


def asked(what: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE %s", [what])
        return int(cursor.fetchone()[1])


def count_clinics() -> int:
    begin()
    return Clinic.objects.count()


@transaction.atomic
def half_of_it() -> None:
    Clinic.objects.update(name="Elsewhere")
    with transaction.atomic():
        Clinic.objects.update(name="Nowhere")
    raise RuntimeError


def test_a_transaction_is_two_questions_beside_its_own(clinic: Clinic) -> None:
    connection.ensure_connection()
    before, settings = asked("Questions"), asked("Com_set_option")
    with transaction.atomic():
        Clinic.objects.update(name="Elsewhere")
    assert asked("Questions") - before == 5, "BEGIN, the change, COMMIT, and our two looks"
    assert asked("Com_set_option") == settings
    assert connection.get_autocommit()


def test_what_is_undone_is_undone(clinic: Clinic) -> None:
    with pytest.raises(RuntimeError):
        half_of_it()
    assert Clinic.objects.get().name == clinic.name
    Clinic.objects.update(name="Here")  # and what follows is no part of it
    connection.rollback()
    assert Clinic.objects.get().name == "Here"


def test_a_connection_that_broke_while_nobody_asked_is_opened_anew(
    clinic: Clinic, thread: ThreadPoolExecutor
) -> None:
    assert thread.submit(count_clinics).result() == 1
    cut(thread)
    time.sleep(base.HEARD_FOR)
    assert thread.submit(count_clinics).result() == 1


def test_one_that_broke_a_moment_after_it_answered_costs_one_request(
    clinic: Clinic, thread: ThreadPoolExecutor
) -> None:
    """After an error it is asked at once."""
    assert thread.submit(count_clinics).result() == 1
    cut(thread)
    with pytest.raises((OperationalError, InterfaceError)):
        thread.submit(count_clinics).result()
    assert thread.submit(count_clinics).result() == 1
