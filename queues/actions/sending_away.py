"""What somebody may do has changed, or they have left: their open screens are to ask anew."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from queues import hints
from queues.actions.transactions import transacted
from queues.models import User


@transacted
def send_away(user: User) -> None:
    """A part of whatever changes a membership or an account. Their sockets are closed after the
    commit, and no pass that was shown before opens another."""
    User.objects.filter(pk=user.pk).update(pass_series=F("pass_series") + 1)

    def close() -> None:  # by its name Django tells what failed, and a partial has none
        hints.send_away_user(user.public_id)

    transaction.on_commit(close, robust=True)
