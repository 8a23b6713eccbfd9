"""Keys to the API: shown once, stored hashed, revoked for good."""

from __future__ import annotations

from queues.actions import keys
from queues.models import ApiKey, Clinic, Department, Event
from queues.rules.links import hashed
from queues.rules.rights import SYSTEM, Role
from queues.tests.story import kinds, written


def test_a_key_is_made_with_its_role_and_place(clinic: Clinic, lab: Department) -> None:
    with written() as events:
        key, secret = keys.make("lab desk", Role.STAFF, clinic, lab, by=SYSTEM)
    stored = ApiKey.objects.get(pk=key.pk)
    assert (stored.role, stored.clinic, stored.department) == ("staff", clinic, lab)
    assert stored.hash == hashed(secret)
    assert kinds(events) == ["key_made"]
    assert events[0].after == {"role": "staff", "department": "LAB"}


def test_the_secret_is_stored_nowhere(clinic: Clinic) -> None:
    key, secret = keys.make("kiosk", Role.KIOSK, clinic, None, by=SYSTEM)
    stored = repr([*ApiKey.objects.filter(pk=key.pk).values(), *Event.objects.values()])
    assert secret not in stored
    assert secret.removeprefix("np_") not in stored


def test_two_keys_are_never_the_same(clinic: Clinic) -> None:
    secrets = {keys.make("kiosk", Role.KIOSK, clinic, None, by=SYSTEM)[1] for _ in range(5)}
    assert len(secrets) == 5


def test_a_key_is_revoked_once_with_one_event(clinic: Clinic) -> None:
    key, _secret = keys.make("kiosk", Role.KIOSK, clinic, None, by=SYSTEM)
    with written() as events:
        assert keys.revoke(key, by=SYSTEM) is True
        assert keys.revoke(key, by=SYSTEM) is False
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert kinds(events) == ["key_revoked"]
