"""Somebody is asked to come and work here; they come, or the link ends."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import staff
from queues.actions.refusals import Invalid, NotThere
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, Department, Invitation, Kind, Membership, User
from queues.rules.links import hashed, new_key
from queues.rules.rights import SYSTEM, Actor, Role


@transacted
def invite(
    email: str, role: Role, clinic: Clinic, department: Department | None, *, by: Actor
) -> tuple[Invitation, str]:
    """Returns the invitation and the secret of its link, which nobody can show again."""
    staff.refuse_beyond(by, clinic, department)
    secret = new_key().removeprefix("np_")
    made = Invitation.objects.create(
        email=email, role=role, clinic=clinic, department=department, hash=hashed(secret)
    )
    after = {"role": str(role), "department": department.code if department else None}
    journal.record(Entry(Kind.INVITED, by, clinic, made.public_id, after=after))
    return made, secret


@transacted
def withdraw(invitation: Invitation, *, by: Actor) -> None:
    staff.refuse_beyond(by, invitation.clinic, invitation.department)
    now = timezone.now()
    if not Invitation.objects.open(now).filter(pk=invitation.pk).update(withdrawn_at=now):
        raise NotThere(_("This invitation is used, or over."))
    entry = Entry(Kind.INVITATION_WITHDRAWN, by, invitation.clinic, invitation.public_id)
    journal.record(entry)


@transacted
def join(invitation: Invitation, account: User | dict[str, Any]) -> User:
    """They come: with the account that they have, or with one that they make now."""
    now = timezone.now()
    if not Invitation.objects.open(now).filter(pk=invitation.pk).update(used_at=now):
        raise NotThere(_("This invitation is used, or over."))
    user = account if isinstance(account, User) else _made(invitation.email, account)
    Invitation.objects.filter(pk=invitation.pk).update(used_by=user)
    role, clinic, department = Role(invitation.role), invitation.clinic, invitation.department
    has = {"user": user, "clinic": clinic, "department": department, "role": role}
    if not Membership.objects.filter(**has).exists():
        staff.give(user, role, clinic, department, by=SYSTEM)
    return user


def _made(email: str, account: dict[str, Any]) -> User:
    if User.objects.filter(username__iexact=account["username"]).exists():
        raise Invalid(username=_("Somebody else has this name. Please choose another."))
    if User.objects.filter(email__iexact=email).exists():
        raise Invalid(username=_("You have an account here already. Please log in with it first."))
    password = account.pop("password")
    return User.objects.create_user(email=email, password=password, **account)
