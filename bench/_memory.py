"""What a process holds in memory, as the kernel tells it to whoever looks from outside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

KIB = re.compile(r"^(Rss|Pss):\s+(\d+) kB$", re.MULTILINE)


class Memory(NamedTuple):
    """In KiB: what is resident, and the same with a fair share of what others have as well."""

    rss: int
    pss: int | None  # not every kernel tells

    @property
    def figures(self) -> list[str]:
        return [_mib(self.rss), "" if self.pss is None else _mib(self.pss)]


def memory_of(pid: int) -> Memory:
    try:
        told = dict(KIB.findall(Path(f"/proc/{pid}/smaps_rollup").read_text()))
        return Memory(int(told["Rss"]), int(told["Pss"]))
    except (OSError, KeyError):
        status = Path(f"/proc/{pid}/status").read_text()
        return Memory(int(status.split("VmRSS:")[1].split()[0]), None)


def _mib(kib: int) -> str:
    return f"{kib / 1024:.1f}"
