"""How many sockets a network holds. A hospital's Wi-Fi is one address, so the ceiling is high: it
is there for one who opens sockets without end, and keeps the others' screens alive."""

from __future__ import annotations

from collections import Counter

from django.conf import settings


class Crowd:
    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    def admit(self, network: str) -> bool:
        full = self._held.total() >= settings.SOCKETS
        if full or self._held[network] >= settings.SOCKETS_OF_A_NETWORK:
            return False
        self._held[network] += 1
        return True

    def dismiss(self, network: str) -> None:
        self._held[network] -= 1
        if not self._held[network]:
            del self._held[network]
