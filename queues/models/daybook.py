from __future__ import annotations

from datetime import datetime

from django.db import models

from queues.models.clinic import Clinic
from queues.models.department import Department
from queues.rules.chain import BEGINNING
from queues.rules.instants import not_before


class DayBook(models.Model):
    """One service day of one department: the row that is locked when anything in it changes.

    A clinic keeps one more, without department, for all that belongs to no queue.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="day_books")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, related_name="day_books"
    )
    ledger = models.CharField(max_length=24)  # the department's key, or "clinic": never NULL
    day = models.DateField()
    last_number = models.PositiveIntegerField(default=0)
    issued = models.PositiveIntegerField(default=0)  # tokens, transfers left out
    last_arrival = models.DateTimeField(null=True)
    still_held = models.JSONField(default=list)  # labels carried over from before this day
    seq = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default=BEGINNING)
    # Up to where its head is written down outside of here. It only says what is to be done: whether
    # a head is there, and which, is asked of the files.
    signed_seq = models.PositiveBigIntegerField(default=0, db_default=0)

    MOVES = ("seq", "head", "last_number", "last_arrival", "issued")  # with every entry

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "ledger", "day"], name="one_day_book_a_ledger_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ledger} {self.day}"

    def has_room_for(self, arrived_at: datetime) -> datetime:
        """An arrival that was told afterwards: it keeps its moment, and none after it goes before."""
        self.last_arrival = max(arrived_at, self.last_arrival or arrived_at)
        return arrived_at

    def arrive(self, now: datetime) -> datetime:
        """The moment of an arrival: never before the one written down last."""
        self.last_arrival = not_before(now, self.last_arrival)
        return self.last_arrival
