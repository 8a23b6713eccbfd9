"""What anybody may read: finished bytes with an ETag, and all that whoever keeps them must know."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from queues.rules.topics import Rests


@dataclass(frozen=True)
class Published:
    """The ETag says whether anything in it has changed but the time at which it was read."""

    body: bytes
    etag: str
    rests: Rests | None = None  # on what; where nobody says, nobody keeps them
    again: Callable[[], Published | None] | None = None  # read anew; None: whoever asks must ask
    part: Callable[[str], Published | None] | None = None  # what it says of one label

    def that_can_be_read(self, again: Callable[[], Published | None]) -> Published:
        return replace(self, again=again)

    @classmethod
    def of(cls, facts: dict[str, Any], rests: Rests | None = None, **more: Any) -> Published:
        body = lasting = _dumped(facts)
        if "as_of" in facts:
            lasting = _dumped({name: value for name, value in facts.items() if name != "as_of"})
        return cls(body, f'W/"{hashlib.sha256(lasting).hexdigest()[:24]}"', rests, **more)


def _dumped(facts: Any) -> bytes:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
