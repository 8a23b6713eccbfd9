"""Answers to public questions are kept, and are never old: whoever writes and then reads sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from queues.actions import calling, issuing
from queues.rules.rights import SYSTEM
from queues.screens import answers
from queues.screens.answers import Kept, Look, shelf
from queues.tests import agenda, cast
from queues.tests.agenda import booked
from queues.tests.api import places_that_move
from queues.tests.api.places_that_move import CHANGES, House
from queues.tests.conftest import ApiClient
from queues.tests.races.together import together
from queues.tests.views.book.at_portal import at


@pytest.fixture
def house(db: None) -> House:
    return places_that_move.house()


def paths(house: House) -> list[str]:
    rao, sen = (f"/providers/{who.public_id}/availability" for who in (house.rao, house.sen))
    return [
        "/availability",
        "/availability?clinic=main",
        "/availability?clinic=north",
        "/availability?time_of_day=morning",
        "/availability?specialty=cardiology",
        rao,
        sen,
        f"{rao}?clinic=north",
        "/providers",
        "/providers?clinic=north",
        "/providers?search=dr+rao",
    ]


def answered(api: ApiClient, house: House) -> dict[str, tuple[int, bytes]]:
    got = {path: api.client.get(f"/api{path}") for path in paths(house)}
    return {path: (answer.status_code, answer.content) for path, answer in got.items()}


@pytest.mark.parametrize("change", CHANGES)
def test_what_moves_is_seen_at_once(anonymous_api: ApiClient, house: House, change: str) -> None:
    steps = CHANGES[change](house)
    next(steps)
    before = answered(anonymous_api, house)
    next(steps, None)
    after = answered(anonymous_api, house)
    shelf.forget()
    assert after == answered(anonymous_api, house), "what is kept is what is so"
    assert after != before


@pytest.mark.parametrize("change", ["booked_up", "moved_to_another_clinic", "out_of_use"])
def test_without_a_look_at_the_pages_it_would_not_be(
    anonymous_api: ApiClient, house: House, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """The negative control: answers are kept, and only what they rest on takes them away."""
    stands_still = (timezone.now().date(), 0, None)
    monkeypatch.setattr(answers, "places_moved", lambda *_now, **_whose: stands_still)
    steps = CHANGES[change](house)
    next(steps)
    before = answered(anonymous_api, house)
    next(steps, None)
    assert answered(anonymous_api, house) == before


@pytest.mark.django_db(transaction=True)
def test_another_process_writes(anonymous_api: ApiClient, house: House) -> None:
    """Another connection, as another process has one; nothing but the database tells of it."""
    before = answered(anonymous_api, house)
    together([lambda: booked(house.afternoon[0], house.asha)])
    after = answered(anonymous_api, house)
    shelf.forget()
    assert after == answered(anonymous_api, house)
    assert after != before


def test_what_only_the_queue_does_takes_nothing_away(
    anonymous_api: ApiClient,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = answered(anonymous_api, house)
    issuing.issue(house.asha, house.main, by=SYSTEM)
    calling.call_next(cast.counter(house.main, "1"), by=SYSTEM)
    monkeypatch.setattr(answers, "_read", never)
    assert answered(anonymous_api, house) == before


def test_another_clinics_bookings_take_nothing_away(
    anonymous_api: ApiClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = anonymous_api.get("/availability", clinic="north").content
    booked(house.morning[0], house.asha)
    monkeypatch.setattr(answers, "_read", never)
    assert anonymous_api.get("/availability", clinic="north").content == kept


def never(look: Look) -> Kept:
    raise AssertionError(f"{look} was read anew")


def test_an_answer_ends_when_the_first_of_its_places_begins(
    anonymous_api: ApiClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_third = house.afternoon
    asked = ("/availability", f"/providers/{house.rao.public_id}/availability", "/providers")
    before = {path: anonymous_api.get(path).content for path in asked}
    at(monkeypatch, first.starts_at - timedelta(microseconds=1))
    assert {path: anonymous_api.get(path).content for path in asked} == before
    at(monkeypatch, first.starts_at)
    for path in asked:
        told = anonymous_api.get(path).content.decode()
        assert str(first.public_id) not in told
        assert str(second.public_id) in told


def test_a_new_day_begins_anew(
    anonymous_api: ApiClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages of yesterday are no longer looked at: what rests on them is not kept either."""
    nobody = {"specialty": "nobody"}
    assert anonymous_api.get("/availability", **nobody).json() == {"items": []}
    at(monkeypatch, timezone.now() + timedelta(days=3))
    read = count_reads(monkeypatch)
    anonymous_api.get("/availability", **nobody)
    anonymous_api.get("/availability", **nobody)
    assert len(read) == 1


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[Look]:
    seen: list[Look] = []
    read = answers._read

    def counted(look: Look) -> Kept:
        seen.append(look)
        return read(look)

    monkeypatch.setattr(answers, "_read", counted)
    return seen


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/availability", "/availability?utm_source=mail&x=1"),
        ("/availability?clinic=main", "/availability?clinic=MAIN"),
        ("/availability?specialty=cardiology", "/availability?specialty=%20CardioLOGY"),
        ("/availability?time_of_day=morning,evening", "/availability?time_of_day=Evening,morning"),
        ("/availability?limit=20", "/availability"),
        ("/providers?search=dr+rao", "/providers?search=rao++dr"),
        ("/providers?language=EN", "/providers?language=en"),
        ("/providers/{rao}/availability", "/providers/{RAO}/availability?nonsense"),
    ],
)
def test_the_same_question_in_other_words(
    anonymous_api: ApiClient, house: House, monkeypatch: pytest.MonkeyPatch, one: str, other: str
) -> None:
    name = str(house.rao.public_id)
    read = count_reads(monkeypatch)
    for path in (one, other):
        answer = anonymous_api.client.get(f"/api{path}".format(rao=name, RAO=name.upper()))
        assert answer.status_code == 200
    assert len(read) == 1


