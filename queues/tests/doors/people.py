"""Whoever tries the handles: each role in the house, next door and elsewhere, and nobody at all."""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import SimpleCookie

from django.test import Client

from queues.models import ApiKey, User
from queues.rules.rights import KEY_ROLES, PEOPLE_ROLES, Actor, ActorKind, Role
from queues.tests import cast
from queues.tests.doors.house import House


@dataclass(frozen=True)
class Somebody:
    name: str
    actor: Actor
    client: Client
    cookies: str = ""
    is_known: bool = True  # has an account, or a key

    def comes_again(self) -> Client:
        """As they first came, whatever the last door did to their cookies."""
        self.client.cookies = SimpleCookie(self.cookies)
        return self.client

    def __str__(self) -> str:
        return self.name


def on_pages(house: House) -> list[Somebody]:
    """At a browser: nobody, a member of no clinic, every role in all of the clinic, some of them in
    the department of the doors alone, and whoever may most next door and at another clinic."""
    known = [cast.user(house.clinic, f"{role}-everywhere", role) for role in PEOPLE_ROLES]
    known += [
        cast.user(house.clinic, f"{role}-here", role, house.department)
        for role in (Role.NURSE, Role.DOCTOR, Role.ADMIN)
    ]
    known.append(cast.user(house.clinic, "admin-next-door", Role.ADMIN, house.next_door))
    known.append(cast.user(cast.clinic("other"), "admin-elsewhere", Role.ADMIN))
    outsider = User.objects.create_user("outsider", "outsider@example.org")
    return [_nobody(), *(_logged_in(one) for one in (outsider, *known))]


def with_keys(house: House) -> list[Somebody]:
    """Other systems: without a key, and with one of each kind, here, next door and elsewhere."""
    other = cast.clinic("other")
    return [
        _nobody(),
        *(
            _with_key(f"{role}-{where}", cast.key(clinic, role, department))
            for where, clinic, department in (
                ("everywhere", house.clinic, None),
                ("here", house.clinic, house.department),
                ("next-door", house.clinic, house.next_door),
                ("elsewhere", other, None),
            )
            for role in KEY_ROLES
        ),
    ]


def _nobody() -> Somebody:
    return Somebody("nobody", Actor(ActorKind.PATIENT), Client(), is_known=False)


def _logged_in(user: User) -> Somebody:
    client = Client()
    client.force_login(user)
    return Somebody(
        user.username, user.as_actor(), client, client.cookies.output(header="", sep=";")
    )


def _with_key(name: str, secret: str) -> Somebody:
    held = ApiKey.of_holder(secret)
    assert held
    client = Client(headers={"authorization": f"Bearer {secret}"})
    return Somebody(name, held.as_actor(), client)
