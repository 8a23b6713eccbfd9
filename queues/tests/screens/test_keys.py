"""The keyboard of the desk."""

from __future__ import annotations

from queues.screens import keys


def test_no_letter_does_two_things() -> None:
    letters = list(keys.letters().values())
    assert len(set(letters)) == len(letters)


def pressed(lines: list[tuple[list[str], str]]) -> list[str]:
    return [key for keys_of_line, _does in lines for key in keys_of_line]


def test_every_letter_is_in_a_list_that_explains_it() -> None:
    letters = keys.letters()
    at_desk, in_room, at_reception = (
        pressed(keys.explained(letters)),
        pressed(keys.explained_to_doctor(letters)),
        pressed(keys.explained_at_reception(letters)),
    )
    assert set(letters.values()) <= {*at_desk, *in_room}
    for shown in (at_desk, in_room, at_reception):
        assert len(set(shown)) == len(shown)
