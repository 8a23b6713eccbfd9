"""What comes too early: nobody is seen before their day, nor missed before their time."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from queues.actions.refusals import TooEarly
from queues.models import Appointment
from queues.screens.estimates import expected


def refuse_before_its_day(appointment: Appointment, now: datetime) -> None:
    """From the first hour of that day on a doctor may see them, whenever that suits both; whoever
    comes in the night, from the day on which it begins."""
    if appointment.day_has_come(now):
        return
    clinic = appointment.department.clinic
    day = date_format(appointment.starts_at.astimezone(clinic.zone), "DATE_FORMAT")
    raise TooEarly(
        _("This appointment is on %(day)s.") % {"day": day},
        starts_at=clinic.on_its_clock(appointment.starts_at),
    )


def refuse_before_its_time(appointment: Appointment, now: datetime) -> None:
    """The time that they were told last: while the doctor is late, they may be so, too."""
    refuse_before_its_day(appointment, now)
    clinic, due = appointment.department.clinic, expected(appointment)
    if now < due:
        at = time_format(due.astimezone(clinic.zone), "TIME_FORMAT")
        raise TooEarly(
            _("They are expected at %(time)s and may still come.") % {"time": at},
            expected_at=clinic.on_its_clock(due),
        )
