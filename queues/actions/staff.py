"""Who works here, as what. Every change goes through `_now`, and acts at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import accounts
from queues.actions.refusals import Invalid, NotAllowed, NotThere, Refused
from queues.actions.sending_away import send_away
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, Department, Invitation, Kind, Membership, User
from queues.rules.rights import Act, Actor, ActorKind, Role


class LastOne(Refused):
    """Nobody would be left who could let anybody in."""

    code = "last_administrator"


@transacted
def give(
    user: User, role: Role, clinic: Clinic, department: Department | None, *, by: Actor
) -> Membership:
    """A role here, besides those that they have."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)  # two who add the same meet here
    refuse_beyond(by, clinic, department)
    theirs: dict[str, Any] = {"user": user, "clinic": clinic, "department": department}
    if Membership.objects.filter(**theirs, role=role).exists():
        raise Invalid(role=_("They are this already."))
    member = Membership.objects.create(**theirs, role=role)
    _now(member, {}, _state(member), by)
    return member


@transacted
def end(member: Membership, *, by: Actor) -> None:
    """They are this no longer, from now on."""
    _hold([member])
    refuse_beyond(by, member.clinic, member.department)
    held = Membership.objects.filter(pk=member.pk).select_related("user", "clinic", "department")
    found = held.first()
    if found is None:
        raise NotThere(_("They are this no longer."))
    _refuse_the_last(found)
    before = _state(found)
    found.delete()
    _withdraw_invitations(found.user, [found.clinic], by)
    _now(found, before, {}, by)


@transacted
def set_active(user: User, is_active: bool, at: Clinic, *, by: Actor) -> User:
    """Their account in or out of use, wherever they work: so it has to be theirs to do at each."""
    if by.public_id == user.public_id:
        raise NotAllowed(_("Nobody puts their own account out of use."))
    members = _refuse_account(user, by)
    if not is_active:
        for member in members:
            _refuse_the_last(member)
    held = User.objects.select_for_update().get(pk=user.pk)
    if held.is_active != is_active:
        held.is_active = is_active
        held.save(update_fields=["is_active"])
        if not is_active:
            _withdraw_invitations(held, {member.clinic for member in members}, by)
        before, after = {"is_active": not is_active}, {"is_active": is_active}
        _write(Kind.ACCOUNT_CHANGED, held, at, before, after, by)
    return held


@transacted
def reset_factors(user: User, *, by: Actor) -> int:
    """They lost their phone and their codes: a colleague who may put their account out of use may
    take its second factors away. Says how many there were."""
    if by.public_id == user.public_id:
        raise NotAllowed(_("Your own factors are changed on the page of your account."))
    _refuse_account(user, by)
    return accounts.reset_factors(user, by=by)


def _refuse_account(user: User, by: Actor) -> list[Membership]:
    """It is theirs to change where it is at each clinic where that person works, held meanwhile."""
    members = list(user.memberships.select_related("clinic", "department"))
    if user.is_superuser or not members:
        raise NotAllowed(_("This account is not yours to change."))
    _hold(members)
    for member in members:
        refuse_beyond(by, member.clinic, None)
    return members


def may_give(by: Actor, clinic: Clinic, department: Department | None) -> bool:
    """Nobody gives, or takes, more than they could themselves be asked for."""
    by = _as_they_now_are(by)
    if department is None:
        return by.may_everywhere(Act.SET_STAFF, clinic.pk)
    return by.may(Act.SET_STAFF, clinic.pk, department.pk)


def _as_they_now_are(by: Actor) -> Actor:
    """Somebody may have taken their rights since they opened the page."""
    if by.kind is not ActorKind.USER or by.public_id is None:
        return by
    user = User.objects.filter(public_id=by.public_id, is_active=True).first()
    return user.as_actor() if user else Actor(ActorKind.USER, by.public_id)


def _withdraw_invitations(user: User, clinics: Iterable[Clinic], by: Actor) -> None:
    """They do not come back by a link from before."""
    now = timezone.now()
    theirs = Invitation.objects.open(now).filter(email=user.email or "", clinic__in=list(clinics))
    for one in theirs.select_related("clinic"):
        Invitation.objects.filter(pk=one.pk).update(withdrawn_at=now)
        journal.record(Entry(Kind.INVITATION_WITHDRAWN, by, one.clinic, one.public_id))


def refuse_beyond(by: Actor, clinic: Clinic, department: Department | None) -> None:
    if not may_give(by, clinic, department):
        raise NotAllowed(_("This is not yours to give or to take."))


def _hold(members: Iterable[Membership]) -> None:
    """Two administrators who send each other away meet here, and one of them stays."""
    theirs = {member.clinic_id for member in members}
    list(Clinic.objects.filter(pk__in=theirs).select_for_update().order_by("pk"))


def _refuse_the_last(member: Membership) -> None:
    if member.role != Role.ADMIN or member.department_id:
        return
    others = Membership.objects.filter(
        clinic=member.clinic, department=None, role=Role.ADMIN, user__is_active=True
    ).exclude(user=member.user_id)
    if not others.exists():
        raise LastOne(_("The clinic's last administrator stays. Make somebody else one first."))


def _now(member: Membership, before: dict[str, Any], after: dict[str, Any], by: Actor) -> None:
    _write(Kind.STAFF_CHANGED, member.user, member.clinic, before, after, by)


def _write(
    kind: Kind, user: User, at: Clinic, before: dict[str, Any], after: dict[str, Any], by: Actor
) -> None:
    """The one place that all changes of rights go through."""
    send_away(user)
    subject: UUID = user.public_id
    journal.record(Entry(kind, by, at, subject, before=before, after=after))


def _state(member: Membership) -> dict[str, Any]:
    department = member.department
    return {"role": str(member.role), "department": department.code if department else None}
