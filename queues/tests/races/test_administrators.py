"""The last two administrators of a clinic send each other away at one moment: one of them stays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from queues.actions import staff
from queues.actions.refusals import NotAllowed
from queues.models import Clinic, Membership, User
from queues.rules.rights import Role
from queues.tests import cast
from queues.tests.races.together import losers, meeting, together, winners

pytestmark = pytest.mark.django_db(transaction=True)


def in_charge(clinic: Clinic) -> int:
    of_all = Membership.objects.filter(clinic=clinic, department=None, role=Role.ADMIN)
    return of_all.filter(user__is_active=True).count()


def test_one_ends_the_role_while_the_other_ends_the_account(clinic: Clinic) -> None:
    for number in range(4):
        Membership.objects.filter(clinic=clinic, role=Role.ADMIN).delete()
        one, other = (
            cast.user(clinic, f"{name}{number}", Role.ADMIN) for name in ("amina", "adam")
        )
        acts: list[Callable[[], object]] = [
            partial(staff.end, other.memberships.get(), by=one.as_actor()),
            partial(staff.set_active, one, False, clinic, by=other.as_actor()),
        ]
        outcomes = together(acts)
        (refusal,) = losers(outcomes)
        assert isinstance(refusal, staff.LastOne | NotAllowed)  # theirs was taken a moment ago
        assert len(winners(outcomes)) == in_charge(clinic) == 1


def test_without_the_clinics_lock_nobody_stays(clinic: Clinic) -> None:
    both = [cast.user(clinic, name, Role.ADMIN) for name in ("amina", "adam")]
    gap = meeting(2)

    def look_then_end(user: User) -> bool:
        somebody_stays = in_charge(clinic) > 1
        gap.wait()
        if somebody_stays:
            User.objects.filter(pk=user.pk).update(is_active=False)
        return somebody_stays

    assert together([partial(look_then_end, user) for user in both]) == [True, True]
    assert in_charge(clinic) == 0
