"""./dev manage simulate_day: a day through the real actions, told the same way for the same seed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper
from django.db import transaction
from django.utils import timezone

from queues.management.simulation.by_actions import DAY, ZONE, ActionHouse
from queues.management.simulation.clock import SimulatedClock
from queues.management.simulation.day import Day
from queues.management.simulation.progress import Progress
from queues.models import Appointment, Clinic, Event, Token, Visit
from queues.rules.priority import Priority
from queues.rules.simulation.picture import picture
from queues.rules.simulation.plan import Timetable, draw
from queues.rules.simulation.story import Outcome, Story, Why
from queues.rules.simulation.tally import tally, text
from queues.tests import cast
from queues.tests.agenda import assert_slots_agree
from queues.tests.story import everything
from queues.tests.witness import assert_one_story

SCRATCH_SEED = "987654321"  # whose files in var/ are nobody's


def lived(seed: int = 7, doctors: int = 1, code: str = "simulated") -> Story:
    plan = draw(seed, doctors, Timetable.of(30))
    clock = SimulatedClock(DAY, ZONE)
    with clock.ruling():
        return Day(plan, ActionHouse(plan, clock, code), clock, lambda now, story: None).live()


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any) -> Story:
    """A busy day of two doctors; only what is told of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        told = lived(seed=8, doctors=2)
        transaction.set_rollback(True)
    return told


# The story


def test_nobody_is_lost(story: Story) -> None:
    assert {tale.outcome for tale in story.tales} <= set(Outcome)
    for tale in story.tales:
        assert (tale.outcome is Outcome.SEEN) == (tale.ended is not None)
        assert tale.has_asked


def test_a_room_has_one_patient_at_a_time(story: Story) -> None:
    for doctor in range(2):
        visits = [(tale.called or 0, tale.ended or 0) for tale in story.of_doctor(doctor)]
        assert visits
        for (_called, ended), (called, _ended) in pairwise(visits):
            assert ended <= called


def test_nobody_is_called_before_they_came(story: Story) -> None:
    for tale in story.tales:
        if tale.called is not None:
            assert tale.arrived is not None
            assert tale.arrived <= tale.called


def test_an_emergency_goes_before_all_who_wait(story: Story) -> None:
    """Whoever is called while one waits is one too; and there were some who were passed by."""
    urgent = [tale for tale in story.tales if tale.person.source is Priority.EMERGENCY]
    passed = 0
    for tale in urgent:
        came, called = tale.arrived or 0, tale.called or 0
        meanwhile = [
            one for one in story.of_doctor(tale.doctor) if came < (one.called or 0) < called
        ]
        assert all(one.person.source is Priority.EMERGENCY for one in meanwhile)
        others = story.of_doctor(tale.doctor)
        passed += sum((one.arrived or 0) < came and (one.called or 0) > called for one in others)
    assert urgent
    assert passed


def test_no_slot_is_over_its_hard_limit(story: Story) -> None:
    timetable = story.plan.timetable
    for doctor in range(2):
        for slot in range(len(timetable.slots)):
            here = [
                tale
                for tale in story.tales
                if tale.doctor == doctor and tale.seat and tale.seat.slot == slot
            ]
            kept = [tale for tale in here if tale.outcome in (Outcome.SEEN, Outcome.NO_SHOW)]
            assert len(kept) <= timetable.hard_limit


def test_such_a_day_has_something_of_everything(story: Story) -> None:
    counted = tally(story).total
    assert min(counted.displaced, counted.cancelled, counted.no_show, counted.seen) > 0
    assert any(tale.count(Why.MOVED) for tale in story.tales)
    assert all(room.delays for room in story.rooms)


# Through the real actions


def test_what_is_told_is_what_the_database_has(db: None) -> None:
    told = lived()
    assert_slots_agree()
    assert_one_story()
    assert Token.objects.filter(live=True).count() == 0
    counted = tally(told).total
    by_status = {
        status: Appointment.objects.filter(status=status).count()
        for status in ("completed", "cancelled", "no_show")
    }
    assert by_status == {
        "completed": counted.seen,
        "cancelled": counted.cancelled,
        "no_show": counted.no_show,
    }
    assert Event.objects.filter(kind="displaced").count() == sum(
        tale.count(Why.DISPLACED) for tale in told.tales
    )


