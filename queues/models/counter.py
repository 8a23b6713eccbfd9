from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from queues.models import statements
from queues.models.department import Department
from queues.models.doctor import Doctor
from queues.models.public_id import WithPublicId
from queues.rules.waiting_time import Desk

if TYPE_CHECKING:
    from queues.models.token import Token


class Counter(WithPublicId):
    """A desk or a room: in it, at most one patient at a time."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="counters")
    code = models.CharField(max_length=10)
    name = models.CharField(max_length=60, blank=True)
    is_open = models.BooleanField(default=False)
    staffed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    doctor = models.ForeignKey(Doctor, on_delete=models.SET_NULL, null=True, blank=True)
    serves = models.JSONField(null=True, blank=True)  # priorities; None takes all

    # Unique where it is not NULL: one counter a token, on engines without conditional uniques.
    current = models.OneToOneField(
        "queues.Token", on_delete=models.SET_NULL, null=True, blank=True, related_name="at_counter"
    )

    class Meta:
        ordering = ["department", "code"]
        constraints = [
            models.UniqueConstraint(fields=["department", "code"], name="one_counter_a_code"),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    # Neither of the two changes this object: a transaction that is tried again must begin with
    # what it saw at first, and a rollback does not reach into memory.

    def take(self, token: Token, *, after: Token | None = None) -> bool:
        """Make the token this counter's one; False if the counter is busy or closed."""
        free = {"pk": self.pk, "current": after, "is_open": True}
        return statements.update(Counter, free, current=token)

    def release(self, token: Token) -> None:
        statements.update(Counter, {"pk": self.pk, "current": token}, current=None)

    def may_take(self, token: Token) -> bool:
        """Whether the token is for this counter: its doctor's or nobody's, a priority it serves."""
        its_doctors = token.doctor_id in (None, self.doctor_id)
        return its_doctors and self.serves_priority(token.priority)

    def serves_priority(self, priority: str) -> bool:
        return self.serves is None or priority in self.serves

    def as_desk(self) -> Desk:
        """This counter as the estimate of waiting times sees it."""
        return Desk(
            key=self.pk,
            serves=None if self.serves is None else frozenset(self.serves),
            doctor=self.doctor_id,
            busy_since=self.current.called_at if self.current else None,
        )
