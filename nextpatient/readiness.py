"""Whether this process can serve: what it needs and does not have, by name. Never why: an error of
the database may tell where it is and who asked."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor
from functools import cache
from typing import Any

from channels.layers import get_channel_layer
from django.db import Error, close_old_connections, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from redis import RedisError

from nextpatient.looks import PATIENCE, Look

log = logging.getLogger(__name__)


class Readiness:
    def __init__(self, thread: Executor) -> None:
        self.database = Look(missing_in_database, thread)

    async def missing(self) -> list[str]:
        database, layer = await asyncio.gather(self.database(), missing_channel_layer())
        return [*(["database"] if database is None else database), *layer]


def missing_in_database() -> list[str]:
    close_old_connections()
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Error as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        connection.close()
        return ["database"]
    return [] if known_migrations() <= set(applied) else ["migrations"]


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """All that this code brings."""
    return frozenset(MigrationLoader(None).disk_migrations)


async def missing_channel_layer() -> list[str]:
    layer: Any = get_channel_layer()
    try:
        await asyncio.wait_for(layer.group_send("readyz", {"type": "readyz"}), PATIENCE)
    except (RedisError, OSError, TimeoutError) as error:
        log.warning("the channel layer does not answer: %s", type(error).__name__)
        return ["channel layer"]
    return []
