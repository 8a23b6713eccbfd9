"""A code of an app, or a spare one, opens one log-in, however many send it at one moment; and no
try at a password goes uncounted."""

from __future__ import annotations

from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import LazySettings
from django.core.cache import cache

from queues.models import Clinic, User
from queues.rules.limits import Door, Rate
from queues.rules.rights import Role
from queues.tests import cast
from queues.tests.accounts.conftest import code, with_app
from queues.tests.races.together import meeting, together
from queues.tests.views.conftest import Browser

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 8
IN = 302


@pytest.fixture
def amina(clinic: Clinic, settings: LazySettings) -> User:
    settings.SECOND_FACTOR = "admins"
    cache.clear()
    return cast.user(clinic, "amina", Role.ADMIN)


def at_the_second_door() -> list[Browser]:
    browsers = [Browser() for _ in range(HANDS)]
    for browser in browsers:
        browser.post("/login/", {"login": "amina", "password": cast.PASSWORD})
    return browsers


def opened(secret: str) -> int:
    acts = [
        partial(browser.post, "/login/second/", {"code": secret})
        for browser in at_the_second_door()
    ]
    answers = together(acts)
    return [answer.status_code for answer in answers].count(IN)  # type: ignore[union-attr]


def test_a_code_of_an_app_opens_one(amina: User) -> None:
    secret = with_app(amina)
    assert opened(code(secret)) == 1


def test_a_spare_code_opens_one(amina: User) -> None:
    with_app(amina)
    spare = RecoveryCodes.activate(amina).generate_codes()
    assert opened(spare[0]) == 1
    assert opened(spare[1]) == 1


def test_without_the_lock_of_its_row_a_spare_code_opens_all(amina: User) -> None:
    RecoveryCodes.activate(amina)
    gap = meeting(HANDS)

    def look_then_mark() -> bool:
        kept = RecoveryCodes(Authenticator.objects.get(user=amina))
        fits = not kept._is_code_used(0)
        gap.wait()
        kept._mark_code_used(0)
        return fits

    assert together([look_then_mark] * HANDS) == [True] * HANDS


def test_of_tries_at_one_moment_no_more_are_heard_than_one_after_the_other(
    amina: User, settings: LazySettings
) -> None:
    settings.RATES = {**settings.RATES, Door.ACCOUNT: Rate(3, 3600)}
    wrong = {"login": "amina", "password": "wrong"}
    answers = together([partial(Browser().post, "/login/", wrong) for _ in range(HANDS)])
    heard = sorted(answer.status_code for answer in answers)  # type: ignore[union-attr]
    assert heard == [200] * 3 + [429] * (HANDS - 3)
