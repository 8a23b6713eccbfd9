"""A patient at the portal: from a free time to the page of what they booked."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from queues.models import Appointment, Slot, WaitlistEntry
from queues.tests.views.conftest import Browser

DORA = {"name": "Dora Diaz", "phone": "98450 12345", "birth": "1986"}
SECRET = re.compile(r"/book/([aw])/([\w-]{43})/")


class AtPortal(Browser):
    """A phone that has never been here."""

    def known(self, slot: Slot, phone: str, birth: str) -> Any:
        return self.send(of(slot), who="known", phone=phone, birth=birth)

    def new(self, slot: Slot, **others: str) -> Any:
        return self.send(of(slot), who="new", **{**DORA, **others})

    def book(self, slot: Slot, **others: str) -> str:
        """Somebody new books it; returns the address of the appointment's page."""
        assert self.new(slot, **others)["Location"] == f"{of(slot)}check/"
        answer = self.send(f"{of(slot)}check/", reason="")
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"])


def of(slot: Slot) -> str:
    return f"/book/time/{slot.public_id}/"


def link_of(row: Appointment | WaitlistEntry) -> str:
    return f"/book/{'a' if isinstance(row, Appointment) else 'w'}/{row.secret}/"


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def later(monkeypatch: pytest.MonkeyPatch, **passed: float) -> None:
    at(monkeypatch, timezone.now() + timedelta(**passed))
