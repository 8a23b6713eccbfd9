"""Keys, methods, origins and headers: how the API is entered, and what it says at the door."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from queues.actions import keys
from queues.models import ApiKey, Clinic, Department
from queues.rules.rights import SYSTEM, Role
from queues.tests import cast
from queues.tests.api.problem import any_problem, problem
from queues.tests.conftest import ApiClient

PUBLIC = ("/api/queue?department=OPD", "/api/now_serving?department=OPD", "/api/departments")
ELSEWHERE = "https://kiosk.example.org"


def test_a_revoked_key_opens_nothing(staff_api: ApiClient) -> None:
    assert staff_api.get("/counters").status_code == 200
    keys.revoke(ApiKey.objects.get(), by=SYSTEM)
    problem(staff_api.get("/counters"), 401, "unauthorized")


def test_a_key_is_not_kept(clinic: Clinic) -> None:
    secret = cast.key(clinic, Role.ADMIN)
    assert secret not in str(list(ApiKey.objects.values()))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Bearer a b c",
        "Basic YWRtaW46YWRtaW4=",
        "Bearer \u00ff\u00fe",
        "Bearer " + "x" * 8000,
        "Bearer \x00",
        "Bearer ' OR 1=1 --",
    ],
)
def test_a_key_that_is_none(clinic: Clinic, header: str) -> None:
    answer = Client(headers={"authorization": header}).get("/api/counters")
    problem(answer, 401, "unauthorized")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_the_word_bearer_in_any_case(clinic: Clinic) -> None:
    secret = cast.key(clinic, Role.STAFF)
    answer = Client(headers={"authorization": f"bearer {secret}"}).get("/api/counters")
    assert answer.status_code == 200


def test_a_log_in_of_the_pages_is_no_key(clinic: Clinic) -> None:
    """The API takes keys alone, so that no other site can use somebody's cookie."""
    client = Client()
    client.force_login(cast.user(clinic, "nadia", Role.ADMIN))
    problem(client.get("/api/counters"), 401, "unauthorized")


# Methods


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", PUBLIC)
def test_a_wrong_method_is_told_the_right_one(opd: Department, path: str, method: str) -> None:
    answer = getattr(Client(), method)(path)
    problem(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize(
    "path",
    ["/api/token", "/api/queue/call_next", "/api/patients/lookup"],
)
def test_what_is_posted_cannot_be_got(admin_api: ApiClient, path: str) -> None:
    answer = admin_api.client.get(path)
    problem(answer, 405, "method_not_allowed")
    assert "POST" in answer["Allow"]


@pytest.mark.parametrize("path", PUBLIC)
def test_whatever_can_be_got_has_a_head(opd: Department, path: str) -> None:
    got, head = Client().get(path), Client().head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Type"] == got["Content-Type"]


def test_a_head_needs_the_key_that_the_get_needs(admin_api: ApiClient, clinic: Clinic) -> None:
    assert Client().head("/api/counters").status_code == 401
    assert admin_api.client.head("/api/counters").status_code == 200


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/api/", "/api/token/", "/api/queue/", "/api/token/x/y/z"]
)
def test_an_address_that_is_none(clinic: Clinic, path: str) -> None:
    assert any_problem(Client().get(path))["status"] == 404  # type: ignore[arg-type]


# Other origins


def test_another_origin_is_let_in_if_it_is_named(settings: Settings, opd: Department) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]
    for path in PUBLIC:
        answer = Client(headers={"origin": ELSEWHERE}).get(path)
        assert answer["Access-Control-Allow-Origin"] == ELSEWHERE
        stranger = Client(headers={"origin": "https://stranger.example.org"}).get(path)
        assert "Access-Control-Allow-Origin" not in stranger
    refused = Client(headers={"origin": ELSEWHERE}).get("/api/counters")
    assert refused["Access-Control-Allow-Origin"] == ELSEWHERE, "a page must read a refusal, too"


def test_a_browser_may_ask_first(settings: Settings, clinic: Clinic) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ELSEWHERE]
    asks = {
        "origin": ELSEWHERE,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,idempotency-key",
    }
    answer = Client(headers=asks).options("/api/token")
    assert answer.status_code == 200
    assert "POST" in answer["Access-Control-Allow-Methods"]
    allowed = answer["Access-Control-Allow-Headers"]
    assert all(name in allowed for name in ("authorization", "content-type", "idempotency-key"))
    assert "Access-Control-Allow-Credentials" not in answer


def test_no_origin_is_let_in_by_itself(opd: Department, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = []
    answer = Client(headers={"origin": ELSEWHERE}).get(PUBLIC[0])
    assert "Access-Control-Allow-Origin" not in answer


# Schema and documentation


def test_the_schema_knows_every_call(clinic: Clinic) -> None:
    paths = Client().get("/api/openapi.json").json()["paths"]
    calls = {
        ("/api/patients", "post"),
        ("/api/patients", "get"),
        ("/api/token", "post"),
        ("/api/queue", "get"),
        ("/api/now_serving", "get"),
        ("/api/queue/call_next", "post"),
        ("/api/token/{token_id}/action", "post"),
        ("/api/token/{token_id}", "get"),
        ("/api/departments", "get"),
        ("/api/counters", "get"),
        ("/api/events", "get"),
    }
    assert calls <= {(path, method) for path, methods in paths.items() for method in methods}


def test_the_swagger_page_comes_from_here(clinic: Clinic, settings: Settings) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing is collected here
    answer = Client().get("/api/docs")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "swagger" in page.lower()
    assert "cdn" not in page.lower()
    assert 'src="http' not in page


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
def test_answers_are_kept_by_nobody_between(
    calling_as: Callable[..., ApiClient], role: Role
) -> None:
    assert calling_as(role).get("/counters")["Cache-Control"] == "no-store"
