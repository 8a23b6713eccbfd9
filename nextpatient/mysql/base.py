"""Django's connection to MySQL and MariaDB. An action asks some twelve questions, and Django asks
three more around them: whether the database is there, and autocommit off and on again. Two of them
are left out here; what it gains is in docs/bench.md.
"""

from __future__ import annotations

import time
from typing import Any

from django.db.backends.mysql import base

HEARD_FOR = 0.25  # seconds: whoever answered so lately is there


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heard_at = -HEARD_FOR

    def connect(self) -> None:
        super().connect()
        self._heard_at = time.monotonic()

    def is_usable(self) -> bool:
        """After an error it is always asked."""
        if self.errors_occurred or time.monotonic() >= self._heard_at + HEARD_FOR:
            if not super().is_usable():
                return False
            self._heard_at = time.monotonic()
        return True

    def _start_transaction_under_autocommit(self) -> None:
        """Django begins so where autocommit cannot be turned off; here it need not be."""
        with self.cursor() as cursor:
            cursor.execute("BEGIN")
