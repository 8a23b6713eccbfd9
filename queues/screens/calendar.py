"""An appointment as a calendar takes it in: iCalendar, RFC 5545.

Its UID stays and its SEQUENCE rises with each change, so that a calendar that takes it in again
moves or strikes out what it has. It says who the doctor is and never who the patient is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from queues.models import Appointment, Event
from queues.rules.appointments import TAKES_A_PLACE, Stage

LONGEST_LINE = 75  # octets, without the end of the line
ALARMS = ("-P1D", "-PT1H")


def calendar(appointment: Appointment) -> bytes:
    return "".join(f"{fold(line)}\r\n" for line in _lines(appointment)).encode()


def _lines(appointment: Appointment) -> Iterator[str]:
    clinic = appointment.department.clinic
    summary = _("Appointment: %(doctor)s") % {"doctor": appointment.doctor.name}
    place = f"{clinic.name}, {appointment.department.name}"
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//NextPatient//Appointments//EN")
    yield from ("CALSCALE:GREGORIAN", "METHOD:PUBLISH", "BEGIN:VEVENT")
    yield f"UID:{appointment.public_id}@{urlsplit(settings.PUBLIC_URL).hostname}"
    yield f"SEQUENCE:{_changes(appointment)}"
    yield f"DTSTAMP:{_utc(appointment.changed_at)}"
    yield f"DTSTART:{_utc(appointment.starts_at)}"
    yield f"DTEND:{_utc(appointment.ends_at)}"
    yield f"SUMMARY:{escape(summary)}"
    yield f"LOCATION:{escape(place)}"
    yield f"DESCRIPTION:{escape(_('Move it, cancel it or check in: %(link)s') % {'link': appointment.url})}"
    yield f"URL:{appointment.url}"
    yield f"STATUS:{_status(appointment)}"
    if appointment.status in TAKES_A_PLACE:
        for before in ALARMS:
            yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:{before}")
            yield from (f"DESCRIPTION:{escape(summary)}", "END:VALARM")
    yield from ("END:VEVENT", "END:VCALENDAR")


def _changes(appointment: Appointment) -> int:
    """How often it was changed since it was booked: its history only grows."""
    return max(Event.objects.filter(subject=appointment.public_id).count() - 1, 0)


def _status(appointment: Appointment) -> str:
    if appointment.status == Stage.WAITLISTED:
        return "TENTATIVE"
    return "CONFIRMED" if appointment.status in TAKES_A_PLACE else "CANCELLED"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escape(text: str) -> str:
    """A text value: what would end it or begin another is marked."""
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def fold(line: str) -> str:
    """Long lines go on in the next, which begins with a space; no letter is cut in two."""
    folded, room = "", LONGEST_LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            folded, room = f"{folded}\r\n ", LONGEST_LINE - 1
        folded, room = folded + letter, room - size
    return folded