@pytest.mark.parametrize(
    "path", ["/availability?clinic=nowhere", "/providers/x/availability", "/availability?limit=0"]
)
def test_a_refusal_is_not_kept(anonymous_api: ApiClient, house: House, path: str) -> None:
    assert anonymous_api.client.get(f"/api{path}").status_code in (404, 422)
    assert len(shelf) == 0


def test_one_query_for_what_is_kept_and_as_many_as_ever_for_what_is_not(
    anonymous_api: ApiClient, house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rao = f"/providers/{house.rao.public_id}/availability"
    costs = {  # how far places have moved; then what is asked for, along the index, and as columns
        "/availability": 3,
        "/availability?clinic=main": 4,
        "/availability?specialty=cardiology": 3,
        "/availability?from=2026-01-01": 4,  # the clocks
        rao: 5,  # and in which clinics
        "/providers": 5,  # how many there are, the page, where they work, their next places
        "/providers?specialty=cardiology": 6,  # how it is spelled
    }
    for path, queries in costs.items():
        with django_assert_num_queries(queries, info=path):
            anonymous_api.client.get(f"/api{path}")
        with django_assert_num_queries(1, info=path):
            anonymous_api.client.get(f"/api{path}")
    for number in range(12):
        doctor = agenda.doctor(house.main, f"Dr {number}")
        agenda.slots(doctor, house.main, agenda.tomorrow(house.main.clinic, 15), 3)
    agenda.slots(house.rao, house.main, agenda.tomorrow(house.main.clinic, 18), 10)
    shelf.forget()
    for path, queries in costs.items():
        with django_assert_num_queries(queries, info=path):
            anonymous_api.client.get(f"/api{path}")


def test_whoever_has_it_already_hears_only_that_it_holds(
    anonymous_api: ApiClient, house: House, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for path in paths(house):
        first = anonymous_api.client.get(f"/api{path}")
        have = {"if-none-match": first["ETag"]}
        with django_assert_num_queries(1):
            again = anonymous_api.client.get(f"/api{path}", headers=have)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        shelf.forget()  # as another process would answer, which has not been asked before
        assert anonymous_api.client.get(f"/api{path}", headers=have).status_code == 304
