"""Why nobody should expect a number of a department just now, and when that ends. Walls and phones
say it alike, to those who come and to those who already wait."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from queues.models import Clinic, Department
from queues.screens import words
from queues.screens.boards import Front
from queues.screens.digits import clock


def closed(board: Front) -> str:
    """In finished sentences; empty where all is as usual."""
    department, now = board.department, board.read_at
    if department.state == Department.State.PAUSED:
        return words.department_state(department)  # of a pause nobody knows the end
    if department.state == Department.State.CLOSED:
        why = words.department_state(department)
    elif not department.within_hours(now):
        why = _outside_its_hours(board)
    else:
        return ""
    opens = department.opens_next(now)
    return " ".join([why, _opens_again(department.clinic, opens, now)]) if opens else why


def _outside_its_hours(board: Front) -> str:
    """Those who already have a number are still served, and must not read that all is over."""
    here = {"department": board.department.name}
    if board.present or board.waiting:
        no_new = _("%(department)s gives out no new numbers now.") % here
        return " ".join([no_new, _("Whoever has a number is still called.")])
    return _("%(department)s is closed now.") % here


def _opens_again(clinic: Clinic, opens: datetime, now: datetime) -> str:
    at = timezone.localtime(opens)
    days = (clinic.calendar_day(opens) - clinic.calendar_day(now)).days
    facts = {"time": clock(at), "day": date_format(at, "l")}
    if days == 0:
        return _("It opens again today at %(time)s.") % facts
    if days == 1:
        return _("It opens again tomorrow at %(time)s.") % facts
    return _("It opens again on %(day)s at %(time)s.") % facts
