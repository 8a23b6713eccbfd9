"""How rates are written, and what they must never be."""

from __future__ import annotations

import pytest

from queues.rules.limits import RATES, Door, Rate
from queues.rules.networks import network_of


def test_every_door_has_a_rate() -> None:
    assert set(RATES) == set(Door)


def test_a_rate_is_read_as_it_is_written() -> None:
    assert Rate.read("30/60") == Rate(30, 60)


@pytest.mark.parametrize("text", ["", "30", "30/0", "0/60", "-1/60", "a/b", "1/2/3"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        Rate.read(text)


@pytest.mark.parametrize("door", [Door.KEY, Door.DEVICE])
def test_a_hospitals_peak_is_far_below(door: Door) -> None:
    assert RATES[door].most / RATES[door].seconds >= 1_000


@pytest.mark.parametrize("door", [Door.LOOK_UP, Door.REGISTER, Door.BOOK, Door.BAD_LINK])
def test_a_stranger_is_held_back(door: Door) -> None:
    assert RATES[door].most / RATES[door].seconds <= 1


def test_a_household_is_one() -> None:
    assert network_of("2001:db8:1:2::7") == network_of("2001:db8:1:2:3::9")
    assert network_of("192.0.2.7") != network_of("192.0.2.8")
