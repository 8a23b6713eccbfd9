"""Keys to the API: shown once, stored hashed, revoked for good."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from queues import journal
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import ApiKey, Clinic, Department, Kind
from queues.rules.links import hashed, new_key
from queues.rules.rights import Actor, Role


@transacted
def make(
    name: str,
    role: Role,
    clinic: Clinic,
    department: Department | None,
    *,
    by: Actor,
    per_second: int | None = None,
) -> tuple[ApiKey, str]:
    """Returns the key's row and the key itself, which nobody can show again."""
    secret = new_key()
    key = ApiKey.objects.create(
        name=name,
        role=role,
        clinic=clinic,
        department=department,
        hash=hashed(secret),
        per_second=per_second,
    )
    after: dict[str, Any] = {"role": role, "department": department.code if department else None}
    after |= {"per_second": per_second} if per_second else {}
    journal.record(Entry(Kind.KEY_MADE, by, clinic, key.public_id, after=after))
    return key, secret


@transacted
def revoke(key: ApiKey, *, by: Actor) -> bool:
    """False if it was revoked before."""
    valid = ApiKey.objects.filter(pk=key.pk, revoked_at=None)
    if not valid.update(revoked_at=timezone.now()):
        return False
    journal.record(Entry(Kind.KEY_REVOKED, by, key.clinic, key.public_id))
    return True
