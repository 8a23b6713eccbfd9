"""How far a change of a doctor's week reaches, and whether it is theirs to make in all of these clinics.

A doctor may work at several clinics. Whoever sets weeks at one of them touches nobody's bookings at
another.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from queues.actions.refusals import NotAllowed
from queues.models import Clinic, Doctor, Session
from queues.rules.rights import Act, Actor


def works_at(doctor: Doctor) -> list[Clinic]:
    """Wherever they have a department, or are still to work."""
    ahead = Session.objects.filter(doctor=doctor, ends_at__gt=timezone.now())
    theirs = Q(departments__doctors=doctor) | Q(pk__in=ahead.values("clinic"))
    return list(Clinic.objects.filter(theirs).distinct().order_by("name"))


def refuse_beyond(clinics: Iterable[Clinic], *, by: Actor) -> None:
    beyond = {one.name for one in clinics if not by.may_everywhere(Act.SET_SCHEDULE, one.pk)}
    if beyond:
        raise NotAllowed(
            _("This also reaches %(clinics)s, where you may not set doctors' weeks.")
            % {"clinics": ", ".join(sorted(beyond))}
        )
