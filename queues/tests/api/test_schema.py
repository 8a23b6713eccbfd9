"""The API does what its schema says: schemathesis asks all that the schema allows, and more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django import DjangoDbBlocker
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from queues.actions import calling, consultations, tokens, waitlists
from queues.actions.wishes import Wish
from queues.models import ApiKey, Clinic, Department, Patient, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda, cast
from queues.tests.consulting import slots_of_today
from queues.tests.crowd import waiting_room

CALLS = [
    ("POST", "/patients"),
    ("GET", "/patients"),
    ("POST", "/patients/lookup"),
    ("PATCH", "/patients/{patient_id}"),
    ("POST", "/patients/{patient_id}/merge"),
    ("GET", "/patients/{patient_id}/export"),
    ("POST", "/patients/{patient_id}/anonymise"),
    ("POST", "/consultations"),
    ("GET", "/consultations"),
    ("GET", "/consultations/{consultation_id}"),
    ("PATCH", "/consultations/{consultation_id}"),
    ("POST", "/consultations/{consultation_id}/complete"),
    ("POST", "/consultations/{consultation_id}/addendum"),
    ("POST", "/doctor/{doctor_id}/delay"),
    ("POST", "/token"),
    ("GET", "/token/{token_id}"),
    ("POST", "/token/{token_id}/action"),
    ("POST", "/queue/call_next"),
    ("POST", "/book"),
    ("POST", "/token/book"),
    ("PATCH", "/token/{token_id}/status"),
    ("GET", "/doctor/{doctor_id}"),
    ("GET", "/status/{doctor_id}/{slot_id}"),
    ("POST", "/cancel"),
    ("POST", "/appointments"),
    ("GET", "/appointments/{appointment_id}"),
    ("PATCH", "/appointments/{appointment_id}"),
    ("DELETE", "/appointments/{appointment_id}"),
    ("POST", "/appointments/{appointment_id}/confirm"),
    ("POST", "/appointments/{appointment_id}/check_in"),
    ("GET", "/patients/{patient_id}/appointments"),
    ("POST", "/waitlist"),
    ("GET", "/waitlist/{entry_id}"),
    ("DELETE", "/waitlist/{entry_id}"),
    ("POST", "/waitlist/{entry_id}/accept"),
    ("GET", "/providers"),
    ("GET", "/providers/{doctor_id}/availability"),
    ("GET", "/availability"),
    ("GET", "/queue"),
    ("GET", "/place"),
    ("GET", "/now_serving"),
    ("GET", "/clinic"),
    ("PATCH", "/clinic"),
    ("GET", "/departments"),
    ("GET", "/departments/{code}"),
    ("PATCH", "/departments/{code}"),
    ("GET", "/counters"),
    ("PATCH", "/counters/{code}"),
    ("GET", "/events"),
    ("POST", "/doctor/{doctor_id}"),
    ("PATCH", "/slots/{slot_id}"),
    ("GET", "/doctors"),
    ("POST", "/doctors"),
    ("PATCH", "/doctors/{doctor_id}"),
    *(
        (verb, f"/schedule/{what}s")
        for what in ("rule", "extra", "leave")
        for verb in ("GET", "POST")
    ),
    *(
        (verb, f"/schedule/{what}s/{{{what}_id}}")
        for what in ("rule", "extra", "leave")
        for verb in ("PATCH", "DELETE")
    ),
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
]


@pytest.fixture(scope="module")
def served(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Any:
    """One schema for all, as it is served: it takes as long as the calls of a test."""
    with django_db_blocker.unblock():
        return schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


@pytest.fixture
def schema(served: Any, db: None) -> Iterator[Any]:
    """Asked in this thread and in the test's transaction, which the end of a request must not end."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield served
    for end in ends:
        end.connect(close_old_connections)


@pytest.fixture
def words(clinic: Clinic, opd: Department) -> dict[str, str]:
    """Ids and codes that exist; without them nearly all would be a 404."""
    first, second, third = waiting_room(opd, 3)
    tokens.hold(second, by=SYSTEM)
    called = calling.call(first, cast.counter(opd, "1"), by=SYSTEM)
    rao = agenda.doctor(opd)
    slot, later = agenda.slots(rao, opd, agenda.tomorrow(clinic), 2, capacity=3)
    booked = agenda.booked(slot, second.visit.patient).appointment
    entry = waitlists.join(
        third.visit.patient, Wish(clinic, slot=later, latest=later.day), Priority.ONLINE, by=SYSTEM
    )
    now = slots_of_today(rao, opd, 1)[0]
    seen = agenda.booked(now, called.visit.patient).appointment
    draft = consultations.start(seen, by=SYSTEM)
    return {
        "doctor_id": str(rao.public_id),
        "slot_id": str(slot.public_id),
        "appointment_id": str(booked.public_id),
        "entry_id": str(entry.public_id),
        "token_id": str(called.public_id),
        "patient_id": str(called.visit.patient.public_id),
        "department": "OPD",
        "counter": "2",
        "consultation_id": str(draft.public_id),
    }


def test_the_schema_lists_these_calls(schema: Any) -> None:
    operations = [result.ok() for result in schema.get_all_operations()]
    listed = {(one.method.upper(), one.path.removeprefix("/api")) for one in operations}
    assert listed == set(CALLS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_call_does_what_the_schema_says(
    schema: Any,
    words: dict[str, str],
    clinic: Clinic,
    method: str,
    path: str,
    mode: GenerationMode,
) -> None:
    """Asked as the schema allows it, and asked as it does not."""
    secret = cast.key(clinic, Role.ADMIN)
    operation = schema[f"/api{path}"][method]
    headers = {"Authorization": f"Bearer {secret}"}

    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            put_in(case, words)
        with transaction.atomic():
            case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)

    ask()
    assert ApiKey.objects.filter(revoked_at=None).exists()
    assert Token.objects.count() == Patient.objects.count() == 3, "each call was taken back"


def put_in(case: Any, words: dict[str, str]) -> None:
    """Where the schema asks for an id or a code, one that exists, every other time."""
    if len(str(case.path_parameters) + str(case.query) + str(case.body)) % 2:
        return
    places = (case.path_parameters, case.query, case.body)
    for place in places:
        for name in words.keys() & (place.keys() if isinstance(place, dict) else set()):
            place[name] = words[name]
    if case.path_parameters and "code" in case.path_parameters:
        case.path_parameters["code"] = "OPD" if "departments" in case.path else "1"
