"""A doctor runs late: one entry moves every estimate, and tells those who wait."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.patients import hold_patients
from queues.actions.refusals import Invalid, NotAllowed
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Appointment, Kind, Notice, Session
from queues.rules.rights import Act, Actor

LONGEST = 480  # minutes


@transacted
def run_late(session: Session, minutes: int, *, by: Actor) -> Session:
    """From now on they are that late; nought where they have caught up."""
    department = session.department
    if not by.may(Act.RUN_LATE, department.clinic_id, department.pk):
        raise NotAllowed(_("Only staff can do this."))
    if not 0 <= minutes <= LONGEST:
        raise Invalid(minutes=_("Please give 0 to %(most)s minutes.") % {"most": LONGEST})
    held = Session.objects.select_for_update().get(pk=session.pk)
    before = held.delay_minutes
    if before == minutes:
        return session
    Session.objects.filter(pk=held.pk).update(delay_minutes=minutes)
    _tell(session, minutes)
    journal.record(
        Entry(
            Kind.RUNNING_LATE,
            by,
            department,
            session.public_id,
            before={"minutes": before},
            after={"minutes": minutes},
        )
    )
    session.delay_minutes = minutes
    return session


def _tell(session: Session, minutes: int) -> None:
    """Everybody who is still to be seen in this session."""
    theirs = Appointment.objects.told_of_delay(session, timezone.now()).select_related("patient")
    hold_patients(one.patient for one in theirs)  # the notices refer to them
    Notice.objects.bulk_create(
        Notice(
            clinic_id=one.clinic_id,
            patient_id=one.patient_id,
            appointment=one,
            about=Notice.About.DOCTOR_LATE,
            facts={"minutes": minutes},
            language=one.language,
            made_at=timezone.now(),
        )
        for one in theirs
    )
