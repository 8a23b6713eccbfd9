"""Everybody tries the handle of every page, and is let in where the matrix says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from queues.rules.rights import Act
from queues.tests.doors import people
from queues.tests.doors.house import House, built
from queues.tests.doors.pages import PAGES
from queues.tests.doors.people import Somebody
from queues.tests.doors.rows import KEPT_OUT, Row, anybody, here

# Whose doors are tried elsewhere: the calls of the API, what Django's own administration has, and
# sound, which is the same for all.
ELSEWHERE = ("admin/", "clips/")
A_NAME_ALONE = "api-root"  # to make addresses with; nothing is there
OTHER_METHOD = 405


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    """Every page: its name, and its address with its parts."""
    for one in patterns:
        route = before + str(one.pattern).replace("^", "").replace("/?$", "/")
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        elif is_page(one, route):
            yield one.name or route, route


def is_page(pattern: URLPattern, route: str) -> bool:
    is_call = pattern.callback.__module__ == "ninja.operation"
    return not (is_call or route.startswith(ELSEWHERE) or pattern.name == A_NAME_ALONE)


def test_every_page_has_its_row() -> None:
    named = [name for name, _route in routes(get_resolver().url_patterns)]
    assert len(named) == len(set(named))
    assert set(named) == set(PAGES)


def test_everybody_tries_every_handle(db: None) -> None:
    house = built()
    everybody = people.on_pages(house)
    wrong = [
        found
        for name, route in routes(get_resolver().url_patterns)
        for found in tried(house, everybody, name, route, PAGES[name])
    ]
    assert not wrong, "\n".join(wrong)


def test_a_wrong_row_is_noticed(db: None) -> None:
    """The negative control."""
    house = built()
    everybody = people.on_pages(house)
    desk = "desk/<slug:clinic>/<str:department>/"
    open_to_all = list(tried(house, everybody, "desk", desk, Row(anybody)))
    for_admins_alone = list(tried(house, everybody, "desk", desk, Row(here(Act.SET_KEYS))))
    assert "desk: nobody get 401" in open_to_all
    assert "desk: nurse-here get 200" in for_admins_alone


def tried(
    house: House, everybody: list[Somebody], name: str, route: str, row: Row
) -> Iterator[str]:
    here = house.with_words(row.words)
    path = here.path(route + row.asked)
    answered = 0
    for method in ("get", "post"):
        for somebody in everybody:
            sent = {"once": str(uuid4()), **here.filled(row.sent)} if method == "post" else {}
            status = status_of(getattr(somebody.comes_again(), method), path, sent)
            if status == OTHER_METHOD:  # whoever comes
                break
            answered += 1
            if (status not in KEPT_OUT) is not row.may_enter(somebody, house):
                yield f"{name}: {somebody} {method} {status}"
    if answered < len(everybody):
        yield f"{name}: was not tried by everybody"


def status_of(ask: Callable[..., Any], path: str, sent: dict[str, Any]) -> int:
    """What they are told; nothing of it lasts. Who is asked to log in is told 401."""
    with transaction.atomic():
        answer = ask(path, sent)
        transaction.set_rollback(True)
    is_asked = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
    return 401 if is_asked else int(answer.status_code)
