"""Who a person is, as far as a reception can know it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.rules.people import (
    NUMBER_ALPHABET,
    NotAName,
    NotAPhone,
    age_on,
    clean_name,
    clean_phone,
    clean_text,
    new_number,
    tidy_number,
    years_since,
)

ZWJ, ZWNJ = "\u200d", "\u200c"


@pytest.mark.parametrize(
    "typed",
    [
        "9845012345",
        "09845012345",
        "+919845012345",
        "+91 98450 12345",
        "+91-98450-12345",
        "(+91) 98450.12345",
        "0091 98450 12345",
        "98450 12345",
        "  98450\u00a012345 ",
        "९८४५०१२३४५",
        "９８４５０１２３４５",
        "٩٨٤٥٠١٢٣٤٥",
        "+91 (0)98450 12345",
        "tel:+91-98450-12345",
    ],
)
def test_a_phone_is_one_however_it_is_typed(typed: str) -> None:
    assert clean_phone(typed, "IN") == "+919845012345"


def test_a_foreign_phone_keeps_its_country() -> None:
    assert clean_phone("+49 30 901820", "IN") == "+4930901820"
    assert clean_phone("030 901820", "DE") == "+4930901820"


def test_a_family_shares_the_extension_too() -> None:
    assert clean_phone("98450 12345 ext. 7", "IN") == "+919845012345"


@pytest.mark.parametrize("typed", ["", "abc", "12345", "+", "98450-123451234567", "\x00", "📞"])
def test_what_is_no_phone_is_refused(typed: str) -> None:
    with pytest.raises(NotAPhone):
        clean_phone(typed, "IN")


@given(st.text(max_size=40))
def test_whatever_is_typed_as_a_phone_is_e164_or_refused(typed: str) -> None:
    try:
        phone = clean_phone(typed, "IN")
    except NotAPhone:
        return
    assert re.fullmatch(r"\+[0-9]{7,15}", phone)


@pytest.mark.parametrize(
    "name",
    [
        "Asha Rao",
        "सुनीता देवी",
        "نور الهدى",
        "கவிதா முருகன்",
        "李伟",
        "Ó Súilleabháin",
        "🙂",
        "👩‍⚕️",
        f"क्{ZWJ}ष",
        f"می{ZWNJ}خواهم",
        "Al-Khwārizmī (Jr.)",
        "X",
    ],
)
def test_a_name_stays_as_it_is_spelt(name: str) -> None:
    assert clean_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Asha \t Rao\n", "Asha Rao"),
        ("Asha\u00a0Rao", "Asha Rao"),
        ("Jose\u0301", "José"),  # composed: one spelling, found again
        ("Asha\u202eoaR", "AshaoaR"),  # what follows would be read backwards
        ("\u2066Asha\u2069", "Asha"),
        ("As\x07ha", "Asha"),
        ("As\ud800ha", "Asha"),
    ],
)
def test_what_cannot_be_seen_goes(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    ["", "   ", ZWJ, "\u202e", "...", "\x00", "Asha\x00Rao", "A" * 201, "अ" * 10_000],
)
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(NotAName):
        clean_name(typed)


def test_two_hundred_characters_are_a_name() -> None:
    assert clean_name("अ" * 200) == "अ" * 200


@given(st.text(max_size=60))
def test_cleaning_twice_is_cleaning_once(typed: str) -> None:
    once = clean_text(typed)
    assert clean_text(once) == once
    assert "\x00" not in once
    once.encode()  # half of a character could not be stored


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(1990, 3, 4), date(2026, 3, 3), 35),
        (date(1990, 3, 4), date(2026, 3, 4), 36),
        (date(2026, 3, 4), date(2026, 3, 4), 0),
        (date(2004, 2, 29), date(2026, 2, 28), 21),
        (date(2004, 2, 29), date(2026, 3, 1), 22),
        (date(1896, 1, 1), date(2026, 1, 1), 130),
    ],
)
def test_an_age_changes_on_the_birthday(born: date, today: date, age: int) -> None:
    assert age_on(today, born) == age


def test_who_was_registered_by_age_grows_older_with_the_years() -> None:
    registered = date(2026, 3, 4)
    assert years_since(date(2026, 3, 4), registered) == 0
    assert years_since(date(2027, 3, 3), registered) == 0
    assert years_since(date(2027, 3, 4), registered) == 1
    assert years_since(date(2025, 1, 1), registered) == 0, "a clock that was wrong makes no child"


def test_a_patients_number_is_drawn_and_easy_to_read_out() -> None:
    numbers = {new_number() for _ in range(500)}
    assert len(numbers) == 500
    for number in numbers:
        assert re.fullmatch(rf"P[{NUMBER_ALPHABET}]{{4}}-[{NUMBER_ALPHABET}]{{4}}", number)
    assert not set("01ILOU") & set(NUMBER_ALPHABET)


def test_a_number_is_read_however_it_is_typed() -> None:
    for typed in ("PABCD-2345", "pabcd2345", " P ABCD 2345 ", "ＰＡＢＣＤ－２３４５"):
        assert tidy_number(typed) == "PABCD-2345"
    number = new_number()
    assert tidy_number(number.lower().replace("-", "")) == number
    assert tidy_number(" A-012 ") == "A-012"
