from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class InPages(models.QuerySet[M]):
    def in_pages(self, size: int = 20) -> Iterator[M]:
        """One by one, a few at a time: mostly the first will do, and there may be hundreds."""
        start = 0
        while page := list(self[start : start + size]):
            yield from page
            start += size
