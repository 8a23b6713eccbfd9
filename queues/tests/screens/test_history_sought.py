"""A part of a department's history: what is sought, found page after page in honest windows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from queues.actions import calling, tokens
from queues.journal import Entry, record
from queues.models import Clinic, Counter, Department, Kind, Patient
from queues.rules.rights import SYSTEM, ActorKind
from queues.screens import history as screen
from queues.screens.history import Sought, history
from queues.tests.screens.test_history import a_day_with
from queues.tests.story import fresh, nurse_of, people, waiting, yesterday

PAGES_AT_MOST = 200


def found(department: Department, sought: Sought, limit: int = 50) -> list[tuple[str, str | None]]:
    """What is found, page after page, some of which may be empty."""
    lines: list[tuple[str, str | None]] = []
    cursor: str | None = ""
    for _page in range(PAGES_AT_MOST):
        page = history(department, limit, cursor or "", sought)
        assert len(page["items"]) <= limit
        lines += [(item["kind"], item["label"]) for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return lines
    raise AssertionError("the history does not end")


@pytest.fixture
def a_morning(clinic: Clinic, opd: Department, desk_a: Counter) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, opd)
    waiting(ben, opd)
    nadia = nurse_of(opd)
    tokens.complete(calling.call_next(fresh(desk_a), by=nadia), by=nadia)


@pytest.mark.usefixtures("a_morning")
@pytest.mark.parametrize("limit", [1, 2, 50])
def test_a_number_is_found_with_all_that_happened_to_it(opd: Department, limit: int) -> None:
    assert found(opd, Sought(label="A-001"), limit) == [
        ("completed", "A-001"),
        ("called", "A-001"),
        ("issued", "A-001"),
    ]


@pytest.mark.usefixtures("a_morning")
def test_what_happened_at_which_counter_by_whom(opd: Department) -> None:
    assert found(opd, Sought(kind=Kind.ISSUED)) == [("issued", "A-002"), ("issued", "A-001")]
    assert found(opd, Sought(counter="1")) == [("completed", "A-001"), ("called", "A-001")]
    assert found(opd, Sought(actor=ActorKind.SYSTEM, kind=Kind.ISSUED, label="A-002")) == [
        ("issued", "A-002")
    ]
    assert found(opd, Sought(counter="2")) == []


@pytest.mark.usefixtures("a_morning")
def test_a_colleague_is_found_by_who_they_are(opd: Department) -> None:
    nadia = nurse_of(opd, "nadia2")
    tokens.hold(opd.tokens.select_related("visit", "department").get(status="waiting"), by=nadia)
    assert found(opd, Sought(actor=nadia.public_id)) == [("held", "A-002")]


def test_days_are_the_first_and_the_last_that_count(opd: Department) -> None:
    for days_ago, events in ((4, 2), (3, 3), (1, 1)):
        a_day_with(events, opd, days_ago)
    today = opd.clinic.service_day()
    sought = Sought(since=today - timedelta(days=3), until=today - timedelta(days=2))
    assert len(found(opd, sought, 2)) == 3
    assert len(found(opd, Sought(since=today - timedelta(days=3)), 2)) == 4
    assert len(found(opd, Sought(until=today - timedelta(days=4)), 1)) == 2


@pytest.mark.usefixtures("a_morning")
def test_a_number_of_each_day_is_found_on_each(clinic: Clinic, opd: Department) -> None:
    yesterday(clinic)
    waiting(people(clinic, "Chen")[0], opd)
    tokens.cancel(
        opd.tokens.select_related("visit", "department").get(
            status="waiting", daybook__day=clinic.service_day() - timedelta(days=1)
        ),
        by=SYSTEM,
    )  # today, of yesterday
    assert ("cancelled", "A-002") in found(opd, Sought(label="A-002"))
    today = clinic.service_day()
    assert found(opd, Sought(label="A-002", since=today))[0] == ("cancelled", "A-002")


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_what_is_rare_is_found_however_far_back(
    opd: Department, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "ENTRIES_LOOKED_AT", 7)
    monkeypatch.setattr(screen, "DAYS_LOOKED_AT", 2)
    record(Entry(Kind.HELP_CALLED, SYSTEM, opd))
    a_day_with(12, opd, 9)
    for days_ago in (8, 7, 5, 3, 2, 1):
        a_day_with(days_ago, opd, days_ago)
    assert found(opd, Sought(kind=Kind.HELP_CALLED), limit) == [("help_called", None)]
    assert len(found(opd, Sought(kind=Kind.DEPARTMENT_CHANGED), limit)) == 12 + 26


def test_an_empty_page_says_where_to_look_on(
    opd: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "ENTRIES_LOOKED_AT", 5)
    a_day_with(12, opd, 1)
    page = history(opd, 50, "", Sought(kind=Kind.CALLED))
    day = (opd.clinic.service_day() - timedelta(days=1)).isoformat()
    assert page == {"items": [], "next": f"{day}.8"}


@pytest.mark.parametrize("days", [1, 30])
def test_the_number_of_queries_does_not_grow_with_the_history(
    asha: Patient, opd: Department, days: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for days_ago in range(days, 0, -1):
        a_day_with(20, opd, days_ago)
    tokens.hold(waiting(asha, opd), by=nurse_of(opd))
    # the days, the entries, their labels, who acted; a number sought: its tokens
    for sought, number in (
        (Sought(), 4),
        (Sought(kind=Kind.HELD), 4),
        (Sought(label="A-001"), 5),
    ):
        with django_assert_num_queries(number):
            assert history(opd, 10, "", sought)["items"]
