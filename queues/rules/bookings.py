"""What becomes of those who are booked in a time that goes."""

from __future__ import annotations

from enum import StrEnum


class Fate(StrEnum):
    KEEP = "keep"  # they stay, and nobody new is booked
    MOVE = "move"  # to the doctor's next free time, else to the head of the waitlist
    CANCEL = "cancel"