def test_it_happened_on_the_simulated_day_and_the_clock_is_set_right_again(db: None) -> None:
    lived()
    assert set(Visit.objects.values_list("day", flat=True)) == {DAY}
    told_at = Event.objects.values_list("at", flat=True)
    hours = [(at - SimulatedClock(DAY, ZONE).midnight).total_seconds() / 3600 for at in told_at]
    assert -24 <= min(hours) < max(hours) < 24  # from the day before, on which people book
    assert timezone.now().date() != DAY


def test_the_same_seed_is_the_same_day_to_the_last_byte(db: None) -> None:
    first, second = lived(code="first"), lived(code="second")
    assert text(tally(first)) == text(tally(second))
    assert picture(first, tally(first)) == picture(second, tally(second))


def test_another_seed_is_another_day(db: None, story: Story) -> None:
    other = lived(seed=7, doctors=2)
    assert text(tally(other)) != text(tally(story))


# The command


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Path]:
    """Where the hospital's own database would be; afterwards nothing is left of the day."""
    yield tmp_path / "hospital.sqlite3"
    for left in settings.VAR.glob(f"simulation-{SCRATCH_SEED}*"):
        left.unlink()


def manage(hospital: Path, *words: str) -> str:
    command = [sys.executable, "manage.py", "simulate_day", "--seed", SCRATCH_SEED, *words]
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{hospital}",
        "SECRET_KEY": settings.SECRET_KEY,
        "LINK_KEY": settings.LINK_KEY,
    }
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_lives_in_a_database_of_its_own_and_says_so(hospital: Path) -> None:
    said = manage(hospital, "--doctors", "1")
    assert f"In a database of its own, var/simulation-{SCRATCH_SEED}.sqlite3" in said
    assert not hospital.exists()
    assert "12:00" in said  # quiet lines, where there is no terminal
    assert "\r" not in said
    assert "wait p50" in said
    assert said.endswith(f"The day as a picture: var/simulation-{SCRATCH_SEED}.svg\n")
    assert (settings.VAR / f"simulation-{SCRATCH_SEED}.svg").read_text().startswith("<svg")


def test_a_second_run_says_and_draws_the_same(hospital: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    said = [manage(hospital, "--doctors", "1", "--picture", str(one)) for one in (first, second)]
    assert said[0].replace("first.svg", "second.svg") == said[1]
    assert first.read_bytes() == second.read_bytes()


def test_a_database_with_a_clinic_is_refused(clinic: Clinic) -> None:
    before = everything()
    with pytest.raises(CommandError, match="There is a clinic in this database"):
        call_command("simulate_day", "--here")
    assert everything() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--doctors", "0"], "--doctors is 1 to 12"),
        (["--doctors", "13"], "--doctors is 1 to 12"),
        (["--doctors", "two"], "invalid int value: 'two'"),
        (["--seed", "-1"], "--seed is a whole number from 0 on"),
        (["--speed", "7"], "--speed is one of 1, 2, 3"),
        (["--picture", "day.png"], "does not end in .svg"),
        (["--picture", "nowhere/at/all/day.svg"], "there is no folder"),
        (["--live", "http://127.0.0.1:1"], "--live needs an admin's key"),
        (["--live", "somewhere", "--key", "np_x"], "--live needs an address such as"),
        (["--live", "http://127.0.0.1:1", "--key", "np_x"], "does not answer"),
    ],
)
def test_bad_arguments_are_answered_before_anything_happens(
    words: list[str], told: str, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEXTPATIENT_KEY", raising=False)
    with pytest.raises(CommandError) as refused:
        call_command("simulate_day", *words)
    assert told in str(refused.value)
    assert not Clinic.objects.exists()


def test_what_is_said_on_a_terminal_is_one_line(story: Story) -> None:
    """The bar is drawn over itself."""

    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    said = Terminal()
    progress = Progress(OutputWrapper(said), story.plan.timetable)
    for now in range(9 * 3600, 10 * 3600, 30):
        progress(now, story)
    progress.end()
    assert said.getvalue().count("\n") == 1
    assert said.getvalue().count("\r") == 60


def test_a_clinic_beside_it_is_not_touched(clinic: Clinic) -> None:
    """A day can be lived beside a clinic, where a test asks for it; they have nothing in common."""
    patient = cast.patient(clinic, "Asha")
    lived()
    assert not Visit.objects.filter(patient=patient).exists()
    assert not Appointment.objects.filter(clinic=clinic).exists()
