"""/schedule/: doctors, their weeks and their slots, for administrators."""

from queues.views.schedule.doctors import (
    add_doctor,
    change_doctor,
    doctor,
    set_clinic,
    week,
    welcome,
)
from queues.views.schedule.entries import add_entry, change_entry, remove_entry
from queues.views.schedule.sittings import resize, session, set_room

__all__ = [
    "add_doctor",
    "add_entry",
    "change_doctor",
    "change_entry",
    "doctor",
    "remove_entry",
    "resize",
    "session",
    "set_clinic",
    "set_room",
    "week",
    "welcome",
]
