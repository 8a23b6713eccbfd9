"""Who counts as one, of those who come from outside."""

from __future__ import annotations

from ipaddress import ip_address, ip_network


def network_of(address: str) -> str:
    """An IPv6 household has a whole /64 to itself; an IPv4 address stands alone."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address  # a Unix socket has none
    return str(ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else address
