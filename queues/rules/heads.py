"""Where a ledger stood, signed, to be kept outside of the database: a line of JSON each.

Each line covers the one before it, so that none is taken out of a file unnoticed, as no event is
taken out of a ledger. A line without its end is what a power cut left of it, and counts for nothing.
"""

from __future__ import annotations

import hmac
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from queues.rules.chain import BEGINNING, canonical, sign
from queues.rules.keyring import Key, Keyring

Ledger = tuple[str, str]  # the clinic's code, and which of its ledgers


class Fault(StrEnum):
    """What is wrong with a line."""

    ILLEGIBLE = "illegible"
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    OUT_OF_LINE = "out_of_line"  # it does not follow the line before it


@dataclass(frozen=True)
class Head:
    """The last event of a ledger at some moment; of one that is removed, the last for ever."""

    at: str  # when that was written down
    clinic: str
    ledger: str
    day: str
    seq: int
    head: str
    event_key: str = ""  # by which that event is signed
    removed: bool = False

    @property
    def of(self) -> Ledger:
        return self.clinic, self.ledger


@dataclass
class Page:
    """What is written down of one day, and where it is not to be trusted."""

    heads: dict[Ledger, list[Head]] = field(default_factory=lambda: defaultdict(list))
    faults: list[tuple[int, Fault]] = field(default_factory=list)  # line by line
    last: str = BEGINNING  # the signature of the last line

    def of(self, ledger: Ledger) -> list[Head]:
        return self.heads.get(ledger, [])

    def newest(self, ledger: Ledger) -> Head | None:
        heads = self.of(ledger)
        return heads[-1] if heads else None

    def is_removed(self, ledger: Ledger) -> bool:
        return any(head.removed for head in self.of(ledger))

    def all(self) -> Iterator[Head]:
        for heads in self.heads.values():
            yield from heads


def written(head: Head, after: str, key: Key) -> tuple[str, str]:
    """The line that follows the one with the signature `after`, and its own signature."""
    facts = {**asdict(head), "after": after, "key": key.id}
    signature = sign(canonical(facts), key.for_heads)
    return canonical({**facts, "signature": signature}) + "\n", signature


def read(text: str, keys: Keyring) -> Page:
    """A file, line by line. What a line says that does not hold is not believed."""
    page = Page()
    for number, line in enumerate(text.split("\n")[:-1], 1):
        head, fault = _read_line(page, line, keys)
        if fault:
            page.faults.append((number, fault))
        if head:
            page.heads[head.of].append(head)
    return page


def finished(text: bytes) -> bytes:
    """Without the beginning of a line that was never finished."""
    return text[: text.rfind(b"\n") + 1]


def _read_line(page: Page, line: str, keys: Keyring) -> tuple[Head | None, Fault | None]:
    try:
        facts: dict[str, Any] = json.loads(line)
        signature, before = str(facts.pop("signature")), page.last
        follows, key = facts["after"] == before, keys.find(facts["key"])
        head = Head(**{name: facts[name] for name in Head.__dataclass_fields__})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None, Fault.ILLEGIBLE
    page.last = signature
    if key is None:
        return None, Fault.UNKNOWN_KEY
    if not hmac.compare_digest(sign(canonical(facts), key.for_heads), signature):
        return None, Fault.FORGED
    return head, None if follows else Fault.OUT_OF_LINE
