"""Where and when something was measured."""

from __future__ import annotations

import os

from django.db import connection
from django.utils import timezone


def circumstances(*, quick: bool = False) -> str:
    """On MariaDB, which flushes its log at each commit or does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT VERSION(), @@innodb_flush_log_at_trx_commit")
        version, flush = cursor.fetchone()
    return circumstances_on(f"{version}, innodb_flush_log_at_trx_commit={flush}", quick=quick)


def circumstances_on(engine: str, *, quick: bool = False) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    told = f"{timezone.now():%Y-%m-%d}: {engine}, {os.cpu_count()} cores, {memory:.0f} GiB"
    return f"{told}; a quick run, less exact" if quick else told


def load() -> str:
    """How many others wanted those cores in the last minute, ourselves among them."""
    return f"load average {os.getloadavg()[0]:.1f}"
