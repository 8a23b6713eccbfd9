from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models.functions import Length
from django.utils import timezone

from queues.models.daybook import DayBook
from queues.models.department import Department
from queues.models.public_id import WithPublicId
from queues.models.visit import Visit


class PaperNumberQuerySet(models.QuerySet["PaperNumber"]):
    def to_take_in(self, department: Department, today: date) -> PaperNumberQuerySet:
        """Today's and yesterday's: the day may turn in the dark, and an older sheet is waste."""
        return self.filter(department=department, daybook__day__gte=today - timedelta(days=1))

    def open(self) -> PaperNumberQuerySet:
        """Not taken in so far: still blank, or in somebody's hand."""
        return self.filter(visit=None)

    def in_order(self) -> PaperNumberQuerySet:
        """As they were printed; A-1000 comes after A-999."""
        return self.order_by("printed_at", Length("label"), "label")


class PaperNumber(WithPublicId):
    """A number printed ahead, for the hour without power. It is never given out by the computer."""

    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="paper_numbers"
    )
    daybook = models.ForeignKey(DayBook, on_delete=models.PROTECT, related_name="paper_numbers")
    label = models.CharField(max_length=12)
    printed_at = models.DateTimeField(default=timezone.now)
    visit = models.OneToOneField(  # once it was taken in
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="paper_number"
    )

    objects = PaperNumberQuerySet.as_manager()

    class Meta:
        ordering = ["daybook", "label"]
        constraints = [
            models.UniqueConstraint(fields=["daybook", "label"], name="one_paper_a_label"),
        ]

    def __str__(self) -> str:
        return self.label
