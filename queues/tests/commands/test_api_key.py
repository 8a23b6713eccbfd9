"""./dev manage api_key: makes a key, alone on the last line."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from queues.models import ApiKey, Clinic
from queues.rules.links import hashed
from queues.tests import cast
from queues.tests.story import kinds, written


def run(*arguments: str) -> str:
    said = StringIO()
    call_command("api_key", *arguments, stdout=said, stderr=StringIO())
    return said.getvalue()


@pytest.mark.parametrize("role", ["kiosk", "staff", "admin"])
def test_the_last_line_is_the_key_alone(role: str, clinic: Clinic) -> None:
    with written() as events:
        said = run("a desk", "--role", role)
    key = ApiKey.objects.get()
    assert hashed(said.splitlines()[-1]) == key.hash
    assert (key.name, key.role, key.clinic, key.department) == ("a desk", role, clinic, None)
    assert kinds(events) == ["key_made"]


def test_a_key_may_be_for_one_department_of_one_clinic(clinic: Clinic) -> None:
    far = cast.clinic("far")
    run("lab", "--role", "staff", "--clinic", "FAR", "--department", "lab")
    key = ApiKey.objects.get()
    assert (key.clinic, key.department) == (far, cast.department(far, "LAB"))


def test_with_several_clinics_one_must_be_named(clinic: Clinic) -> None:
    cast.clinic("far")
    with pytest.raises(CommandError, match=r"Which clinic.*(far.*main|main.*far)"):
        run("lab", "--role", "staff")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("x", "--role", "staff", "--clinic", "moon"), "Which clinic"),
        (("x", "--role", "staff", "--department", "MOON"), "no department MOON at main"),
        (("x",), "Which role"),
        (("x", "--role", "nurse"), "invalid choice"),
    ],
)
def test_what_is_not_there_is_said_and_no_key_is_made(
    arguments: tuple[str, ...], sentence: str, clinic: Clinic
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)
    assert not ApiKey.objects.exists()


def test_before_there_is_a_clinic_it_is_said(db: None) -> None:
    with pytest.raises(CommandError, match="there is none yet"):
        run("x", "--role", "staff")


def test_a_name_that_does_not_fit_is_refused_in_words(clinic: Clinic) -> None:
    with pytest.raises(CommandError):
        run("x" * 81, "--role", "staff")


def test_keys_are_revoked_by_name(clinic: Clinic) -> None:
    run("old desk", "--role", "staff")
    run("old desk", "--role", "kiosk")
    run("new desk", "--role", "staff")
    assert run("old desk", "--revoke") == "2 revoked\n"
    assert run("old desk", "--revoke") == "0 revoked\n"
    assert [key.name for key in ApiKey.objects.filter(revoked_at=None)] == ["new desk"]
