"""`name__says`: search as people type it, whatever the accents and capitals.

MariaDB compares so by its collation. SQLite knows the capitals of English alone, so there both
sides are folded by a function of ours, which every new connection is given.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import Field
from django.db.models.lookups import IContains
from django.dispatch import receiver

ACCENTS = range(0x300, 0x370)  # of Latin, Greek and Cyrillic; the vowels of other scripts stay


def folded(text: str | None) -> str | None:
    if text is None:
        return None
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(each for each in apart if ord(each) not in ACCENTS)


@receiver(connection_created)
def teach(connection: Any, **_signal: object) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("folded", 1, folded, deterministic=True)


@Field.register_lookup
class Says(IContains):
    lookup_name = "says"

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        right, sought = self.process_rhs(compiler, connection)
        return f"folded({left}) LIKE folded({right}) ESCAPE '\\'", (*params, *sought)

    def as_mysql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        right, sought = self.process_rhs(compiler, connection)
        return f"{left} LIKE {right}", (*params, *sought)
