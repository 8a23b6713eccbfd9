"""How many sockets a network holds. A hospital's Wi-Fi is one address, so the ceiling is high: it
is there for one who opens sockets without end, and keeps the others' screens alive."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address, ip_network

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


def network_of(address: str) -> str:
    """An IPv6 household has a whole /64 to itself; an IPv4 address stands alone."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address  # a Unix socket has none
    return str(ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else address
