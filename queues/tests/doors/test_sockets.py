"""Every screen that lives is asked for by everybody: what its socket may hear is what they may see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import get_resolver

from queues.models import Department, visible
from queues.rules.rights import Act, ActorKind
from queues.screens import passes
from queues.screens.passes import HELD, Pass, Screen
from queues.tests.doors import people
from queues.tests.doors.house import House, built
from queues.tests.doors.pages import PAGES
from queues.tests.doors.people import Somebody
from queues.tests.doors.test_pages import routes

SHOWN = re.compile(r'data-pass="([^"]+)"')
LIVING = ("desk", "appointments", "doctor", "display", "visit", "booking", "waiting")


def test_a_socket_hears_what_its_person_may_see(db: None) -> None:
    house = built()
    everybody = people.on_pages(house)
    shown = [(one, each) for one in everybody for each in passes_of(house, one)]
    wrong = [(str(one), each) for one, each in shown if not is_theirs(each, one)]
    assert wrong == []
    assert {each.screen for _one, each in shown} >= {Screen.DESK, Screen.WALL, Screen.PHONE}
    staff = {str(one) for one, each in shown if each.screen in HELD}
    assert staff == {str(one) for one in everybody if one.actor.grants}


def test_a_pass_of_somebody_elses_would_be_noticed(db: None) -> None:
    """The negative control."""
    house = built()
    nobody, _outsider, clerk, *others = people.on_pages(house)
    next_door = next(one for one in others if one.name == "admin-next-door")
    theirs = [each for each in passes_of(house, clerk) if each.screen is Screen.DESK]
    assert theirs
    assert all(is_theirs(each, clerk) for each in theirs)
    assert not any(is_theirs(each, one) for each in theirs for one in (nobody, next_door))


def passes_of(house: House, somebody: Somebody) -> Iterator[Pass]:
    for name, route in routes(get_resolver().url_patterns):
        if name in LIVING:
            row = PAGES[name]
            path = house.with_words(row.words).path(route + row.asked)
            page = somebody.comes_again().get(path).content.decode()
            for text in SHOWN.findall(page):
                read = passes.read(text)
                assert read, "a page shows no pass that opens nothing"
                yield read


def is_theirs(shown: Pass, somebody: Somebody) -> bool:
    """What is held is held by them, of departments where they work; all else is for anybody."""
    if shown.screen not in HELD:
        return shown.screen is not Screen.DESK
    holder = shown.holder
    if holder is None or (holder.kind, holder.public_id) != (
        ActorKind.USER,
        somebody.actor.public_id,
    ):
        return False
    theirs: list[Department] = list(visible.departments(somebody.actor, Act.WORK_QUEUE))
    return {*shown.departments} <= {one.public_id for one in theirs}
