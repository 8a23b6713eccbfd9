"""Seconds of CPU that a program has had, with all that it started."""

from __future__ import annotations

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def of_tree(pid: int) -> float:
    return _of(pid) + sum(of_tree(child) for child in _children(pid))


def of_mariadb() -> float:
    """The one that has our database: started beside us by `./dev bench`."""
    return sum(_of(pid) for pid in _named("mariadbd"))


def _of(pid: int) -> float:
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _children(pid: int) -> list[int]:
    tasks = (PROC / str(pid) / "task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def _named(name: str) -> list[int]:
    found = []
    for folder in PROC.iterdir():
        try:
            if folder.name.isdigit() and (folder / "comm").read_text().strip() == name:
                found.append(int(folder.name))
        except OSError:  # it has ended meanwhile
            continue
    return found
