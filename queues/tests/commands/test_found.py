"""./dev manage found: a clinic where there is none, with a demo of its day or without."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from queues.models import Clinic, Counter, DayBook, Department, Patient, Token, User
from queues.screens.chain import first_break
from queues.tests import cast
from queues.tests.story import everything

HOUSE = [("OPD", "A"), ("LAB", "L"), ("PHARMACY", "P")]


def found(*arguments: str) -> str:
    said = StringIO()
    call_command("found", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def no_demo(db: None) -> str:
    return found("--no-demo")


def test_without_the_demo_there_is_one_clinic_with_its_departments(no_demo: str) -> None:
    assert [clinic.code for clinic in Clinic.objects.all()] == ["main"]
    departments = list(Department.objects.all())
    assert [(department.code, department.prefix) for department in departments] == HOUSE
    assert all(department.is_round_the_clock for department in departments)
    assert {department.state for department in departments} == {"open"}


def test_each_department_has_two_open_counters(no_demo: str) -> None:
    counters = Counter.objects.values_list("department__code", "code", "is_open")
    assert sorted(counters) == sorted((code, n, True) for code, _ in HOUSE for n in ("1", "2"))


def test_and_nobody_in_it(no_demo: str) -> None:
    assert not Patient.objects.exists()
    assert not Token.objects.exists()
    assert not User.objects.exists()
    assert "demo" not in no_demo.lower()


@pytest.mark.parametrize("arguments", [("--no-demo",), ()])
def test_a_second_time_nothing_changes(arguments: tuple[str, ...], no_demo: str) -> None:
    before = everything()
    found(*arguments)
    assert everything() == before


def test_a_house_that_is_there_is_left_alone(db: None) -> None:
    cast.clinic("elsewhere")
    found()
    assert [clinic.code for clinic in Clinic.objects.all()] == ["elsewhere"]


def test_the_demo_is_the_same_house_with_more_in_it(db: None) -> None:
    said = found()
    clinic = Clinic.objects.get(code="main")
    assert [(d.code, d.prefix) for d in clinic.departments.all()] == HOUSE
    for department in clinic.departments.all():
        open_counters = department.counters.filter(is_open=True)
        assert {"1", "2"} <= set(open_counters.values_list("code", flat=True))
    assert Token.objects.filter(status="waiting").count() > 5
    assert Token.objects.filter(status="serving").exists()
    assert [first_break(book) for book in DayBook.objects.all()] == [None] * 4
    for user in User.objects.all():
        assert f"{user.username} " in said


def test_the_demos_people_can_log_in_with_what_was_printed(db: None) -> None:
    said = found()
    lines = [line.split()[-2:] for line in said.splitlines() if "demo log-in" in line]
    assert len(lines) == User.objects.count() > 0
    for username, password in lines:
        assert User.objects.get(username=username).check_password(password)


def test_a_second_start_prints_the_log_ins_again_and_a_changed_password_never(db: None) -> None:
    first = found()
    nurse = User.objects.get(username="nurse")
    nurse.set_password("her own")
    nurse.save()
    again = found()
    assert "nurse" in first
    assert "nurse" not in again
    assert "clerk" in again


def test_one_more_clinic_is_founded_by_its_code(no_demo: str) -> None:
    said = found("--code", "north", "--name", "North Clinic", "--time-zone", "Asia/Kolkata")
    assert "Founded the clinic `north`" in said
    north = Clinic.objects.get(code="north")
    assert (north.name, north.time_zone) == ("North Clinic", "Asia/Kolkata")
    assert (north.open_walls, north.open_kiosks) == (False, False)
    for wrong in (["--code", "NORTH"], ["--code", "a b"], ["--code", "x", "--time-zone", "Mars"]):
        with pytest.raises(CommandError):
            found(*wrong)
    assert Clinic.objects.count() == 2
