"""Somebody who has an appointment: found without being named, and let in."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from queues.actions import checking_in, patients
from queues.actions.idempotency import Answer, once
from queues.actions.refusals import Invalid, NotThere, Refused, TooEarly
from queues.forms import kiosk as fields
from queues.models import Appointment, Patient, visible
from queues.models.appointment import AppointmentQuerySet
from queues.rules.appointments import AHEAD, HERE, STARTS_FROM, Step
from queues.rules.links import hashed, secret_in
from queues.rules.weeks import DAY
from queues.screens import days
from queues.screens.digits import clock
from queues.views import tries
from queues.views.doors import done, form_key
from queues.views.kiosk import ticket
from queues.views.kiosk.door import Kiosk
from queues.views.kiosk.draft import Draft, drop
from queues.views.kiosk.path import By, Question


class NothingBooked(NotThere):
    """Said in the same words whether or not the person is known."""

    def __init__(self) -> None:
        super().__init__(_("We found no appointment with these details."))


def find(kiosk: Kiosk, draft: Draft, text: str) -> Patient:
    """Whoever it is, if they have an appointment here today."""
    try:
        patient = _person(kiosk, draft, text)
    except NotThere as nobody:
        raise NothingBooked from nobody
    if not of_today(kiosk, patient):
        raise _why_none(kiosk, patient)
    return patient


def of_today(kiosk: Kiosk, patient: Patient) -> list[Appointment]:
    """What they have come for: still expected, or missed though they come, or here already under a
    number. Whoever a doctor took in without one is with the doctor."""
    now = timezone.now()
    near = (now - 2 * DAY, now + 2 * DAY)
    comes = STARTS_FROM[Step.CHECK_IN] | HERE
    theirs = _known(kiosk).filter(patient=patient, starts_at__range=near, status__in=comes)
    return [
        one
        for one in theirs.order_by("starts_at", "pk")
        if one.is_its_day(now) and (one.may_come or (one.status in HERE and one.visit))
    ]


def come(kiosk: Kiosk, draft: Draft, chosen: str) -> HttpResponse:
    """They are here: a number, once, or the one that they hold already."""
    theirs = _known(kiosk).get(public_id=chosen, patient__public_id=draft.patient)
    held_already = theirs.status in HERE
    visit = theirs.visit
    if not held_already:
        form = hashed(kiosk.request.path)
        visit = once(
            kiosk.owner, form_key(kiosk.request), form, lambda: _check_in(kiosk, draft, theirs)
        ).visit
    assert visit is not None, "whoever is here has a visit"
    drop(kiosk.request.session)
    ticket.hand_out(kiosk, visit, draft.language, held_already=held_already)
    return kiosk.to("kiosk-ticket")


def _check_in(kiosk: Kiosk, draft: Draft, theirs: Appointment) -> Answer:
    token = checking_in.check_in(theirs, by=kiosk.actor, language=draft.language)
    to = reverse("kiosk-ticket", args=[kiosk.clinic.code])
    return Answer(303, done(to).body, token.visit)


def _person(kiosk: Kiosk, draft: Draft, text: str) -> Patient:
    if draft.answers[Question.BY] == By.PHONE:
        return tries.find(kiosk.request, fields.known_by(draft.answers, kiosk.clinic))
    secret = secret_in(text)
    booked = _known(kiosk).filter(link_hash=hashed(secret)).first() if secret else None
    if booked is None:
        return patients.find_by_card(text)
    if booked.patient is None:
        raise Invalid(card=_("This place was booked without a name. Please see the reception."))
    return booked.patient.merged_into or booked.patient


def _why_none(kiosk: Kiosk, patient: Patient) -> Refused:
    """Kindly, whoever comes on another day."""
    ahead = _known(kiosk).filter(patient=patient, status__in=AHEAD, starts_at__gt=timezone.now())
    following = ahead.order_by("starts_at").first()
    if following is None:
        return NothingBooked()
    starts = timezone.localtime(following.starts_at)
    return TooEarly(
        _("Your appointment is on %(day)s at %(time)s. Please come again then.")
        % {"day": days.in_full(starts.date()), "time": clock(starts)}
    )


def _known(kiosk: Kiosk) -> AppointmentQuerySet:
    """Of this clinic alone, and of the departments that this kiosk stands in."""
    return visible.appointments(kiosk.actor).filter(department__in=kiosk.departments)
