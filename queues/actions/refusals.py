"""Why an action was refused, in words for people and in a code for machines.

A refusal changes nothing: it is raised inside the action's transaction, which rolls back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import BaseForm
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from queues.models import Appointment, Department, Event, Token, Visit
from queues.screens import words


class Refused(Exception):
    """Somebody or something stands in the way; what, is told."""

    code = "refused"

    def __init__(self, sentence: str | Promise, **facts: Any) -> None:
        super().__init__(str(sentence))
        self.sentence = str(sentence)
        self.facts: Mapping[str, Any] = facts


class NotAllowed(Refused):
    """It is not theirs to do."""

    code = "forbidden"


class StaffOnly(NotAllowed):
    code = "staff_only"


class NotThere(Refused):
    """It does not exist, or not for whoever asks."""

    code = "not_found"


class Invalid(Refused):
    """What was given does not make sense; `fields` names each part that does not."""

    code = "invalid"

    def __init__(self, /, **fields: str | Promise) -> None:
        super().__init__(_("Please look at the marked fields again."))
        self.fields = {name: str(sentence) for name, sentence in fields.items()}

    @classmethod
    def of(cls, form: BaseForm) -> Invalid:
        """The first sentence of each field that a form found fault with."""
        return cls(**{name: str(texts[0]) for name, texts in form.errors.items()})


class Conflict(Refused):
    """Things stand otherwise than the action needs."""

    code = "conflict"


class DepartmentNotOpen(Conflict):
    def __init__(self, department: Department) -> None:
        self.code = f"department_{department.state}"
        super().__init__(
            words.department_state(department),
            department=department.code,
            state=department.state,
            reason=department.state_reason,
        )


class OutsideHours(Conflict):
    code = "outside_hours"


class LimitReached(Conflict):
    code = "daily_limit_reached"


class CounterBusy(Conflict):
    code = "counter_busy"


class CounterClosed(Conflict):
    code = "counter_closed"


class CounterCannotTake(Conflict):
    code = "counter_cannot_take"


class NobodyWaiting(Conflict):
    code = "nobody_waiting"


class AlreadyWaiting(Conflict):
    code = "already_waiting"


class InOtherHands(Conflict):
    code = "in_other_hands"


class PatientInactive(Conflict):
    code = "patient_inactive"


class SeveralMatches(Conflict):
    code = "several_matches"


class BothHere(Conflict):
    code = "both_waiting"


class BothBooked(Conflict):
    code = "both_booked"


class DayHasBegun(Conflict):
    code = "day_has_begun"


class MergedAway(Conflict):
    code = "merged"


class Anonymised(Conflict):
    """Nothing more is written about somebody whose data was taken out of the house."""

    code = "anonymised"

    def __init__(self) -> None:
        super().__init__(_("This record was anonymised, and stays as it is."))


class StillExpected(Conflict):
    """Somebody who waits or is booked cannot be forgotten yet."""

    code = "still_expected"


class AtAnotherCounter(Conflict):
    code = "at_another_counter"


class LabelTaken(Conflict):
    code = "label_taken"


class TakenIn(Conflict):
    """A number on paper is taken in once."""

    code = "taken_in_already"


class HoldsAnother(Conflict):
    code = "holds_another_number"


class CannotUndo(Conflict):
    code = "cannot_undo"


class SlotFull(Conflict):
    code = "slot_full"


class SlotOver(Conflict):
    code = "slot_over"


class NoSlots(Conflict):
    code = "no_slots"


class AlreadyBooked(Conflict):
    code = "already_booked"


class Overlaps(Conflict):
    code = "overlaps"


class TimesOverlap(Conflict):
    """A doctor is at one place at a time."""

    code = "times_overlap"


class BelowBooked(Conflict):
    code = "below_booked"


class HasBookings(Conflict):
    """Somebody is booked in the time that would go: it has to be said what becomes of them."""

    code = "has_bookings"

    def __init__(self, bookings: Sequence[Appointment]) -> None:
        self.bookings = bookings
        super().__init__(
            ngettext(
                "%(count)d booking is concerned. Please say what is to be done with it.",
                "%(count)d bookings are concerned. Please say what is to be done with them.",
                len(bookings),
            )
            % {"count": len(bookings)},
            bookings=len(bookings),
            appointments=[
                {
                    "id": str(one.public_id),
                    "starts_at": one.department.clinic.on_its_clock(one.starts_at),
                }
                for one in bookings
            ],
            answers=["keep", "move", "cancel"],
        )


class TooEarly(Conflict):
    code = "too_early"


class Moved(Conflict):
    """The appointment is no longer in a state that the step starts from."""

    code = "invalid_state"


class AlreadyCancelled(Moved):
    code = "already_cancelled"


class NoRoom(Conflict):
    """The doctor has no open room to call anybody to."""

    code = "no_room"


class PatientElsewhere(Conflict):
    """The patient is still to come back to the doctor."""

    code = "patient_elsewhere"


class ChangedMeanwhile(Conflict):
    code = "changed_meanwhile"


class AlreadyAnswered(Conflict):
    code = "already_answered"


class WasFirst(Conflict):
    """The token is no longer in a state that the move starts from."""

    code = "invalid_state"


def was_first(token: Token) -> WasFirst:
    """Who put the token where it now is, in a sentence."""
    token.refresh_from_db(fields=["status", "counter"])
    last = Event.objects.last_move_of(token)
    return WasFirst(
        words.standing(token, last),
        token_id=str(token.public_id),
        label=token.visit.label,
        state=token.status,
        counter=token.counter.code if token.counter else None,
        since=token.department.clinic.on_its_clock(last.at) if last else None,
        by=words.who(last) if last else None,
    )


def refuse_second_wait(visit: Visit, department: Department, *, but: Token | None = None) -> None:
    """Nobody waits twice in one department; `but` is the one that is meant to."""
    live = Token.objects.live().filter(visit=visit, department=department)
    if other := next((token for token in live if token != but), None):
        raise AlreadyWaiting(
            _("%(label)s waits here already.") % {"label": visit.label},
            token_id=str(other.public_id),
            label=visit.label,
            state=other.status,
        )
