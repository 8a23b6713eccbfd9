"""The security log: who came in, who failed to, what changed about an account. By public ids: no
name, no address and nothing that was typed."""

from __future__ import annotations

import logging

from queues.models import User

log = logging.getLogger("nextpatient.security")


def told(what: str, user: User | None, **facts: str) -> None:
    of = str(user.public_id) if user else "nobody known"
    more = "".join(f", {name} {value}" for name, value in facts.items())
    log.info("%s: %s%s", what, of, more, extra={"facts": {"user": of, **facts}})
