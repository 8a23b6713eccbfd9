"""What the clock does with appointments: it closes what a day left open, and sees that no place
is empty while somebody waits for it.

Safe to run in several processes at once, as the other duties of the clock are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from queues import journal
from queues.actions.appointments import fresh, told
from queues.actions.giving import settle
from queues.actions.seats import Seating
from queues.actions.transactions import Overtaken, transacted
from queues.actions.vacancies import slots_for
from queues.models import Appointment, Clinic, Kind, Token, WaitlistEntry
from queues.rules.appointments import AHEAD, HERE, Stage
from queues.rules.rights import CLOCK

log = logging.getLogger(__name__)


def close_past_appointments() -> int:
    """After the turn of the day, who never came is absent, and who was here is done; but not while
    their doctor still works on."""
    closed = 0
    for clinic in Clinic.objects.all():
        now = timezone.now()
        day_began, _ends = clinic.span_of(clinic.service_day(now))
        before = min(now - timedelta(hours=clinic.idle_hours), day_began)
        for appointment in _left_open(clinic, before, now):
            if appointment.status in AHEAD:
                closed += _miss(appointment)
            else:
                closed += _close(appointment, before)
    return closed


def _left_open(clinic: Clinic, before: datetime, now: datetime) -> Iterator[Appointment]:
    left = Appointment.objects.filter(clinic=clinic, ends_at__lte=before, status__in=AHEAD | HERE)
    for one in left.select_related("slot__session"):
        if one.slot is None or not one.slot.session.goes_on(now):
            yield one


def fill_free_places() -> int:
    """Whoever frees or makes a place gives it to the waitlist at once, so there should be nothing
    to do; where there is, it is done, and the log says so."""
    filled = 0
    for entry in WaitlistEntry.objects.waiting().in_order().select_related("patient"):
        if slots_for(entry, timezone.now()):
            log.warning("a place was free for %s on the waitlist", entry.public_id)
            filled += _fill(entry)
    return filled


@transacted
def _miss(appointment: Appointment) -> bool:
    appointment = fresh(appointment)
    if appointment.status not in AHEAD:
        return False
    _was_absent(appointment)
    return True


@transacted
def _close(appointment: Appointment, before: datetime) -> bool:
    """Nobody waits or is served with it: their number went on to the Lab and did not come back,
    or the doctor saw them without one."""
    appointment = fresh(appointment)
    if appointment.status not in HERE or appointment.changed_at > before or _goes_on(appointment):
        return False
    served = Token.objects.filter(appointment=appointment, started_at__isnull=False)
    if appointment.status != Stage.IN_CONSULTATION and not served.exists():
        _was_absent(appointment)
        return True
    was, now = appointment.state(), timezone.now()
    if not appointment.shift({Stage(appointment.status)}, now=now, status=Stage.COMPLETED):
        raise Overtaken
    journal.record(told(Kind.CLOSED_BY_CLOCK, appointment, was, by=CLOCK))
    return True


def _was_absent(appointment: Appointment) -> None:
    slots = [appointment.slot] if appointment.slot else []
    seating = Seating.of(slots, by=CLOCK, now=timezone.now())
    before = seating.rise(appointment, Stage.NO_SHOW, {Stage(appointment.status)})
    seating.note(Kind.CLOSED_BY_CLOCK, appointment, before)
    seating.record()  # a time that is over is nobody's any more


def _goes_on(appointment: Appointment) -> bool:
    """Somebody of the same visit still waits or is served, here or where they were sent."""
    return Token.objects.live().filter(visit=appointment.visit_id).exists()


@transacted
def _fill(entry: WaitlistEntry) -> bool:
    now = timezone.now()
    slots = slots_for(entry, now)
    if not slots:
        return False
    settle(Seating.of(slots, by=CLOCK, now=now))
    return True
