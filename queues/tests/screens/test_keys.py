"""The keyboard of the desk."""

from __future__ import annotations

from queues.screens import keys


def test_no_letter_does_two_things() -> None:
    letters = list(keys.letters().values())
    assert len(set(letters)) == len(letters)


def test_every_letter_is_in_the_list_that_explains_them() -> None:
    letters = keys.letters()
    explained = [key for pressed, _does in keys.explained(letters) for key in pressed]
    assert set(letters.values()) <= set(explained)
    assert len(set(explained)) == len(explained)
