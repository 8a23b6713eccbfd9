"""The keys that sign the history."""

from __future__ import annotations

import pytest

from queues.rules.keyring import NotAKeyring, keyring

SECRET, OTHER = "s" * 32, "o" * 32


def test_the_first_signs_and_all_are_found_by_their_id() -> None:
    keys = keyring(f"new:{SECRET}, old:{OTHER}")
    assert keys.signs.id == "new"
    assert keys.find("old") == keyring(f"old:{OTHER}").signs
    assert keys.find("new") == keys.signs
    assert keys.find("") is None


def test_each_purpose_has_a_key_of_its_own() -> None:
    key = keyring(f"one:{SECRET}").signs
    assert len({key.for_events, key.for_heads, SECRET.encode()}) == 3
    assert len(key.for_events) == len(key.for_heads) == 32


def test_the_same_secret_is_the_same_key_whatever_it_is_called() -> None:
    assert keyring(f"a:{SECRET}").signs.for_events == keyring(f"b:{SECRET}").signs.for_events
    assert keyring(f"a:{SECRET}").signs.for_events != keyring(f"a:{OTHER}").signs.for_events


@pytest.mark.parametrize(
    "text",
    [
        "",
        SECRET,
        f":{SECRET}",
        "one:short",
        f"a b:{SECRET}",
        f"{'i' * 17}:{SECRET}",
        f"a:{SECRET},",
    ],
)
def test_what_is_not_a_key_is_told_without_repeating_it(text: str) -> None:
    with pytest.raises(NotAKeyring) as told:
        keyring(text)
    assert SECRET not in str(told.value)


def test_two_keys_of_one_id_are_refused() -> None:
    with pytest.raises(NotAKeyring):
        keyring(f"one:{SECRET},one:{OTHER}")


def test_no_secret_is_in_what_is_printed_of_a_key() -> None:
    keys = keyring(f"one:{SECRET}")
    for shown in (repr(keys), str(keys.signs)):
        assert "one" in shown
        assert SECRET not in shown
        assert repr(keys.signs.for_events) not in shown
