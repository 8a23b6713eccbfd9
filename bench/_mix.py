"""What a group of clinics is asked on an ordinary day, as drawn cards: which kind, of which clinic."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from uuid import UUID

from bench._group import Place
from bench._open_loop import Asked

# Of a thousand requests. Screens and phones ask all day, people act now and then.
READS = {"now serving": 400, "queue": 80, "place": 280, "availability": 120, "search": 80}
ACTIONS = {"register": 6, "token": 6, "call next": 10, "book": 8}
PAGES = {"desk page": 10}
MIX = {**READS, **ACTIONS, **PAGES}
SPECIALTIES = ("Cardiology", "Dermatology", "Eyes", "Neurology", "Paediatrics", "Surgery")
OK = frozenset({200})


class Deck:
    def __init__(self, host: str, places: Sequence[Place], strangers: Sequence[UUID]) -> None:
        self.host, self.places, self.strangers = host, list(places), iter(strangers)
        self.chance = random.Random(11)
        self.newcomers = 0
        self.kinds, self.weights = list(MIX), list(MIX.values())
        self.makers: dict[str, Callable[[Place], Asked]] = {
            "now serving": self._now_serving,
            "queue": self._queue,
            "place": self._place,
            "availability": self._availability,
            "search": self._search,
            "register": self._register,
            "token": self._token,
            "call next": self._call,
            "book": self._book,
            "desk page": self._desk,
        }

    def draw(self) -> Asked:
        return self.one(self.chance.choices(self.kinds, self.weights)[0])

    def one(self, kind: str) -> Asked:
        return self.makers[kind](self.chance.choice(self.places))

    def everything(self, times: int) -> list[Asked]:
        """All that is looked at, of each clinic."""
        looks = [
            self.makers[kind](place) for kind in (*READS, *PAGES) for place in self.places * times
        ]
        self.chance.shuffle(looks)
        return looks

    # Everybody's

    def _now_serving(self, at: Place) -> Asked:
        return self._get("now serving", f"/api/now_serving?clinic={at.clinic}&department=OPD")

    def _queue(self, at: Place) -> Asked:
        return self._get("queue", f"/api/queue?clinic={at.clinic}&department=OPD")

    def _place(self, at: Place) -> Asked:
        mine = self.chance.choice(at.labels)
        where = f"/api/place?clinic={at.clinic}&department=OPD&label={mine}"
        return self._get("place", where, frozenset({200, 404}))

    def _availability(self, at: Place) -> Asked:
        return self._get("availability", f"/api/availability?clinic={at.clinic}")

    def _search(self, _at: Place) -> Asked:
        specialty = self.chance.choice(SPECIALTIES)
        return self._get("search", f"/api/availability?specialty={specialty}")

    # Of kiosks and desks

    def _register(self, at: Place) -> Asked:
        self.newcomers += 1
        person = {"name": f"Newcomer {self.newcomers}", "phone": f"+9196{self.newcomers:08}"}
        return self._post("register", at, "/api/patients", {**person, "age": 30}, {201})

    def _token(self, at: Place) -> Asked:
        body = {"patient_id": str(next(self.strangers)), "department": "OPD"}
        return self._post("token", at, "/api/token", body, {201})

    def _call(self, at: Place) -> Asked:
        """Two desks of one department may ask at once: then one of them hears 409."""
        counter = self.chance.choice("12")
        body = {"department": "OPD", "counter": counter, "complete": True}
        return self._post("call next", at, "/api/queue/call_next", body, {200, 204, 409})

    def _book(self, at: Place) -> Asked:
        doctor, slot = self.chance.choice(at.slots)
        body = {"doctor_id": doctor, "slot_id": slot, "source": "online"}
        return self._post("book", at, "/api/book", body, {201, 409})

    def _desk(self, at: Place) -> Asked:
        path = f"/desk/{at.clinic}/OPD/"
        return self._get("desk page", path, OK, f"Cookie: {at.cookie}\r\n")

    # As text

    def _get(self, kind: str, path: str, allowed: frozenset[int] = OK, more: str = "") -> Asked:
        head = f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\nAccept-Encoding: gzip\r\n{more}\r\n"
        return Asked(kind, head.encode(), allowed)

    def _post(self, kind: str, at: Place, path: str, body: object, allowed: set[int]) -> Asked:
        text = json.dumps(body)
        head = [
            f"POST {path} HTTP/1.1",
            f"Host: {self.host}",
            f"Authorization: Bearer {at.key}",
            "Content-Type: application/json",
            f"Content-Length: {len(text)}",
        ]
        return Asked(kind, "\r\n".join([*head, "", text]).encode(), frozenset(allowed))
