"""How often each door opens for one caller. Tight where strangers could guess or fill, wide where a
whole hospital stands behind one address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Door(StrEnum):
    LOG_IN = "log_in"  # by network, or by browser where somebody logged in before
    # A password, by account (also one that there is not) and network; a code, by account.
    ACCOUNT = "account"
    TRIES = "tries"  # a password, from wherever; by account
    RESET = "reset"  # a mail with a link to a new password; by its address
    LOOK_UP = "look_up"  # a record by phone, card or code, by somebody unknown; by network
    GUESS = "guess"  # a year of birth to a phone, wrongly; by phone and network
    GUESSES = "guesses"  # the same, from wherever; by phone
    REGISTER = "register"  # a new record or a number, by somebody unknown; by network
    BOOK = "book"  # a place, by somebody unknown; by network
    BAD_LINK = "bad_link"  # an address that leads nowhere; by network
    BAD_KEY = "bad_key"  # a key that is none; by network
    OWN_PAGE = "own_page"  # what a patient does on the page behind their link; by link
    KEY = "key"  # everything that a key asks for; by key
    PAIR = "pair"  # a code for a new screen, by network; a code that is typed, by user
    DEVICE = "device"  # the same of a kiosk or a wall; by device
    PUBLIC = "public"  # every page and public read; by network


@dataclass(frozen=True)
class Rate:
    """So many in so many seconds."""

    most: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> Rate:
        """As settings write it: 20/60."""
        written = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)
        if written is None:
            raise ValueError(f"{text!r} is no rate like 20/60")
        return cls(int(written[1]), int(written[2]))


RATES: Mapping[Door, Rate] = {
    Door.LOG_IN: Rate(120, 60),  # at a change of shifts wards log in behind one address
    Door.ACCOUNT: Rate(10, 300),
    # Above what one network may: nobody alone keeps a colleague out who is somewhere else.
    Door.TRIES: Rate(300, 3600),
    Door.RESET: Rate(5, 3600),
    Door.LOOK_UP: Rate(30, 60),
    Door.GUESS: Rate(6, 3600),
    Door.GUESSES: Rate(30, 3600),
    Door.REGISTER: Rate(30, 60),
    Door.BOOK: Rate(30, 60),
    Door.BAD_LINK: Rate(30, 60),
    Door.BAD_KEY: Rate(60, 60),
    Door.OWN_PAGE: Rate(20, 60),
    Door.KEY: Rate(1_000, 1),  # far above a hospital's peak; a key may have its own
    Door.PAIR: Rate(60, 60),  # after a power cut a whole house of screens may ask
    Door.DEVICE: Rate(1_000, 1),
    Door.PUBLIC: Rate(20_000, 1),
}
