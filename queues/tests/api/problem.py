"""What every refusal of the API looks like."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

SHAPE = {"type", "title", "status", "code", "detail", "errors"}


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The answer's body, once it is sure that it is a problem of this kind."""
    body = any_problem(answer)
    assert (answer.status_code, body["code"]) == (status, code), body
    return body


def any_problem(answer: HttpResponse) -> dict[str, Any]:
    assert answer["Content-Type"] == "application/problem+json", answer.content[:300]
    assert answer["Cache-Control"] == "no-store"
    length = answer.get("Content-Length")  # a server believes it
    assert length is None or int(length) == len(answer.content)
    body: dict[str, Any] = answer.json()  # type: ignore[attr-defined]
    assert body.keys() >= SHAPE
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:nextpatient:problem:{body['code']}"
    assert body["detail"]
    for fault in body["errors"]:
        assert fault["field"]
        assert fault["detail"]
    return body


def faulty(body: dict[str, Any]) -> set[str]:
    """The fields that a problem names."""
    return {fault["field"] for fault in body["errors"]}
