"""./dev manage duties --once: each duty done once."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from queues.actions import clock, departments
from queues.management.commands.duties import DUTIES
from queues.models import Clinic, Counter, Department, KeptAnswer, Patient
from queues.rules.rights import SYSTEM
from queues.screens.heads import page_of
from queues.tests import cast
from queues.tests.story import called, some_time_ago, standing, waiting, yesterday

# It closes connections that are too old, which no transaction around the test may see.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _the_suites_own_signals() -> Iterator[None]:
    """The command takes over Ctrl-C, which the suite needs again."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, handlers, strict=True):
        signal.signal(number, handler)


def test_who_never_came_is_marked(asha: Patient, desk_a: Counter) -> None:
    token = called(asha, desk_a)
    some_time_ago(token, minutes=11)
    call_command("duties", "--once")
    assert standing(token) == "no_show"


def test_what_a_past_day_left_open_is_closed(clinic: Clinic, opd: Department) -> None:
    departments.change(opd, {"hours": [[day, "00:00", "23:59"] for day in range(7)]}, by=SYSTEM)
    token = waiting(cast.patient(clinic, "Asha"), opd)
    yesterday(clinic)
    call_command("duties", "--once")
    assert standing(token) == "cancelled"


def test_old_answers_are_forgotten(db: None) -> None:
    KeptAnswer.objects.create(
        owner="desk", key="k", fingerprint="f", kept_at="2020-01-01T00:00:00+00:00"
    )
    call_command("duties", "--once")
    assert not KeptAnswer.objects.exists()


def test_what_was_left_at_a_kiosk_is_forgotten_within_a_minute() -> None:
    assert dict(DUTIES)[clock.forget_sessions] <= 60


def test_the_history_is_signed(asha: Patient) -> None:
    call_command("duties", "--once")
    assert page_of("main", asha.registered_on).heads.keys() == {("main", "clinic")}


def test_a_disk_that_takes_nothing_keeps_no_other_duty_from_its_work(
    asha: Patient,
    desk_a: Counter,
    settings: LazySettings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token = called(asha, desk_a)
    some_time_ago(token, minutes=11)
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    settings.HEADS = in_the_way / "heads"
    call_command("duties", "--once")
    assert standing(token) == "no_show"
    assert [told.getMessage() for told in caplog.records if told.exc_info] == [
        "sign_heads failed and will be tried again"
    ]


def test_in_an_empty_house_it_ends_without_a_complaint(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    call_command("duties", "--once")
    assert caplog.records == []
