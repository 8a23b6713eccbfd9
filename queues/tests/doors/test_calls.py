"""Every kind of key tries every call of the API, and is let in where the matrix says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.test import Client

from queues.api.root import api
from queues.tests.doors import people
from queues.tests.doors.calls import CALLS
from queues.tests.doors.house import House, built
from queues.tests.doors.people import Somebody
from queues.tests.doors.rows import KEPT_OUT, Row


def calls() -> Iterator[tuple[str, str]]:
    """Every operation that the API has: its method, and its address with its parts."""
    for before, router in api._routers:
        for route, view in router.path_operations.items():
            path = f"{before}{route}".strip("/").replace("{", "<").replace("}", ">")
            yield from ((method, path) for one in view.operations for method in one.methods)


def test_every_call_has_its_row() -> None:
    assert {f"{method} {route}" for method, route in calls()} == set(CALLS)


def test_every_key_tries_every_call(db: None) -> None:
    house = built()
    everybody = people.with_keys(house)
    wrong = [
        found
        for method, route in calls()
        for found in tried(house, everybody, method, route, CALLS[f"{method} {route}"])
    ]
    assert not wrong, "\n".join(wrong)


def tried(
    house: House, everybody: list[Somebody], method: str, route: str, row: Row
) -> Iterator[str]:
    here = house.with_words(row.words)
    path = here.path(f"api/{route}{row.asked}")
    sent = None if method == "GET" else here.filled(row.sent)
    for somebody in everybody:
        status = status_of(somebody.comes_again(), method, path, sent)
        may_enter = row.may_enter(somebody, house)
        if status == 422 and may_enter:
            yield f"{method} {route}: {somebody} sends what is not understood"
        if (status not in KEPT_OUT) is not may_enter:
            yield f"{method} {route}: {somebody} {status}"


def status_of(client: Client, method: str, path: str, sent: Any) -> int:
    """What they are told; nothing of it lasts."""
    with transaction.atomic():
        if sent is None:
            answer = client.generic(method, path)
        else:
            answer = client.generic(method, path, json.dumps(sent), "application/json")
        transaction.set_rollback(True)
    return int(answer.status_code)
