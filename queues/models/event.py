from __future__ import annotations

from typing import Any

from django.db import models

from queues.models.daybook import DayBook
from queues.models.public_id import WithPublicId


class Kind(models.TextChoices):
    """What happened, in the past tense."""

    ISSUED = "issued"
    CALLED = "called"
    STARTED = "started"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    RECALLED = "recalled"
    PUT_BACK = "put_back"
    HELD = "held"
    RESUMED = "resumed"
    RETURNED = "returned"
    TRANSFERRED = "transferred"
    ARRIVED = "arrived"  # the other end of a transfer
    CANCELLED = "cancelled"
    PRIORITY_CHANGED = "priority_changed"
    RERANKED = "reranked"
    ASSIGNED = "assigned"
    CLOSED_BY_CLOCK = "closed_by_clock"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"  # a transfer's other end, when the transfer is undone

    LANGUAGE_CHOSEN = "language_chosen"  # by a patient, for their page

    HELP_CALLED = "help_called"
    HELP_ANSWERED = "help_answered"
    NUMBERS_PRINTED = "numbers_printed"

    DEPARTMENT_CHANGED = "department_changed"
    COUNTER_CHANGED = "counter_changed"
    CLINIC_FOUNDED = "clinic_founded"
    CLINIC_CHANGED = "clinic_changed"

    PATIENT_REGISTERED = "patient_registered"
    PATIENT_CORRECTED = "patient_corrected"
    PATIENTS_MERGED = "patients_merged"

    DOCTOR_ADDED = "doctor_added"
    DOCTOR_CHANGED = "doctor_changed"
    SCHEDULE_CHANGED = "schedule_changed"
    SLOTS_CHANGED = "slots_changed"
    RUNNING_LATE = "running_late"

    BOOKED = "booked"
    BOOKING_NAMED = "booking_named"
    CONFIRMED = "confirmed"
    RESCHEDULED = "rescheduled"
    DISPLACED = "displaced"
    BOOKING_CANCELLED = "booking_cancelled"
    CHECKED_IN = "checked_in"
    MISSED = "missed"  # an appointment that nobody came to
    WAITLIST_JOINED = "waitlist_joined"
    WAITLIST_LEFT = "waitlist_left"
    PLACE_OFFERED = "place_offered"
    PLACE_GIVEN = "place_given"  # from the waitlist
    OFFER_LAPSED = "offer_lapsed"
    OFFER_WITHDRAWN = "offer_withdrawn"  # somebody more urgent, or a change of the week, took it

    CONSULTATION_STARTED = "consult_started"
    CONSULTATION_CHANGED = "consult_changed"
    CONSULTATION_COMPLETED = "consult_completed"
    ADDENDUM_WRITTEN = "addendum_written"

    RECORD_OPENED = "record_opened"  # a patient's, by somebody who may see it
    RECORD_EXPORTED = "record_exported"
    RECORD_ANONYMISED = "record_anonymised"
    DAY_REMOVED = "day_removed"  # a whole ledger, whose time is over

    DEPARTMENT_ADDED = "department_added"
    COUNTER_ADDED = "counter_added"
    COUNTER_REMOVED = "counter_removed"

    STAFF_CHANGED = "staff_changed"  # what somebody is here
    ACCOUNT_CHANGED = "account_changed"  # out of use, or in use again
    INVITED = "invited"
    INVITATION_WITHDRAWN = "invitation_ended"
    INVITATION_TAKEN = "invitation_taken"  # by whoever came

    KEY_MADE = "key_made"
    KEY_REVOKED = "key_revoked"

    FACTOR_ADDED = "factor_added"  # a passkey, an app, codes for when it is lost
    FACTOR_REMOVED = "factor_removed"
    FACTORS_RESET = "factors_reset"  # all of somebody's, by a colleague
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - no password  # nosec B105
    DIRECTORY_LINKED = "directory_linked"  # the account, with somebody in the hospital's directory
    DEVICE_APPROVED = "device_approved"
    DEVICE_PAIRED = "device_paired"  # it has come for its secret
    DEVICE_RENAMED = "device_renamed"
    DEVICE_REVOKED = "device_revoked"

    RESTORED = "restored"  # from a backup


