"""The name of a row outside the server; primary keys never leave it."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import models

NOBODY = UUID(int=0)  # stands in an address until it is known whose it is


class WithPublicId(models.Model):
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
