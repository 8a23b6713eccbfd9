"""Who counts as one, of those who come from outside."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address, ip_network


@lru_cache(4096)  # the same few ask again and again
def network_of(address: str) -> str:
    """An IPv6 household has a whole /64 to itself; an IPv4 address stands alone."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address  # a Unix socket has none
    return str(ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else address
