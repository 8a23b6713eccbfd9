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
    starts = appointment.starts_at.astimezone(appointment.department.clinic.zone)
    raise TooEarly(
        _("This appointment is on %(day)s.") % {"day": date_format(starts, "DATE_FORMAT")},
        starts_at=starts.isoformat(),
    )


def refuse_before_its_time(appointment: Appointment, now: datetime) -> None:
    """The time that they were told last: while the doctor is late, they may be so, too."""
    refuse_before_its_day(appointment, now)
    due = expected(appointment).astimezone(appointment.department.clinic.zone)
    if now < due:
        raise TooEarly(
            _("They are expected at %(time)s and may still come.")
            % {"time": time_format(due, "TIME_FORMAT")},
            expected_at=due.isoformat(),
        )