# What goes on all day at desks and in rooms, and leaves every free place of the doctors as it is.
# All else is taken to move some: one kind too few here costs a search, one too many a wrong answer.
MOVES_NO_PLACE = frozenset(
    {
        Kind.ISSUED,
        Kind.CALLED,
        Kind.STARTED,
        Kind.COMPLETED,
        Kind.NO_SHOW,
        Kind.RECALLED,
        Kind.PUT_BACK,
        Kind.HELD,
        Kind.RESUMED,
        Kind.RETURNED,
        Kind.TRANSFERRED,
        Kind.ARRIVED,
        Kind.PRIORITY_CHANGED,
        Kind.RERANKED,
        Kind.ASSIGNED,
        Kind.LANGUAGE_CHOSEN,
        Kind.PATIENT_REGISTERED,
        Kind.CONFIRMED,
        Kind.CHECKED_IN,
        Kind.CONSULTATION_STARTED,
        Kind.CONSULTATION_CHANGED,
        Kind.CONSULTATION_COMPLETED,
        Kind.FACTOR_ADDED,
        Kind.FACTOR_REMOVED,
        Kind.FACTORS_RESET,
        Kind.PASSWORD_CHANGED,
        Kind.DIRECTORY_LINKED,
    }
)

# Who works where.
MOVES_WEEKS = frozenset({Kind.DOCTOR_ADDED, Kind.DOCTOR_CHANGED, Kind.SCHEDULE_CHANGED})


class EventQuerySet(models.QuerySet["Event"]):
    def of(self, subject: WithPublicId) -> EventQuerySet:
        """All that happened to it, the latest first: told by seq, never by the clock."""
        return self.filter(subject=subject.public_id).order_by("-daybook__day", "-seq")

    def last_move_of(self, subject: WithPublicId) -> Event | None:
        """What brought it into the state in which it is."""
        return next((event for event in self.of(subject) if "status" in event.after), None)


class Event(models.Model):
    """One change, for good: public ids and names of fields, never a personal value.

    It refers to rows by their public ids, so that no foreign key makes writing history wait for
    a lock on what it tells about, and whole day books can go when their time is over.
    """

    daybook = models.ForeignKey(DayBook, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=20)  # a Kind
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor = models.UUIDField(null=True)
    origin = models.CharField(max_length=10)
    subject = models.UUIDField(null=True, db_index=True)  # the token, patient, counter or key
    counter = models.CharField(max_length=10, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = models.CharField(max_length=200, blank=True)  # a reason as typed; may be blanked later
    note_digest = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    # By which the hash is signed; none: it was written before there were keys. Bulk loads that do
    # not know the column leave it out, so the database knows what it is.
    key = models.CharField(max_length=16, blank=True, default="", db_default="")
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["daybook", "seq"]
        constraints = [models.UniqueConstraint(fields=["daybook", "seq"], name="one_event_a_seq")]

    def __str__(self) -> str:
        return f"{self.daybook_id}/{self.seq} {self.kind}"

    def facts(self) -> dict[str, Any]:
        """What the chain protects: everything but the note, of which it protects the digest."""
        facts = {
            "ledger": self.daybook.ledger,
            "day": self.daybook.day.isoformat(),
            "seq": self.seq,
            "kind": str(self.kind),
            "at": self.at.isoformat(),
            "actor": [str(self.actor_kind), str(self.actor or "")],
            "origin": self.origin,
            "subject": str(self.subject or ""),
            "counter": self.counter,
            "before": self.before,
            "after": self.after,
            "note": self.note_digest,
        }
        if self.key:
            facts["key"] = self.key
        return facts
