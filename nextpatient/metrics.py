"""What Prometheus is told, and who may see it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hmac import compare_digest
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, close_old_connections, connection
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from queues.management import last_runs
from queues.screens.ledgers import Ledger, ledgers_of_today

COUNTED_TOGETHER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's own name for it


def may_see(scope: Any) -> bool:
    """Whoever holds the token; or a network that is allowed, unless a proxy asks for somebody of
    whom we know nothing."""
    given = dict(scope["headers"]).get(b"authorization", b"")
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    if settings.METRICS_TOKEN and compare_digest(given, wanted):
        return True
    client = scope.get("client")
    return bool(client) and not scope.get("asks_for_another") and _is_allowed(client[0])


def _is_allowed(address: str) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in ip_network(one) for one in settings.METRICS_ALLOW)


def ledgers() -> list[Ledger] | None:
    """None while the database does not answer."""
    close_old_connections()
    try:
        return ledgers_of_today()
    except Error:
        connection.close()
        return None


def exposition(ledgers: list[Ledger] | None) -> tuple[str, bytes]:
    """Its content type, and all of it."""
    return CONTENT_TYPE_LATEST, generate_latest(_counted()) + generate_latest(_seen(ledgers))


def _counted() -> CollectorRegistry:
    """By this process, or by all of this server's together."""
    folder = os.environ.get(COUNTED_TOGETHER)
    if not folder:
        return REGISTRY
    for gauges in Path(folder).glob("gauge_live*.db"):
        pid = gauges.stem.rpartition("_")[2]
        if not _is_alive(int(pid)):
            mark_process_dead(pid)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _seen(ledgers: list[Ledger] | None) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Seen(ledgers))
    return registry


class Seen(Collector):
    """What is not counted, but looked up when somebody asks."""

    def __init__(self, ledgers: list[Ledger] | None) -> None:
        self.ledgers = ledgers

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = self.ledgers is not None
        yield GaugeMetricFamily("nextpatient_database_up", "Whether it answers.", float(up))
        seq = GaugeMetricFamily(
            "nextpatient_ledger_seq", "Events of today.", labels=["clinic", "ledger"]
        )
        for one in self.ledgers or []:
            seq.add_metric([one.clinic, one.ledger], one.seq)
        yield seq
        ran = GaugeMetricFamily(
            "nextpatient_duty_last_success_timestamp_seconds",
            "When each duty was last done by the duties on this machine.",
            labels=["duty"],
        )
        for duty, moment in last_runs.read().items():
            ran.add_metric([duty], moment)
        yield ran
