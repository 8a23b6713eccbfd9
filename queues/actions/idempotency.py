"""One request, one effect: the same Idempotency-Key gets the first answer again.

The key's row, the action and its answer are one transaction. A duplicate that comes meanwhile
waits on the unique key; if the first was refused, nothing is left of it and the next tries anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from queues.actions.refusals import Refused
from queues.actions.transactions import transacted
from queues.models import KeptAnswer, Visit
from queues.rules.links import hashed

LONGEST_KEY = 255


class KeyUsedForAnother(Refused):
    code = "idempotency_key_reused"


@dataclass(frozen=True)
class Answer:
    """What is sent back: a status, plain values, and the visit whose link belongs into them."""

    status: int
    body: Any = None
    visit: Visit | None = None


@transacted
def once(owner: str, key: str, fingerprint: str, act: Callable[[], Answer]) -> Answer:
    """Act, and keep the answer; or give the answer that was kept."""
    key = hashed(key)  # databases disagree on which texts are the same; on digits they agree
    kept = KeptAnswer.objects.filter(owner=owner, key=key).select_related("visit").first()
    if kept is None:
        # A second request with this key waits here until the first has ended, then fails on the
        # unique key, and its next try finds the answer.
        kept = KeptAnswer.objects.create(owner=owner, key=key, fingerprint=fingerprint)
        answer = act()
        kept.status, kept.body, kept.visit = answer.status, answer.body, answer.visit
        kept.save(update_fields=["status", "body", "visit"])
        return answer
    if kept.fingerprint != fingerprint:
        raise KeyUsedForAnother(_("This Idempotency-Key was used for another request."))
    assert kept.status is not None, "a kept answer is committed together with its status"
    return Answer(kept.status, kept.body, kept.visit)
