"""How often one may guess a year of birth to a phone, at a kiosk, in the portal, or by a key.

Only misses count, and whether the phone is known makes no difference, so that the answer tells
nothing. A network that has guessed too often keeps nobody else away; all of them together do.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from queues.actions import limits, patients
from queues.actions.refusals import Conflict
from queues.models import Patient
from queues.rules.limits import Door
from queues.rules.links import hashed
from queues.rules.networks import network_of


class TooManyTries(Conflict):
    code = "too_many_tries"


def find(request: HttpRequest, given: dict[str, Any]) -> Patient:
    """Whoever fits; after too many misses nobody does for a while."""
    if not given.get("phone"):
        return patients.find_returning(given)
    phone = hashed(str(given["phone"]))
    here = f"{phone}:{network_of(request.META['REMOTE_ADDR'])}"
    try:
        limits.spend(Door.GUESS, here)
        limits.spend(Door.GUESSES, phone)
    except limits.TooMany as refused:
        sentence = _("Too many tries. Please try again in an hour, or see the reception.")
        raise TooManyTries(sentence, retry_after=refused.seconds) from refused
    found = patients.find_returning(given)
    limits.give_back(Door.GUESS, here)
    limits.give_back(Door.GUESSES, phone)
    return found


def same(given: dict[str, Any], name: str) -> Patient | None:
    """Whoever says to be new, and is known by all they typed: a second record of them would stand
    in the way when they look for their appointments. Their page says nothing of it."""
    fits = Patient.known_by(given["phone"], given["birth_year"])
    named = [one for one in fits if one.name.casefold() == name.casefold()]
    return named[0] if len(named) == 1 else None
