from __future__ import annotations

from django.db import models
from django.utils import timezone

from queues.models.appointment import Appointment
from queues.models.visit import Visit
from queues.models.waitlist import WaitlistEntry


class KeptAnswer(models.Model):
    """The first answer to a request that came with an Idempotency-Key, to give it again.

    The secret of a link is not in it: it is made again from the row that the link leads to.
    """

    owner = models.CharField(max_length=64)  # whose key it is: no one replays another's
    key = models.CharField(max_length=64)  # hashed
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, null=True)
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, null=True)
    entry = models.ForeignKey(WaitlistEntry, on_delete=models.CASCADE, null=True)
    kept_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return self.key
