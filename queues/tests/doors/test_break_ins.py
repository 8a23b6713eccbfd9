"""Somebody who knows the house tries to get in by what they send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from queues.models import Clinic, Department, Patient
from queues.rules.rights import Role
from queues.tests import cast
from queues.tests.conftest import ApiClient
from queues.tests.doors.house import House, built
from queues.tests.doors.pages import OF_BOOKING, OF_VISIT, OF_WAIT, PAGES
from queues.tests.doors.test_pages import routes
from queues.tests.views.conftest import Browser

# Whoever has the secret of the address needs no cookie, so no other site can lend itself one.
BY_SECRET = {OF_VISIT.words["secret"], OF_BOOKING.words["secret"], OF_WAIT.words["secret"]}
# What another site could have them send, and what it would want with it
STOLEN = {"id": str(uuid4()), "public_id": str(uuid4()), "number": "P-1", "is_active": False}


def test_no_other_site_sends_a_form_in_somebodys_name(db: None) -> None:
    """With their cookies, but without the word that only our pages know."""
    house = built()
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.user(house.clinic, "amina", Role.ADMIN))
    answered = dict(_forged(house, client))
    taken = {name for name, status in answered.items() if status not in (403, 405)}
    assert taken <= {name for name, row in PAGES.items() if row.words.get("secret") in BY_SECRET}
    assert sum(status == 403 for status in answered.values()) > 40


def _forged(house: House, client: Client) -> Iterator[tuple[str, int]]:
    for name, route in routes(get_resolver().url_patterns):
        row = PAGES[name]
        path = house.with_words(row.words).path(route + row.asked)
        with transaction.atomic():
            yield name, client.post(path, {"once": str(uuid4())}).status_code
            transaction.set_rollback(True)


def test_a_record_has_no_more_fields_than_its_form(
    clinic: Clinic, asha: Patient, ben: Patient
) -> None:
    desk, other = Browser(), cast.clinic("other")
    desk.force_login(cast.user(clinic, "amina", Role.ADMIN))
    before: dict[str, Any] = dict(Patient.objects.values().get(pk=asha.pk))
    sent: dict[str, Any] = {
        **STOLEN,
        "registered_at": other.pk,
        "merged_into": ben.pk,
        "anonymised_at": "now",
    }
    asked: dict[str, Any] = {
        "name": "Asha",
        "phone": before["phone"],
        "age": 34,
        "gender": "unknown",
    }
    answer = desk.send(f"/patients/{asha.public_id}/correct/", **asked, **sent)
    assert answer.status_code == 302
    after: dict[str, Any] = dict(Patient.objects.values().get(pk=asha.pk))
    changed = {name for name, value in after.items() if value != before[name]}
    assert changed <= {"name", "gender", "age_when_registered", "registered_on", "birth_year"}


@pytest.mark.parametrize("verb", ["post", "patch"])
def test_nor_has_it_by_the_api(staff_api: ApiClient, asha: Patient, verb: str) -> None:
    before = Patient.objects.values().get(pk=asha.pk)
    if verb == "post":
        person = {"name": "Dora", "phone": "+919812345678", "age": 40}
        staff_api.post("/patients", {**person, **STOLEN})
        assert not Patient.objects.filter(public_id__in=[STOLEN["id"], STOLEN["public_id"]])
        assert not Patient.objects.filter(is_active=False)
        assert not Patient.objects.filter(number="P-1")
    else:
        staff_api.patch(f"/patients/{asha.public_id}", {"name": "Asha", **STOLEN})
        assert Patient.objects.values().get(pk=asha.pk) == before


@pytest.mark.parametrize("host", ["evil.example.org", "testserver.evil.example.org", "a b", ""])
def test_a_host_that_is_not_ours_is_not_answered(host: str, opd: Department) -> None:
    answer = Client(headers={"host": host}).get("/login/")
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()
