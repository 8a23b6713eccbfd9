"""The keyboard of the desk: which letter does what.

The letters come from here so that a language can choose its own.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def letters() -> dict[str, str]:
    """By the name that the templates use."""
    return {
        "next": pgettext("key", "N"),
        "start": pgettext("key", "S"),
        "complete": pgettext("key", "C"),
        "recall": pgettext("key", "A"),
        "no_show": pgettext("key", "M"),
        "put_back": pgettext("key", "B"),
        "hold": pgettext("key", "H"),
        "undo": pgettext("key", "U"),
        "find": pgettext("key", "F"),
        "register": pgettext("key", "R"),
        "pause": pgettext("key", "P"),
        "down": pgettext("key", "J"),
        "up": pgettext("key", "K"),
        "consult": pgettext("key", "O"),
        "late": pgettext("key", "L"),
    }


def explained(key: dict[str, str]) -> list[tuple[list[str], str]]:
    """Each line of the list of keys: what to press, and what it does."""
    return [
        ([key["next"]], _("Call next, or complete and call next")),
        ([key["start"]], _("Start the service")),
        ([key["complete"]], _("Complete")),
        ([key["recall"]], _("Call again")),
        ([key["no_show"]], _("Missing: the patient has not come")),
        ([key["put_back"]], _("Put back into the queue")),
        ([key["hold"]], _("Hold")),
        ([key["undo"]], _("Undo")),
        (["↓", "↑", key["down"], key["up"]], _("Move through the rows")),
        (["Enter"], _("Call the patient of this row, or bring them back")),
        (["/", key["find"]], _("Find a patient of today")),
        ([key["register"]], _("Register a patient")),
        ([key["pause"]], _("Pause the department")),
        (["Esc"], _("Back: close what is open, clear the search")),
        (["?"], _("Show these keys")),
    ]


def explained_at_reception(key: dict[str, str]) -> list[tuple[list[str], str]]:
    """The same for the appointments of a day."""
    return [
        (["↓", "↑", key["down"], key["up"]], _("Move through the rows")),
        (["Enter"], _("Check in the patient of this row")),
        ([key["register"]], _("New appointment")),
        (["Esc"], _("Back: close what is open")),
        (["?"], _("Show these keys")),
    ]


def explained_to_doctor(key: dict[str, str]) -> list[tuple[list[str], str]]:
    """The same for a doctor's day."""
    return [
        ([key["next"]], _("Call next, or complete and call next")),
        ([key["consult"]], _("Consult: open what is written about the patient")),
        ([key["start"]], _("Start without writing")),
        ([key["complete"]], _("Complete")),
        ([key["recall"]], _("Call again")),
        ([key["no_show"]], _("Missing: the patient has not come")),
        ([key["put_back"]], _("Put back into the queue")),
        ([key["undo"]], _("Undo")),
        (["↓", "↑", key["down"], key["up"]], _("Move through the rows")),
        (["Enter"], _("Call the patient of this row, or check them in")),
        ([key["late"]], _("Say that you run late")),
        ([key["register"]], _("Take somebody from the door")),
        (["Esc"], _("Back: close what is open")),
        (["?"], _("Show these keys")),
    ]
