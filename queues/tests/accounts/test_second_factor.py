"""Of whom a second factor is asked, and that nothing else opens before they have one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from queues.actions import accounts, clinics
from queues.models import Clinic, Department, Event, User
from queues.rules.rights import SYSTEM, Role
from queues.screens import shifts
from queues.tests import cast
from queues.tests.accounts.conftest import code, with_app
from queues.tests.story import kinds, written
from queues.tests.views.conftest import Browser
from queues.views.accounts import sealing

pytestmark = pytest.mark.django_db
ACCOUNT = "/account/"
STAFF = ["/desk/", "/desk/main/OPD/", "/patients/", "/schedule/", "/events/", "/admin/"]


@pytest.mark.django_db(transaction=True)  # allauth tells of it after the commit
def test_an_administrator_sets_one_up_before_anything_else(
    clinic: Clinic, opd: Department, log_in: Callable[..., Browser]
) -> None:
    amina = cast.user(clinic, "amina", Role.ADMIN)
    browser = log_in("amina")
    for page in STAFF:
        assert browser.get(page)["Location"] == ACCOUNT, page
    assert browser.get("/kiosk/main/").status_code == 200  # what is for anybody is for them too
    assert "set up a second factor" in browser.text(ACCOUNT)

    again = browser.get("/account/app/")["Location"]
    assert again.startswith("/account/again/")
    browser.post(again, {"password": cast.PASSWORD})
    [secret] = re.findall(r'class="secret"[^>]*>(\w+)<', browser.text("/account/app/"))
    with written() as events:
        done = browser.post("/account/app/", {"code": code(secret)})
    assert done["Location"] == "/account/codes/"
    assert browser.get("/desk/").status_code == 200
    assert kinds(events) == ["factor_added", "factor_added"]
    assert [event.after["factor"] for event in events] == ["totp", "recovery_codes"]
    assert {event.subject for event in events} == {amina.public_id}
    assert "amina" not in str([(event.before, event.after, event.note) for event in events])


def test_from_then_on_they_log_in_with_it_or_with_a_recovery_code(
    clinic: Clinic, log_in: Callable[..., Browser]
) -> None:
    amina = cast.user(clinic, "amina", Role.ADMIN)
    secret = with_app(amina)
    browser = log_in("amina")
    assert browser.get("/desk/").status_code == 302  # by password alone they are nobody yet
    assert "is not right" in browser.post("/login/second/", {"code": "12345"}).content.decode()
    assert browser.post("/login/second/", {"code": code(secret)})["Location"] == "/desk/"
    assert browser.get("/desk/").status_code == 200

    browser.post("/account/again/", {"password": cast.PASSWORD})
    browser.post("/account/codes/new/")
    spare = re.findall(r"<li><code>(\d+)</code>", browser.text("/account/codes/"))
    assert len(spare) == 10
    for expected in (302, 200):  # it opens once
        other = log_in("amina")
        assert other.post("/login/second/", {"code": spare[0]}).status_code == expected


@pytest.mark.parametrize(
    ("asked", "role", "by_clinic", "is_due"),
    [
        ("admins", Role.NURSE, False, False),
        ("admins", Role.NURSE, True, True),
        ("admins", Role.ADMIN, False, True),
        ("all", Role.NURSE, False, True),
        ("off", Role.ADMIN, True, False),
    ],
)
def test_of_whom_it_is_asked(
    clinic: Clinic, settings: LazySettings, asked: str, role: Role, by_clinic: bool, is_due: bool
) -> None:
    settings.SECOND_FACTOR = asked
    clinics.change(clinic, {"second_factor_for_all": by_clinic}, by=SYSTEM)
    assert cast.user(clinic, "somebody", role).terms().asks_second is is_due


def test_of_a_superuser_it_is_asked_too(db: None) -> None:
    assert User.objects.create_superuser("root", None, "x").terms().asks_second


def test_who_works_at_two_clinics_keeps_to_the_strictest(clinic: Clinic) -> None:
    nadia = cast.user(clinic, "nadia", Role.NURSE)
    other = cast.clinic("other")
    clinics.change(other, {"log_in_hours": 4, "second_factor_for_all": True}, by=SYSTEM)
    clinics.change(clinic, {"log_in_idle_minutes": 15}, by=SYSTEM)
    nadia.memberships.create(clinic=other, role=Role.NURSE)
    terms = nadia.terms()
    assert (terms.idle_minutes, terms.hours, terms.asks_second) == (15, 4, True)


def test_a_colleague_takes_lost_ones_away(clinic: Clinic, log_in: Callable[..., Browser]) -> None:
    nadia = cast.user(clinic, "nadia", Role.NURSE)
    with_app(nadia)
    browser = log_in("nadia")
    assert shifts.has_second(nadia)
    with written() as events:
        assert accounts.reset_factors(nadia, by=cast.staff(clinic, Role.ADMIN)) == 1
    assert kinds(events) == ["factors_reset"]
    assert not Authenticator.objects.exists()
    assert browser.get("/desk/").status_code == 302
    assert log_in("nadia").get("/desk/").status_code == 200


def test_the_only_administrator_is_helped_from_the_server(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    with_app(User.objects.create_superuser("root", None, cast.PASSWORD))
    with written() as events:
        call_command("reset_factors", "ROOT")
    assert capsys.readouterr().out == "1 taken away\n"
    assert kinds(events) == ["factors_reset"]  # a superuser belongs to every clinic
    with pytest.raises(CommandError):
        call_command("reset_factors", "nobody")


def test_removing_it_is_written_down_and_asked_for_anew(
    clinic: Clinic, log_in: Callable[..., Browser]
) -> None:
    secret = with_app(cast.user(clinic, "amina", Role.ADMIN))
    browser = log_in("amina")
    browser.post("/login/second/", {"code": code(secret)})
    browser.post("/account/again/", {"password": cast.PASSWORD})
    browser.post("/account/app/remove/")
    assert Event.objects.filter(kind="factor_removed").count() == 1
    assert browser.get("/desk/")["Location"] == ACCOUNT


def test_a_copy_of_the_database_makes_nobodys_codes(clinic: Clinic, db: None) -> None:
    secret = with_app(cast.user(clinic, "amina", Role.ADMIN))
    kept = Authenticator.objects.get().data["secret"]
    assert secret not in kept
    assert sealing.unseal(kept) == secret
    assert sealing.unseal("JBSWY3DPEHPK3PXP") == "JBSWY3DPEHPK3PXP"  # from before the seal


def test_with_a_new_key_the_old_one_still_opens_and_without_it_no_code_fits(
    clinic: Clinic, log_in: Callable[..., Browser], settings: LazySettings
) -> None:
    secret = with_app(cast.user(clinic, "amina", Role.ADMIN))
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key, as long as it is secret"
    assert log_in("amina").post("/login/second/", {"code": code(secret)}).status_code == 200
    settings.SECRET_KEY_FALLBACKS = [old]
    assert log_in("amina").post("/login/second/", {"code": code(secret)}).status_code == 302
