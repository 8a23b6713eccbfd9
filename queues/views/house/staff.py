"""Who works here, as what; and who is invited to."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from queues.actions import invitations, staff
from queues.actions.refusals import Refused
from queues.forms.keeping import InviteForm, RoleForm
from queues.models import Invitation, Membership, User
from queues.rules.rights import Act
from queues.screens import words
from queues.views.accounts.postman import post
from queues.views.doors import At, clinic_staff_may, status_of
from queues.views.house.door import address, say, sent, shown


@require_http_methods(["GET", "HEAD", "POST"])
@clinic_staff_may(Act.SET_STAFF)
def staff_list(request: HttpRequest, at: At) -> HttpResponse:
    """Everybody whose rights are theirs to set, and the form that invites one more. A link that goes
    by mail is for its reader alone: whoever saw it could make the account themselves. Where no mail
    arrives it is shown once, to be handed over: so the form is not sent on to another page."""
    form = InviteForm(at.departments(Act.SET_STAFF), request.POST or None, all_too=_all_too(at))
    if request.method != "POST":
        return _list(request, at, form)
    if not form.is_valid():
        return _list(request, at, form, 422)
    given = form.cleaned_data
    try:
        _made, secret = invitations.invite(
            given["email"], given["role"], at.clinic, given["department"], by=at.actor
        )
    except Refused as refused:
        say(request, refused, form)
        return _list(request, at, form, status_of(refused))
    empty = InviteForm(at.departments(Act.SET_STAFF), all_too=_all_too(at))
    link = settings.PUBLIC_URL + reverse("join", args=[secret])
    if settings.SENDS_MAIL:
        post(_letter(given["email"], at, link))
    if settings.MAIL_ARRIVES:
        link = ""
    return _list(request, at, empty, 201, link=link, invited=given["email"])


def _letter(email: str, at: At, link: str) -> EmailMessage:
    text = _(
        "You are invited to work with NextPatient at %(clinic)s.\n\n"
        "Please choose a name and a password behind this link, within seven days:\n%(link)s\n"
    )
    names = {"clinic": at.clinic.name, "link": link}
    return EmailMessage(_("Your account at %(clinic)s") % names, text % names, to=[email])


def _list(
    request: HttpRequest, at: At, form: InviteForm, status: int = 200, **more: str
) -> HttpResponse:
    mine = _mine(at)
    members = Membership.objects.filter(mine, clinic=at.clinic)
    known = members.select_related("user", "department").order_by(
        "user__first_name", "user__username", "pk"
    )
    people: dict[User, list[tuple[Membership, object]]] = {}
    for member in known:
        people.setdefault(member.user, []).append((member, words.ROLE[member.as_role]))
    asked = Invitation.objects.open(timezone.now()).filter(mine, clinic=at.clinic)
    invited = [
        (one, words.ROLE[one.as_role])
        for one in asked.select_related("department").order_by("-created_at")
    ]
    return shown(
        request,
        at,
        "staff",
        status,
        people=people,
        invitations=invited,
        form=form,
        **more,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@clinic_staff_may(Act.SET_STAFF)
def somebody(request: HttpRequest, at: At, user: UUID) -> HttpResponse:
    """One person: what they are here, and what they become."""
    person = _somebody(at, user)
    typed = request.POST if request.method == "POST" else None
    form = RoleForm(at.departments(Act.SET_STAFF), typed, all_too=_all_too(at))

    def again(status: int) -> HttpResponse:
        return _person(request, at, person, form, status)

    if not form.is_valid():
        return again(422 if form.is_bound else 200)
    given = form.cleaned_data

    def act() -> str:
        staff.give(person, given["role"], at.clinic, given["department"], by=at.actor)
        return _("Their role is added, from now on.")

    to = address(at, "staff-member", person.public_id)
    return sent(request, at, act, again, to=to, form=form)


@require_POST
@clinic_staff_may(Act.SET_STAFF)
def end_role(request: HttpRequest, at: At, user: UUID) -> HttpResponse:
    person = _somebody(at, user)
    member = _named(request, at, person)

    def act() -> str:
        staff.end(member, by=at.actor)
        return _("They are this no longer, from now on.")

    def again(status: int) -> HttpResponse:
        form = RoleForm(at.departments(Act.SET_STAFF), all_too=_all_too(at))
        return _person(request, at, person, form, status)

    # Whoever was this themselves may not be let in here again.
    to = reverse("desks") if person == at.user else address(at, "staff-list")
    return sent(request, at, act, again, to=to)


@require_POST
@clinic_staff_may(Act.SET_STAFF)
def set_in_use(request: HttpRequest, at: At, user: UUID) -> HttpResponse:
    person = _somebody(at, user)
    is_active = request.POST.get("active") == "yes"

    def act() -> str:
        staff.set_active(person, is_active, at.clinic, by=at.actor)
        if is_active:
            return _("The account is in use again.")
        return _("The account is out of use. Its pages are closed.")

    def again(status: int) -> HttpResponse:
        form = RoleForm(at.departments(Act.SET_STAFF), all_too=_all_too(at))
        return _person(request, at, person, form, status)

    return sent(request, at, act, again, to=address(at, "staff-member", person.public_id))


@require_POST
@clinic_staff_may(Act.SET_STAFF)
def reset_factors(request: HttpRequest, at: At, user: UUID) -> HttpResponse:
    person = _somebody(at, user)

    def act() -> str:
        staff.reset_factors(person, by=at.actor)
        return _(
            "Their second factors are taken away. They log in by password, and set up new ones."
        )

    def again(status: int) -> HttpResponse:
        form = RoleForm(at.departments(Act.SET_STAFF), all_too=_all_too(at))
        return _person(request, at, person, form, status)

    return sent(request, at, act, again, to=address(at, "staff-member", person.public_id))


@require_POST
@clinic_staff_may(Act.SET_STAFF)
def withdraw(request: HttpRequest, at: At, invitation: UUID) -> HttpResponse:
    found = get_object_or_404(Invitation, _mine(at), clinic=at.clinic, public_id=invitation)

    def act() -> str:
        invitations.withdraw(found, by=at.actor)
        return _("The invitation is withdrawn.")

    def again(status: int) -> HttpResponse:
        form = InviteForm(at.departments(Act.SET_STAFF), all_too=_all_too(at))
        return _list(request, at, form, status)

    return sent(request, at, act, again, to=address(at, "staff-list"))


def _person(
    request: HttpRequest, at: At, person: User, form: RoleForm, status: int = 200
) -> HttpResponse:
    theirs = person.memberships.filter(_mine(at), clinic=at.clinic).select_related("department")
    roles = [(member, words.ROLE[member.as_role]) for member in theirs.order_by("pk")]
    return shown(
        request,
        at,
        "somebody",
        status,
        person=person,
        roles=roles,
        form=form,
        is_oneself=person == at.user,
        may_end=_all_too(at),
    )


def _all_too(at: At) -> bool:
    return at.actor.may_everywhere(Act.SET_STAFF, at.clinic.pk)


def _mine(at: At) -> Q:
    """What is theirs to give: in their departments, or everywhere."""
    return Q() if _all_too(at) else Q(department__in=at.departments(Act.SET_STAFF))


def _named(request: HttpRequest, at: At, person: User) -> Membership:
    """What somebody is here, named as it was given: by role and department."""
    form = RoleForm(at.departments(Act.SET_STAFF), request.POST, all_too=_all_too(at))
    if not form.is_valid():
        raise Http404
    theirs = person.memberships.select_related("user", "clinic", "department")
    member = theirs.filter(clinic=at.clinic, **form.cleaned_data).first()
    if member is None:
        raise Http404
    return member


def _somebody(at: At, public_id: UUID) -> User:
    """Somebody who works here, in what is theirs to set."""
    here = Membership.objects.filter(_mine(at), clinic=at.clinic)
    return get_object_or_404(User, public_id=public_id, pk__in=here.values("user"))
