"""Somebody is asked to come and work here; they come, or the link ends."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import staff
from queues.actions.refusals import Conflict, Invalid, NotThere
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, Department, Invitation, Kind, Membership, User
from queues.rules.links import hashed, new_key
from queues.rules.rights import SYSTEM, Actor, Role


class ForSomebodyElse(Conflict):
    """The link was passed on, or was opened where a colleague is logged in."""

    code = "for_somebody_else"


@transacted
def invite(
    email: str, role: Role, clinic: Clinic, department: Department | None, *, by: Actor
) -> tuple[Invitation, str]:
    """Returns the invitation and the secret of its link, which nobody can show again: so another
    one to the same takes the place of the first."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)  # two who invite the same meet here
    staff.refuse_beyond(by, clinic, department)
    same: dict[str, Any] = {
        "email": email,
        "role": role,
        "clinic": clinic,
        "department": department,
    }
    older = Invitation.objects.open(timezone.now()).filter(**same).select_related("clinic")
    entries = [entry for one in older for entry in _withdrawn(one, by)]
    secret = new_key().removeprefix("np_")
    made = Invitation.objects.create(**same, hash=hashed(secret), invited_by=_account_of(by))
    after = {"role": str(role), "department": department.code if department else None}
    journal.record(*entries, Entry(Kind.INVITED, by, clinic, made.public_id, after=after))
    return made, secret


def _account_of(actor: Actor) -> User | None:
    return User.objects.filter(public_id=actor.public_id).first() if actor.public_id else None


@transacted
def withdraw(invitation: Invitation, *, by: Actor) -> None:
    staff.refuse_beyond(by, invitation.clinic, invitation.department)
    entries = _withdrawn(invitation, by)
    if not entries:
        raise NotThere(_("This invitation is used, or over."))
    journal.record(*entries)


def _withdrawn(invitation: Invitation, by: Actor) -> list[Entry]:
    """Nothing, where it was used or over before."""
    now = timezone.now()
    if not Invitation.objects.open(now).filter(pk=invitation.pk).update(withdrawn_at=now):
        return []
    return [Entry(Kind.INVITATION_WITHDRAWN, by, invitation.clinic, invitation.public_id)]


@transacted
def join(invitation: Invitation, account: User | dict[str, Any]) -> User:
    """They come: with the account that they have, or with one that they make now. Nobody lets
    anybody in, not themselves either, by a link from before they were sent away."""
    if not still_stands(invitation):
        raise NotThere(_("This invitation is used, or over."))
    if isinstance(account, User) and account.email not in (None, invitation.email):
        raise ForSomebodyElse(
            _("This invitation is for %(email)s. Please log out first, and open the link again.")
            % {"email": invitation.email}
        )
    now = timezone.now()
    if not Invitation.objects.open(now).filter(pk=invitation.pk).update(used_at=now):
        raise NotThere(_("This invitation is used, or over."))
    user = account if isinstance(account, User) else _made(invitation.email, account)
    Invitation.objects.filter(pk=invitation.pk).update(used_by=user)
    came = user.as_actor("account")
    journal.record(Entry(Kind.INVITATION_TAKEN, came, invitation.clinic, invitation.public_id))
    role, clinic, department = Role(invitation.role), invitation.clinic, invitation.department
    has = {"user": user, "clinic": clinic, "department": department, "role": role}
    if not Membership.objects.filter(**has).exists():
        staff.give(user, role, clinic, department, by=SYSTEM)
    return user


def still_stands(invitation: Invitation) -> bool:
    """Whether whoever invited could do so now."""
    inviter = invitation.invited_by
    if inviter is None:
        return True
    return inviter.is_active and staff.may_give(
        inviter.as_actor(), invitation.clinic, invitation.department
    )


def _made(email: str, account: dict[str, Any]) -> User:
    if User.objects.filter(username__iexact=account["username"]).exists():
        raise Invalid(username=_("Somebody else has this name. Please choose another."))
    if User.objects.filter(email__iexact=email).exists():
        raise Invalid(username=_("You have an account here already. Please log in with it first."))
    return User.objects.create_user(email=email, **account)
