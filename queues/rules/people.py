"""Who a person is, as far as a reception can know it."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import date
from enum import StrEnum

import phonenumbers

OLDEST = 130
LONGEST_NAME = 200
LONGEST_ADDRESS = 300
TURNS_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SHORTEST_PHONE, LONGEST_PHONE = 7, 15  # digits; the longest is E.164's


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class NotAName(ValueError):
    pass


class NotAPhone(ValueError):
    pass


def clean_text(text: str) -> str:
    """One spelling of a text: composed letters, single spaces, nothing that deceives the eye.

    Joiners (ZWNJ, ZWJ) stay: Indic and Arabic names and emoji are spelt with them. What turns
    the direction of writing goes, and so does half of a character, which no database stores.
    """
    spaced = "".join(" " if letter.isspace() else letter for letter in text)
    kept = (letter for letter in spaced if unicodedata.category(letter) not in {"Cc", "Cs"})
    visible = "".join(letter for letter in kept if letter not in TURNS_DIRECTION)
    return " ".join(unicodedata.normalize("NFC", visible).split())


def clean_name(text: str) -> str:
    name = clean_text(text)
    sayable = any(unicodedata.category(letter)[0] in "LMNS" for letter in name)
    if "\x00" in text or not sayable or len(name) > LONGEST_NAME:
        raise NotAName  # without the text: it may be a name, and end up in a log
    return name


def clean_phone(text: str, country: str) -> str:
    """A phone number in E.164, however it was typed, read as in the clinic's country."""
    folded = unicodedata.normalize("NFKC", text).strip()
    try:
        number = phonenumbers.parse(folded, country)
    except phonenumbers.NumberParseException as error:
        raise NotAPhone from error
    digits = str(number.national_number)
    whole = f"{number.country_code}{digits}"
    if len(digits) < SHORTEST_PHONE or len(whole) > LONGEST_PHONE:
        raise NotAPhone
    number.extension = None  # families share the extension too
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_country(code: str) -> bool:
    return code in phonenumbers.SUPPORTED_REGIONS


def age_on(day: date, birth_date: date) -> int:
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday


def years_since(day: date, registered_on: date) -> int:
    """How much older somebody is who was registered by age alone."""
    return max(0, age_on(day, registered_on))


def age_of(
    birth_date: date | None, age_when_registered: int | None, registered_on: date, today: date
) -> int | None:
    """By the day of their birth, or by the age that they told when they were registered."""
    if birth_date:
        return age_on(today, birth_date)
    if age_when_registered is not None:
        return age_when_registered + years_since(today, registered_on)
    return None


NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is mistaken for something else
NUMBER_LENGTH = 8


def new_number() -> str:
    """A patient's number: drawn, not counted, so that nothing can be guessed from it."""
    drawn = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(NUMBER_LENGTH))
    return f"P{drawn[:4]}-{drawn[4:]}"


def tidy_number(text: str) -> str:
    """A patient's number as it is written on the card, however it was typed."""
    folded = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(letter for letter in folded if letter.isalnum())
    is_ours = len(plain) == NUMBER_LENGTH + 1 and plain.startswith("P")
    return f"{plain[:5]}-{plain[5:]}" if is_ours else text.strip()
