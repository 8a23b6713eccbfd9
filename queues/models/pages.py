from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class OneByOne(models.QuerySet[M]):
    def one_by_one(self, size: int = 20) -> Iterator[M]:
        """In their order, a few at a time: mostly the first will do, and there may be hundreds. Those
        that others take meanwhile are left out, and move nobody behind them out of the way."""
        few = list(self[:size])
        yield from few
        if len(few) < size:
            return
        seen = {one.pk for one in few}
        keys = [key for key in self.values_list("pk", flat=True) if key not in seen]
        for start in range(0, len(keys), size):
            yield from self.filter(pk__in=keys[start : start + size])
