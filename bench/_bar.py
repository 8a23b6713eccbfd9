"""One figure that was measured, beside its goal."""

from __future__ import annotations

from typing import NamedTuple

from bench._table import at_least, at_most


class Bar(NamedTuple):
    """A figure for the board: what is said of it in a table and drawn in a chart."""

    label: str
    value: float
    goal: float | None = None
    at_most: bool = False  # else at least

    @property
    def told(self) -> list[str]:
        """The cells of a table: the figure, its goal, and whether that was reached."""
        if self.goal is None:
            return [f"{self.value:.2f}", "", ""]
        return (at_most if self.at_most else at_least)(self.value, self.goal)

    @property
    def reached(self) -> bool | None:
        """None where there is no goal to reach."""
        return None if self.goal is None else self.told[-1] == "reached"
