"""What becomes of an account. Passwords and second factors themselves are allauth's to change; what
it has changed is written down here, at each clinic where that person works."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from queues import journal
from queues.actions.sending_away import send_away
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, Kind, User
from queues.rules.rights import Actor


@transacted
def tell(kind: Kind, user: User, *, by: Actor, **after: Any) -> None:
    """Written without a word that says who it is."""
    _write(kind, user, by=by, **after)


@transacted
def reset_factors(user: User, *, by: Actor) -> int:
    """For who lost phone and codes: they log in by password alone, and set up a new factor where one
    is asked of them. Says how many were taken away."""
    taken: int = Authenticator.objects.filter(user=user).delete()[0]
    _end_sessions(user)
    if taken:
        _write(Kind.FACTORS_RESET, user, by=by, factors=taken)
    return taken


@transacted
def sign_out(user: User) -> int:
    """Everywhere. Says at how many places they were."""
    return _end_sessions(user)


def _end_sessions(user: User) -> int:
    send_away(user)
    theirs = UserSession.objects.filter(user=user)
    keys = list(theirs.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    ended: int = theirs.delete()[0]
    return ended


def _write(kind: Kind, user: User, *, by: Actor, **after: Any) -> None:
    everywhere = Clinic.objects.all()
    theirs = (
        everywhere if user.is_superuser else everywhere.filter(membership__user=user).distinct()
    )
    entries = [Entry(kind, by, clinic, user.public_id, after=after) for clinic in theirs]
    journal.record(*entries)
