from __future__ import annotations

from django.db import models
from django.utils import timezone

from queues.models.daybook import DayBook
from queues.models.department import Department
from queues.models.public_id import WithPublicId
from queues.models.visit import Visit


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

    class Meta:
        ordering = ["daybook", "label"]
        constraints = [
            models.UniqueConstraint(fields=["daybook", "label"], name="one_paper_a_label"),
        ]

    def __str__(self) -> str:
        return self.label
