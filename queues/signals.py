"""What Django tells us by itself; nothing of ours is told this way."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from queues.actions.sending_away import send_away
from queues.models import User


@receiver(user_logged_out)
def close_their_screens(user: User | None, **told: Any) -> None:
    """Nobody's, where the session was over before."""
    if user is not None:
        send_away(user)
