"""What follows a restore from a backup: everybody begins anew with what the database knows now."""

from __future__ import annotations

from secrets import randbelow

from django.contrib.sessions.models import Session

from queues import journal
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, Kind, User
from queues.models.clinic import new_epoch
from queues.rules.rights import SYSTEM


@transacted
def begin_anew(backup_of: str) -> int:
    """Open screens drop what they knew, and whoever was logged in then logs in again: who was
    turned out since must not be back. Says how many sessions ended."""
    ended, _kinds = Session.objects.all().delete()
    User.objects.update(pass_series=randbelow(2**30))  # of no pass that was shown before
    after = {"epoch": new_epoch()}
    for clinic in Clinic.objects.select_for_update().order_by("pk"):
        before = {"epoch": clinic.epoch}
        Clinic.objects.filter(pk=clinic.pk).update(**after)
        journal.record(
            Entry(
                Kind.RESTORED,
                SYSTEM,
                clinic,
                clinic.public_id,
                before=before,
                after=after,
                note=backup_of,
            )
        )
    return ended
