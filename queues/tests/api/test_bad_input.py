"""Whatever is sent: a clear 4xx that names the field, and never a 500."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from queues.actions import departments, issuing
from queues.models import Clinic, Department, Event, Patient, Token
from queues.rules.rights import SYSTEM
from queues.tests import cast
from queues.tests.api.problem import any_problem, faulty, problem
from queues.tests.conftest import ApiClient

ASHA = {"name": "Asha Rao", "phone": "98450 12345", "age": 34, "gender": "female"}
HUGE = 10**400
NUL = "A\x00B"
HALF = "\ud83d"  # of a character
DEEP = "[" * 100_000 + "]" * 100_000
NESTED: Any = {"a": {"b": [{"c": []}]}}
NOT_TEXT: list[Any] = [0, 1.5, True, [], ["x"], {}, NESTED]


def text(body: Any) -> str:
    """As JSON allows it, also with halves of characters, NaN and endless numbers."""
    return json.dumps(body)


def posted(api: ApiClient, path: str, body: Any) -> Any:
    raw = body if isinstance(body, str | bytes) else text(body)
    return api.client.post(f"/api{path}", raw, "application/json")


def rows(bad: dict[str, list[Any]]) -> list[tuple[str, Any]]:
    return [(field, value) for field, values in bad.items() for value in values]


def without_null(values: list[Any]) -> list[Any]:
    """For what may be left out."""
    return [value for value in values if value is not None]


def short(part: Any) -> str:
    return ascii(part)[:30].replace("\\", "~")


# People as they are: names, phones and ages that must be taken


@pytest.mark.parametrize(
    "name",
    [
        "सुनीता देवी",
        "نور الهدى",
        "கவிதா",
        "李伟",
        "O'Brien-Núñez",
        "👩‍⚕️",
        "क्‍ष",
        "Asha 😀",
        "'; DROP TABLE patients; --",
        "<b>Asha</b>",
        "x" * 200,
    ],
)
def test_names_of_every_script(kiosk_api: ApiClient, name: str) -> None:
    answer = posted(kiosk_api, "/patients", {**ASHA, "name": name})
    assert answer.status_code == 201, answer.content
    assert answer.json()["name"] == name
    assert Patient.objects.get().name == name


@pytest.mark.parametrize(
    "phone",
    [
        "9845012345",
        "98450 12345",
        "098450-12345",
        "+91 98450 12345",
        "0091 98450 12345",
        "+91-98450-12345",
        "(+91) 9845012345",
        "98450.12345",
        "९८४५०१२३४५",
        "٩٨٤٥٠١٢٣٤٥",
        "\uff19\uff18\uff14\uff15\uff10\uff11\uff12\uff13\uff14\uff15",
        "  9845012345 ",
    ],
)
def test_one_phone_in_many_spellings(kiosk_api: ApiClient, phone: str) -> None:
    answer = posted(kiosk_api, "/patients", {**ASHA, "phone": phone})
    assert answer.status_code == 201, answer.content
    assert answer.json()["phone"] == "+919845012345"


@pytest.mark.parametrize("age", [0, 1, 64, 130])
def test_ages_at_the_edges(kiosk_api: ApiClient, age: int) -> None:
    assert posted(kiosk_api, "/patients", {**ASHA, "age": age}).json()["age"] == age


# POST /api/patients


def tomorrow() -> str:
    return (date.today() + timedelta(days=2)).isoformat()  # wherever the clinic is


BAD_PATIENTS: dict[str, list[Any]] = {
    "name": [
        "",
        "   ",
        None,
        "\u200b",
        "\u202e\u202c",
        "x" * 201,
        "x" * 10_000,
        NUL,
        HALF,
        *NOT_TEXT,
    ],
    "phone": [
        "",
        None,
        "123",
        "phone",
        "1" * 40,
        "1" * 10_000,
        "+",
        "+999 123",
        "98450\x0012345",
        HALF,
        9845012345,
        *NOT_TEXT,
    ],
    "age": [
        -1,
        131,
        "abc",
        "",
        None,
        34.5,
        10**30,
        HUGE,
        -HUGE,
        1e308,
        float("nan"),
        float("inf"),
        "٣x",
        "1" * 5000,
        NUL,
        HALF,
        True,
        [],
        [34],
        {},
        NESTED,
    ],
    "birth_date": [
        tomorrow(),
        "1800-01-01",
        "0000-00-00",
        "2001-02-29",
        "13/05/1990",
        "1990-05",
        "yesterday",
        "9999-12-31",
        "10000-01-01",
        "1990-05-17T00:00:00",
        "1990-05-17\x00",
        HALF,
        19900517,
        HUGE,
        float("nan"),
        True,
        [],
        {},
        NESTED,
    ],
    "gender": ["xx", "x" * 10_000, NUL, HALF, *NOT_TEXT],
    "address": ["x" * 301, "x" * 10_000, NUL, *NOT_TEXT],
    "language": ["xx", "english", "x" * 10_000, NUL, *NOT_TEXT],
    "unidentified": ["maybe", 7, NUL, [], {}, None],
}


@pytest.mark.parametrize(("field", "value"), rows(BAD_PATIENTS), ids=short)
def test_a_patient_with_one_bad_field(kiosk_api: ApiClient, field: str, value: Any) -> None:
    body = {**ASHA, field: value}
    if field == "birth_date":
        del body["age"]
    answer = posted(kiosk_api, "/patients", body)
    assert faulty(problem(answer, 422, "invalid")) == {field}
    assert not Patient.objects.exists()


def test_all_bad_fields_are_named_at_once(kiosk_api: ApiClient) -> None:
    body = {"name": "", "phone": "12", "age": 131, "gender": "x", "language": "xx"}
    answer = posted(kiosk_api, "/patients", body)
    assert faulty(problem(answer, 422, "invalid")) == set(body)


def test_half_characters_and_controls_are_taken_out_of_a_name(kiosk_api: ApiClient) -> None:
    answer = posted(kiosk_api, "/patients", {**ASHA, "name": f"Asha{HALF}\t\u202e  Rao\x07"})
    assert answer.status_code == 201
    assert Patient.objects.get().name == "Asha Rao"


# POST /api/token


@pytest.fixture
def waiting(opd: Department, ben: Patient) -> Token:
    return issuing.issue(ben, opd, by=SYSTEM)


NOT_AN_ID: list[Any] = [
    "",
    "x",
    "1",
    "0" * 10_000,
    NUL,
    HALF,
    "{}",
    "../../etc/passwd",
    None,
    0,
    HUGE,
    float("nan"),
    True,
    [],
    {},
    NESTED,
]
NOT_A_CODE: list[Any] = ["x" * 41, "x" * 10_000, None, 0, HUGE, float("nan"), True, [], {}, NESTED]
NO_CODE_OF_OURS: list[Any] = ["", "NOWHERE", "OPD ", "OPD\x00", "\x00", HALF, "%", "O_D"]
BAD_TOKENS: dict[str, list[Any]] = {
    "patient_id": NOT_AN_ID,
    "department": NOT_A_CODE,
    "priority": ["vip", "", "EMERGENCY", NUL, HALF, *NOT_TEXT],
    "doctor_id": without_null(NOT_AN_ID),
}


@pytest.mark.parametrize(("field", "value"), rows(BAD_TOKENS), ids=short)
def test_a_token_with_one_bad_field(
    staff_api: ApiClient, asha: Patient, field: str, value: Any
) -> None:
    body = {"patient_id": str(asha.public_id), "department": "OPD", field: value}
    answer = posted(staff_api, "/token", body)
    assert faulty(problem(answer, 422, "invalid")) == {field}
    assert not Token.objects.exists()


@pytest.mark.parametrize("code", NO_CODE_OF_OURS, ids=ascii)
def test_a_department_that_is_none(
    staff_api: ApiClient, asha: Patient, waiting: Token, code: str
) -> None:
    events = Event.objects.count()
    path = f"/token/{waiting.public_id}/action"
    for answer in (
        posted(staff_api, "/token", {"patient_id": str(asha.public_id), "department": code}),
        posted(staff_api, "/queue/call_next", {"department": code, "counter": "1"}),
        posted(staff_api, "/queue/call_next", {"department": "OPD", "counter": code}),
        posted(staff_api, path, {"action": "transfer", "department": code}),
        posted(staff_api, path, {"action": "call", "counter": code}),
    ):
        assert any_problem(answer)["status"] in (404, 422), answer.content
    assert Event.objects.count() == events


def test_a_department_of_another_clinic(staff_api: ApiClient, asha: Patient) -> None:
    north = cast.clinic("north")
    Department.objects.create(clinic=north, code="DENTAL", name="Dental", prefix="D")
    body = {"patient_id": str(asha.public_id), "department": "DENTAL"}
    problem(posted(staff_api, "/token", body), 404, "not_found")
    problem(posted(staff_api, "/token?clinic=north", body), 404, "not_found")


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_department_that_is_not_open(
    staff_api: ApiClient, asha: Patient, opd: Department, state: str
) -> None:
    departments.change(opd, {"state": state}, by=SYSTEM)
    body = {"patient_id": str(asha.public_id), "department": "OPD"}
    problem(posted(staff_api, "/token", body), 409, f"department_{state}")


def test_a_patient_nobody_knows(staff_api: ApiClient) -> None:
    body = {"patient_id": str(uuid4()), "department": "OPD"}
    problem(posted(staff_api, "/token", body), 404, "not_found")


# POST /api/queue/call_next and /api/token/{id}/action


BAD_CALLS: dict[str, list[Any]] = {
    "department": NOT_A_CODE,
    "counter": NOT_A_CODE,
    "complete": ["maybe", 7, NUL, [], {}, None],
}


@pytest.mark.parametrize(("field", "value"), rows(BAD_CALLS), ids=short)
def test_a_call_with_one_bad_field(
    staff_api: ApiClient, waiting: Token, field: str, value: Any
) -> None:
    body = {"department": "OPD", "counter": "1", field: value}
    answer = posted(staff_api, "/queue/call_next", body)
    assert faulty(problem(answer, 422, "invalid")) == {field}


BAD_ACTIONS: dict[str, list[Any]] = {
    "action": ["", "dance", "CALL", NUL, HALF, None, *NOT_TEXT],
    "counter": without_null(NOT_A_CODE),
    "department": without_null(NOT_A_CODE),
    "priority": ["vip", "", *NOT_TEXT],
    "doctor_id": without_null(NOT_AN_ID),
    "reason": ["x" * 201, "x" * 10_000, NUL, None, *NOT_TEXT],
}


@pytest.mark.parametrize(("field", "value"), rows(BAD_ACTIONS), ids=short)
def test_an_action_with_one_bad_field(
    staff_api: ApiClient, waiting: Token, field: str, value: Any
) -> None:
    answer = posted(
        staff_api, f"/token/{waiting.public_id}/action", {"action": "hold", field: value}
    )
    assert faulty(problem(answer, 422, "invalid")) == {field}
    assert Token.objects.get().status == "waiting"


@pytest.mark.parametrize(
    "public_id",
    ["x", "1", "%00", "%ED%A0%80", "%FF", "..", "%2e%2e%2f", "0" * 2000, "{}", "null", "-1", " "],
)
def test_an_id_that_is_none(staff_api: ApiClient, opd: Department, public_id: str) -> None:
    body = text({"action": "hold"})
    for answer in (
        staff_api.client.get(f"/api/token/{public_id}"),
        staff_api.client.post(f"/api/token/{public_id}/action", body, "application/json"),
        staff_api.client.patch(f"/api/patients/{public_id}", text({}), "application/json"),
    ):
        assert any_problem(answer)["status"] in (400, 404, 405), answer.content  # type: ignore[arg-type]


# Bodies that are none


BODIES = [
    "/patients",
    "/token",
    "/queue/call_next",
    "/token/{}/action",
    "/patients/lookup",
    "/book",
    "/token/book",
    "/cancel",
    "/appointments",
    "/waitlist",
]


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"{'name': 'Asha'}",
        b"name=Asha",
        b"\xff\xfe",
        b"\x00",
        b"{} {}",
        b"{" * 1000,
        DEEP.encode(),
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b"1" * 5000,
    ],
    ids=lambda raw: ascii(raw[:12]),
)
def test_a_body_that_is_not_json(
    staff_api: ApiClient, waiting: Token, path: str, raw: bytes
) -> None:
    answer = posted(staff_api, path.format(waiting.public_id), raw)
    problem(answer, 400, "invalid_json")


@pytest.mark.parametrize("path", BODIES)
def test_no_body_at_all(staff_api: ApiClient, waiting: Token, path: str) -> None:
    assert any_problem(posted(staff_api, path.format(waiting.public_id), b""))["status"] in (
        400,
        422,
    )


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("body", [None, [], [ASHA], "Asha", 7, True, 1.5, "NaN"], ids=ascii)
def test_json_that_is_no_object(staff_api: ApiClient, waiting: Token, path: str, body: Any) -> None:
    answer = posted(staff_api, path.format(waiting.public_id), text(body))
    assert any_problem(answer)["code"] == "invalid"
    assert answer.status_code == 422


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "text/html; charset=nonsense",
        "nonsense",
        "",
    ],
)
def test_a_body_of_another_kind(
    staff_api: ApiClient, waiting: Token, path: str, content_type: str
) -> None:
    where = f"/api{path.format(waiting.public_id)}"
    answer = staff_api.client.generic("POST", where, text(ASHA).encode(), content_type)
    problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_by_any_of_its_names(kiosk_api: ApiClient, content_type: str) -> None:
    answer = kiosk_api.client.generic("POST", "/api/patients", text(ASHA).encode(), content_type)
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize("path", BODIES)
def test_a_body_of_5_mb(staff_api: ApiClient, waiting: Token, path: str) -> None:
    body = text({**ASHA, "name": "x" * 5_000_000})
    answer = posted(staff_api, path.format(waiting.public_id), body)
    assert any_problem(answer)["status"] == 413


def test_the_last_of_two_equal_names_counts(kiosk_api: ApiClient) -> None:
    raw = '{"name": "First", "name": "Asha", "phone": "9845012345", "age": 34}'
    assert posted(kiosk_api, "/patients", raw).json()["name"] == "Asha"


def test_what_nobody_asked_for_changes_nothing(kiosk_api: ApiClient) -> None:
    more = {"id": str(uuid4()), "is_active": False, "number": "P1", "registered_at": 7}
    told = posted(kiosk_api, "/patients", {**ASHA, **more}).json()
    assert told["active"] is True
    assert told["number"] != "P1"
    assert told["id"] != more["id"]


# What a GET asks for


BAD_QUERIES: list[tuple[str, dict[str, Any], str]] = [
    *(
        (path, {"department": "OPD", "limit": limit}, "limit")
        for path in ("/events",)
        for limit in (0, -1, 201, 10**30, HUGE, "x", "", "1.5", "NaN", NUL, "٣x")
    ),
    *(("/patients", {"limit": limit}, "limit") for limit in (0, -1, 201, 10**30, "x", "", NUL)),
    *(("/patients", {"page": page}, "page") for page in (0, -1, 10**30, HUGE, "x", "", NUL)),
    *(("/patients", {"search": text}, "search") for text in ("x" * 201, "x" * 10_000, NUL, "\x00")),
    *(
        ("/events", {"department": "OPD", "before": before}, "before")
        for before in ("x", "2026-01-01", "2026-13-01.1", "x" * 41, NUL, "1.1", "2026-01-01.1e5")
    ),
    *((path, {}, "department") for path in ("/events", "/queue", "/now_serving")),
    *((path, {"department": "x" * 41}, "department") for path in ("/events",)),
]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    BAD_QUERIES,
    ids=[f"{path}-{ascii(query)[:40]}".replace("\\", "~") for path, query, _field in BAD_QUERIES],
)
def test_a_query_with_one_bad_part(
    staff_api: ApiClient, opd: Department, path: str, query: dict[str, Any], field: str
) -> None:
    answer = staff_api.get(path, **query)
    assert faulty(problem(answer, 422, "invalid")) == {field}


@pytest.mark.parametrize("path", ["/queue", "/now_serving", "/events", "/counters"])
@pytest.mark.parametrize("code", [*NO_CODE_OF_OURS[1:], "x" * 10_000], ids=lambda c: ascii(c)[:20])
def test_a_query_for_a_department_that_is_none(
    staff_api: ApiClient, opd: Department, path: str, code: str
) -> None:
    raw = code.encode("utf-8", "surrogatepass")
    answer = staff_api.client.get(f"/api{path}", {"department": raw})
    assert any_problem(answer)["status"] in (404, 422), answer.content  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["south", "\x00", "main\x00", "x" * 10_000, "%", "m_in"])
def test_a_clinic_that_is_none(clinic: Clinic, code: str) -> None:
    for path in ("/api/queue?department=OPD&", "/api/departments?"):
        answer = Client().get(f"{path}", {"department": "OPD", "clinic": code})
        assert any_problem(answer)["status"] in (404, 422)  # type: ignore[arg-type]


@pytest.mark.parametrize("query", ["%FF", "search=%FF", "search=%ED%A0%80", "&&&=&", "search=%"])
def test_a_query_that_is_not_utf_8_is_read_as_it_can_be(staff_api: ApiClient, query: str) -> None:
    assert staff_api.client.get(f"/api/patients?{query}").status_code == 200


# PATCH


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("state", "asleep"),
        ("state", None),
        ("reason", "x" * 201),
        ("reason", NUL),
        ("name", ""),
        ("policy", "unfair"),
        ("policy", None),
        ("head_starts", {"paid": -1}),
        ("head_starts", {"vip": 3}),
        ("hours", "always"),
        ("hours", [[7, "08:00", "09:00"]]),
        ("hours", [[0, "8", NUL]]),
        ("hours", [NESTED]),
        ("hours", [[0, 8, 9]]),
        ("last_issue", "25:00"),
        ("last_issue", NUL),
        ("daily_limit", -1),
        ("daily_limit", HUGE),
        ("no_show_minutes", 0),
        ("returns_behind", -1),
        ("returns_behind", None),
        ("typical_minutes", 0),
        ("typical_minutes", None),
        ("call_starts_service", "maybe"),
    ],
    ids=short,
)
def test_a_department_with_one_bad_setting(
    admin_api: ApiClient, opd: Department, field: str, value: Any
) -> None:
    raw = text({field: value})
    answer = admin_api.client.patch("/api/departments/OPD", raw, "application/json")
    named = {name.split(".")[0] for name in faulty(problem(answer, 422, "invalid"))}
    assert named == {field}
    assert Event.objects.filter(daybook__department=opd).count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("open", "maybe"), ("serves", ["vip"]), ("serves", "paid"), ("doctor_id", "x")],
)
def test_a_counter_with_one_bad_setting(
    admin_api: ApiClient, opd: Department, field: str, value: Any
) -> None:
    answer = admin_api.patch("/counters/1?department=OPD", {field: value})
    named = {name.split(".")[0] for name in faulty(problem(answer, 422, "invalid"))}
    assert named == {field}


def test_a_request_refused_is_refused_before_its_key_is_read(
    calling_as: Callable[..., ApiClient], clinic: Clinic
) -> None:
    """No key at all with rubbish behind it: still only the 401."""
    answer = ApiClient(None).client.post("/api/token", b"{", "application/json")
    problem(answer, 401, "unauthorized")
