"""Somebody at a kiosk calls for help, and somebody of the staff goes to them."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.refusals import AlreadyAnswered, NotAllowed
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Alarm, Clinic, Kind, User
from queues.rules.rights import Act, Actor, ActorKind


@transacted
def raise_alarm(clinic: Clinic, *, by: Actor) -> Alarm:
    """Ring at every desk of the clinic; however often it is pressed, one alarm rings.

    Two kiosks at one moment meet on the unique key, and the slower one's next try finds the alarm.
    """
    if not by.may(Act.CALL_HELP, clinic.pk):
        raise NotAllowed(_("You cannot call for help here."))
    ringing = Alarm.objects.filter(clinic=clinic, rings=True).first()
    if ringing:
        return ringing
    alarm = Alarm.objects.create(clinic=clinic, raised_at=timezone.now())
    _tell_every_desk(Kind.HELP_CALLED, alarm, clinic, by)
    return alarm


@transacted
def answer(alarm: Alarm, *, by: Actor) -> Alarm:
    """Somebody goes: it stops ringing, at every desk. Who is second is told that help is coming."""
    if not by.may(Act.WORK_QUEUE, alarm.clinic_id):
        raise NotAllowed(_("Only staff can answer a call for help."))
    answered = Alarm.objects.filter(pk=alarm.pk, rings=True).update(
        rings=None, answered_at=timezone.now(), answered_by=_user_of(by)
    )
    if not answered:
        raise AlreadyAnswered(_("Somebody has answered this call for help already."))
    alarm.refresh_from_db()
    _tell_every_desk(Kind.HELP_ANSWERED, alarm, alarm.clinic, by)
    return alarm


def _tell_every_desk(kind: Kind, alarm: Alarm, clinic: Clinic, by: Actor) -> None:
    """An entry in the ledger of each department, not in the clinic's own.

    A desk hears the hints of its department, and a hint goes out with every entry in that
    department's ledger; so this is what makes each desk look, and its history tell why.
    """
    departments = clinic.departments.all()
    journal.record(*(Entry(kind, by, one, alarm.public_id) for one in departments))


def _user_of(by: Actor) -> User | None:
    if by.public_id is None or by.kind is not ActorKind.USER:
        return None
    return User.objects.filter(public_id=by.public_id).first()
