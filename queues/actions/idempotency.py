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
from queues.models import Appointment, KeptAnswer, Visit, WaitlistEntry
from queues.rules.links import hashed

LONGEST_KEY = 255
PARTS = ("status", "body", "visit", "appointment", "entry")  # of an answer


class KeyUsedForAnother(Refused):
    code = "idempotency_key_reused"


@dataclass(frozen=True)
class Answer:
    """What is sent back: a status, plain values, and the row whose link belongs into them."""

    status: int
    body: Any = None
    visit: Visit | None = None
    appointment: Appointment | None = None
    entry: WaitlistEntry | None = None

    @property
    def link(self) -> str:
        linked = self.visit or self.appointment or self.entry
        return linked.url if linked else ""


@transacted
def once(owner: str, key: str, fingerprint: str, act: Callable[[], Answer]) -> Answer:
    """Act, and keep the answer; or give the answer that was kept."""
    key = hashed(key)  # databases disagree on which texts are the same; on digits they agree
    known = KeptAnswer.objects.select_related("visit", "appointment", "entry")
    kept = known.filter(owner=owner, key=key).first()
    if kept is None:
        # A second request with this key waits here until the first has ended, then fails on the
        # unique key, and its next try finds the answer.
        kept = KeptAnswer.objects.create(owner=owner, key=key, fingerprint=fingerprint)
        answer = act()
        for name in PARTS:
            setattr(kept, name, getattr(answer, name))
        kept.save(update_fields=PARTS)
        return answer
    if kept.fingerprint != fingerprint:
        raise KeyUsedForAnother(_("This Idempotency-Key was used for another request."))
    assert kept.status is not None, "a kept answer is committed together with its status"
    return Answer(kept.status, kept.body, kept.visit, kept.appointment, kept.entry)
