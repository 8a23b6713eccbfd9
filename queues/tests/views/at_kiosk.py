"""A patient who answers at the kiosk, as a person would: question after question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from queues.tests.views.conftest import Browser

KIOSK = "/kiosk/main/"
NEW = {"who": "new", "name": "Dora Diaz", "phone": "98450 12345", "birth": "1986"}


class AtKiosk(Browser):
    """The machine by the door."""

    def choose(self, language: str = "en") -> Any:
        return self.send(KIOSK, language=language)

    def answer(self, question: str, answer: str, **more: str) -> Any:
        return self.send(f"{KIOSK}{question}/", answer=answer, **more)

    def skip(self, question: str) -> Any:
        return self.send(f"{KIOSK}{question}/", skip="1")

    def ask(self, question: str) -> str:
        return self.text(f"{KIOSK}{question}/")

    def go_through(self, *, language: str = "en", **answers: str) -> Any:
        """Answer all of these in their order, from the beginning."""
        response = self.choose(language)
        for question, answer in answers.items():
            response = self.answer(question, answer)
        return response

    def arrive(self, **others: str) -> Any:
        """Somebody new, up to the number in Outpatients."""
        return self.go_through(**{**NEW, "need": "OPD", "about": "nothing", **others})


def later(monkeypatch: pytest.MonkeyPatch, **passed: float) -> None:
    then = timezone.now() + timedelta(**passed)
    monkeypatch.setattr(timezone, "now", lambda: then)


def stands_at(response: Any, question: str) -> bool:
    """Whether the browser is sent on to this question."""
    return bool(response["Location"] == f"{KIOSK}{question}/")
