"""How often one may guess a year of birth to a phone.

Whether the phone is known makes no difference, so that the answer tells nothing. The count is in
the cache, which may be forgotten: it slows guessing down, and nothing rests on it.
"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from queues.actions import patients
from queues.actions.refusals import Conflict, NotThere, SeveralMatches
from queues.models import Patient
from queues.rules.limits import Door
from queues.rules.links import hashed
from queues.views.doors import hold_back

MOST = 6
FORGOTTEN_AFTER = 3600  # seconds


class TooManyTries(Conflict):
    code = "too_many_tries"


def find(request: HttpRequest, given: dict[str, Any]) -> Patient:
    """Whoever fits, as at the kiosk; after too many misses nobody does for a while."""
    hold_back(request, Door.LOOK_UP)
    key = f"tries:{hashed(str(given['phone']))}"
    missed = cache.get(key, 0)
    if missed >= MOST:
        raise TooManyTries(_("Too many tries. Please try again in an hour, or see the reception."))
    try:
        return patients.find_returning(given)
    except (NotThere, SeveralMatches):
        cache.set(key, missed + 1, FORGOTTEN_AFTER)
        raise


def same(given: dict[str, Any], name: str) -> Patient | None:
    """Whoever says to be new, and is known by all they typed: a second record of them would stand
    in the way when they look for their appointments. Their page says nothing of it."""
    fits = Patient.objects.known_by(given["phone"], given["birth_year"]).now()
    named = [one for one in fits if one.name.casefold() == name.casefold()]
    return named[0] if len(named) == 1 else None
