"""Where and when something was measured."""

from __future__ import annotations

import os

from django.db import connection
from django.utils import timezone


def circumstances() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT VERSION(), @@innodb_flush_log_at_trx_commit")
        version, flush = cursor.fetchone()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{timezone.now():%Y-%m-%d}: {version}, innodb_flush_log_at_trx_commit={flush}, "
        f"{os.cpu_count()} cores, {memory:.0f} GiB"
    )


def load() -> str:
    """How many others wanted those cores in the last minute, ourselves among them."""
    return f"load average {os.getloadavg()[0]:.1f}"
