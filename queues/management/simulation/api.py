"""A running server's API: one question, one answer, or the reason why not."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

LONGEST = 30  # seconds


class Unreachable(Exception):
    """There is no such server, or it is not one of ours, or the key opens nothing there."""


class Refusal(Exception):
    """The server's no, with its code."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", ""))
        faults = "; ".join(f"{one['field']}: {one['detail']}" for one in problem.get("errors", []))
        super().__init__(f"{status} {self.code}: {problem.get('detail', '')} {faults}".strip())


class _NoDetours(HTTPRedirectHandler):
    """A key goes to the server that was named, and to no other."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Api:
    def __init__(self, url: str, key: str, clinic: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise Unreachable(f"--live needs an address such as http://127.0.0.1:8000, not {url}.")
        self.url = url.rstrip("/")
        self.key = key
        self.clinic = clinic
        self.opener = build_opener(_NoDetours)

    def get(self, path: str, **query: str) -> Any:
        return self.ask("GET", path, query=query)

    def post(self, path: str, body: Any = None, **query: str) -> Any:
        return self.ask("POST", path, {} if body is None else body, query)

    def ask(
        self, method: str, path: str, body: Any = None, query: dict[str, str] | None = None
    ) -> Any:
        """The answer; None where there is nothing to say."""
        asked = {**({"clinic": self.clinic} if self.clinic else {}), **(query or {})}
        request = Request(  # noqa: S310 - the scheme was looked at
            f"{self.url}/api{path}{'?' if asked else ''}{urlencode(asked)}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
            method=method,
        )
        if method == "POST":
            request.add_header("Idempotency-Key", str(uuid4()))
        try:
            with self.opener.open(request, timeout=LONGEST) as answer:
                said = answer.read()
        except HTTPError as error:
            raise self._no(error) from error
        except (URLError, OSError) as error:
            raise Unreachable(f"{self.url} does not answer: {error}") from error
        return json.loads(said) if said else None

    def _no(self, error: HTTPError) -> Exception:
        said = error.read()
        if "json" not in error.headers.get("Content-Type", ""):
            return Unreachable(f"{self.url} is no server of NextPatient: it says {error.code}.")
        refusal = Refusal(error.code, json.loads(said))
        if error.code in (401, 403):
            return Unreachable(f"The key does not open {self.url}: {refusal}")
        return refusal
