from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import TypedDict

from django.db import models
from django.db.models import Q

from queues.models import statements
from queues.models.clinic import Clinic
from queues.models.public_id import WithPublicId
from queues.rules.hours import Opening, is_open, opened_at, opens_next, past_last_issue
from queues.rules.priority import DEFAULT_HEAD_STARTS, Policy, Priority, band, head_start, rank


def default_head_starts() -> dict[str, int]:
    return {str(priority): minutes for priority, minutes in DEFAULT_HEAD_STARTS.items()}


class Place(TypedDict):
    """Where a token stands in its queue, and the arrival from which that was reckoned."""

    ranked_from: datetime
    band: int
    rank: int


class Department(WithPublicId):
    """OPD, Lab, Pharmacy …: where people wait, and by which rules."""

    class State(models.TextChoices):
        OPEN = "open"
        PAUSED = "paused"
        CLOSED = "closed"

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="departments")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=3)
    position = models.PositiveSmallIntegerField(default=0)

    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    state_reason = models.CharField(max_length=200, blank=True)  # patients read it

    message = models.CharField(max_length=200, blank=True)  # the strip on its walls

    policy = models.CharField(max_length=6, default=Policy.FAIR)
    head_starts = models.JSONField(default=default_head_starts)  # minutes by priority
    hours = models.JSONField(
        default=list, blank=True
    )  # [[weekday, opens, closes], …]; none: always
    last_issue = models.TimeField(null=True, blank=True)
    daily_limit = models.PositiveIntegerField(null=True, blank=True)

    call_starts_service = models.BooleanField(default=False)
    assigns_at_issue = models.BooleanField(default=False)
    no_show_minutes = models.PositiveSmallIntegerField(null=True, blank=True, default=10)
    returns_behind = models.PositiveSmallIntegerField(default=0)  # 0: the place they had
    typical_minutes = models.PositiveSmallIntegerField(default=8)  # of a visit, before any history

    # What the rules read, and what a change of settings changes.
    SETTINGS = (
        "name",
        "state",
        "state_reason",
        "message",
        "policy",
        "head_starts",
        "hours",
        "last_issue",
        "daily_limit",
        "call_starts_service",
        "assigns_at_issue",
        "no_show_minutes",
        "returns_behind",
        "typical_minutes",
    )

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code"], name="one_department_a_code"),
            models.UniqueConstraint(fields=["clinic", "prefix"], name="one_department_a_prefix"),
            models.CheckConstraint(
                condition=Q(policy__in=list(Policy)), name="department_policy_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def reread(self) -> None:
        """See its settings as they now are; they change only under the lock of today's page."""
        now = statements.read(Department, {"pk": self.pk}, self.SETTINGS) or {}
        for name, value in now.items():
            setattr(self, name, value)

    @property
    def openings(self) -> Iterator[Opening]:
        for weekday, opens, closes in self.hours:
            yield Opening(weekday, time.fromisoformat(opens), time.fromisoformat(closes))

    @property
    def is_round_the_clock(self) -> bool:
        return not self.hours

    def within_hours(self, moment: datetime) -> bool:
        return is_open(self.openings, moment, self.clinic.zone)

    def gives_numbers(self, moment: datetime) -> bool:
        """Whether somebody new can get in line; the day's limit aside."""
        is_open = self.state == self.State.OPEN and self.within_hours(moment)
        return is_open and not self.is_past_last_issue(moment)

    def opened_at(self, moment: datetime) -> datetime | None:
        """When it opened, if by its hours it is open now."""
        return opened_at(self.openings, moment, self.clinic.zone)

    def opens_next(self, moment: datetime) -> datetime | None:
        """When its next stretch of hours begins."""
        return opens_next(self.openings, moment, self.clinic.zone)

    def is_past_last_issue(self, moment: datetime) -> bool:
        return past_last_issue(self.last_issue, moment, self.clinic.zone, self.clinic.turns_at)

    def head_start(self, priority: str) -> timedelta:
        return head_start(Priority(priority), Policy(self.policy), self.head_starts)

    def place(self, priority: str, arrived_at: datetime) -> Place:
        """Where somebody of this priority stands who arrived then."""
        return {
            "ranked_from": arrived_at,
            "band": band(Priority(priority), Policy(self.policy)),
            "rank": rank(arrived_at, self.head_start(priority)),
        }
