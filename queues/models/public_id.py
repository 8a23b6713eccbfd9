"""The name of a row outside the server; primary keys never leave it."""

from __future__ import annotations

from uuid import uuid4

from django.db import models


class WithPublicId(models.Model):
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
