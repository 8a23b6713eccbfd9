"""A day through all the doors: whoever hears addresses, logs, hints or events learns no names."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.test import Client

from queues.actions import calling
from queues.management.commands.duties import DUTIES
from queues.models import Clinic, Department, Event, Patient, Token
from queues.rules.rights import SYSTEM, Role
from queues.screens.heads import path_of
from queues.tests import agenda, cast
from queues.tests.conftest import ApiClient
from queues.tests.story import fresh
from queues.tests.views.at_kiosk import AtKiosk
from queues.tests.views.book.at_portal import AtPortal
from queues.tests.views.conftest import Browser

pytestmark = pytest.mark.django_db(transaction=True)

AT_KIOSK = {"name": "Zenobia Quist", "phone": "98450 98450", "birth": "1961"}
ONLINE = {"name": "Xanthe Vogel", "phone": "98450 97531", "birth": "1958"}
AT_DESK = {"name": "Yvette Umlaut", "phone": "98450 86420", "age": "66", "gender": "female"}
BY_API = {"name": "Wilfred Quux", "phone": "98450 75319", "age": 40}
WORDS = ("zenobia", "quist", "xanthe", "vogel", "yvette", "umlaut", "wilfred", "quux")
DIGITS = ("9845098450", "9845097531", "9845086420", "9845075319")
PATIENCE = 20
ADDRESS = re.compile(r'(?:href|src|action|formaction|hx-[a-z]+|content|data-[a-z-]+)="([^"]*)"')


def personal(text: str) -> list[str]:
    """What of them is in a text, however the phone is spaced."""
    folded = text.casefold()
    digits = re.sub(r"[\s+%-]|%20", "", folded)
    return [word for word in WORDS if word in folded] + [one for one in DIGITS if one in digits]


class Addresses:
    """Stands between browser and house, and hears every address, both ways."""

    heard: list[str] = []

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        self.heard.append(request.get_full_path())
        self.heard.append(response.get("Location", ""))
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            self.heard += ADDRESS.findall(response.content.decode())
        return response


class Overheard(InMemoryChannelLayer):
    """What goes from process to process, a moment after each change."""

    said: list[str] = []

    @classmethod
    def hears(cls, number: int) -> str:
        until = time.monotonic() + PATIENCE
        while len(cls.said) < number and time.monotonic() < until:
            time.sleep(0.01)
        assert len(cls.said) >= number
        return "\n".join(cls.said)

    async def group_send(self, group: str, message: Any) -> None:
        self.said.append(f"{group} {message}")
        await super().group_send(group, message)


@pytest.fixture
def addresses(settings: LazySettings) -> list[str]:
    settings.MIDDLEWARE = [f"{__name__}.Addresses", *settings.MIDDLEWARE]
    Addresses.heard.clear()
    return Addresses.heard


@pytest.fixture
def overheard(monkeypatch: pytest.MonkeyPatch) -> type[Overheard]:
    Overheard.said.clear()
    monkeypatch.setitem(channel_layers.backends, "default", Overheard())
    return Overheard


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """All of them, whatever their level."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


def a_day(clinic: Clinic, opd: Department) -> None:
    """Four people come in by four doors, and are found, called, corrected, written about."""
    (slot,) = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(clinic))
    _at_the_kiosk()
    link = AtPortal().book(slot, **ONLINE)
    AtPortal().text(link)
    desk = _at_the_desk(clinic)
    _by_the_api(clinic, desk)
    Client().get("/display/main/")
    for duty, _every in DUTIES:
        duty()


def _at_the_kiosk() -> None:
    kiosk = AtKiosk()
    kiosk.arrive(**AT_KIOSK)
    kiosk.text("/kiosk/main/ticket/")
    visit = Token.objects.select_related("visit").latest("pk").visit
    Browser().text(f"/t/{visit.secret}/")
    kiosk.send("/kiosk/main/start-again/")
    known = {"phone": AT_KIOSK["phone"], "age": AT_KIOSK["birth"]}
    kiosk.go_through(who="returning", by="phone", **known)


def _at_the_desk(clinic: Clinic) -> Browser:
    desk = Browser()
    desk.force_login(cast.user(clinic, "amina", Role.ADMIN))
    reception = "/desk/main/OPD/reception/"
    given = desk.send(f"{reception}register/", **AT_DESK)
    desk.text(given["Location"])
    for name in ("Zenobia", "98450 86420"):
        for page in (reception, "/desk/main/OPD/find/", "/patients/", "/appointments/new/"):
            desk.send(page, search=name)
    patient = Patient.objects.get(name=AT_DESK["name"])
    record = f"/patients/{patient.public_id}/"
    desk.text(record)
    desk.send(f"{record}correct/", **{**AT_DESK, "age": "67"})
    calling.call_next(fresh(cast.counter(cast.department(clinic, "OPD"), "1")), by=SYSTEM)
    for page in ("/desk/main/OPD/", "/events/main/OPD/", "/appointments/today/", "/events/"):
        desk.text(page)
    desk.post(f"{record}export/")
    return desk


def _by_the_api(clinic: Clinic, desk: Browser) -> None:
    api = ApiClient(cast.key(clinic, Role.ADMIN))
    made = api.post("/patients", BY_API, **{"Idempotency-Key": "once"}).json()
    wanted = {"patient_id": made["id"], "department": "OPD"}
    token = api.post("/token", wanted).json()
    api.post(f"/token/{token['id']}/action", {"action": "cancel", "reason": "went home"})
    api.post("/patients", {**BY_API, "age": "many"})
    api.post("/patients/lookup", {"phone": BY_API["phone"], "birth_year": 1900})
    assert api.post(f"/patients/{made['id']}/anonymise", {}).status_code == 200
    desk.text(f"/patients/{made['id']}/")


def test_a_day_names_nobody_where_others_hear(
    clinic: Clinic,
    opd: Department,
    addresses: list[str],
    overheard: type[Overheard],
    logs: pytest.LogCaptureFixture,
) -> None:
    a_day(clinic, opd)
    assert Patient.objects.count() == 4
    assert len(addresses) > 500
    assert personal("\n".join(addresses)) == []
    assert personal(overheard.hears(6)) == []
    assert personal(logs.text) == []
    events = [f"{one.before} {one.after} {one.note} {one.counter}" for one in Event.objects.all()]
    assert len(events) > 15
    assert personal("\n".join(events)) == []
    assert personal(path_of("main", clinic.service_day()).read_text()) == []


def test_what_breaks_names_nobody_in_the_log(
    clinic: Clinic,
    opd: Department,
    logs: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody's form is being handled when the database fails."""
    broken = Patient.registered_on.field
    monkeypatch.setattr(broken, "get_db_prep_save", lambda value, connection: "not a day")
    desk = Browser(raise_request_exception=False)
    desk.force_login(cast.user(clinic, "amina", Role.ADMIN))
    answer = desk.send("/desk/main/OPD/reception/register/", **AT_DESK)
    assert answer.status_code == 500
    assert "reception.py:" in logs.text  # where it came through
    assert personal(logs.text) == []
    assert personal(answer.content.decode()) == []


def test_an_address_that_names_somebody_would_be_heard(
    clinic: Clinic, opd: Department, addresses: list[str]
) -> None:
    """The negative control."""
    ApiClient(cast.key(clinic, Role.ADMIN)).get("/patients", search="+91 98450 98450")
    assert personal("\n".join(addresses)) == ["9845098450"]
