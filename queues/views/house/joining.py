"""The page behind an invitation."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from queues.actions import invitations
from queues.actions.refusals import Refused
from queues.forms.keeping import JoinForm
from queues.models import Invitation, User
from queues.rules.limits import Door
from queues.rules.links import hashed
from queues.screens import words
from queues.views.doors import hold_back, private, status_of
from queues.views.house.door import say


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """A name and a password; or, for who is logged in, one button."""
    hold_back(request, Door.LOOK_UP)
    known = Invitation.objects.open(timezone.now()).select_related(
        "clinic", "department", "invited_by"
    )
    invitation = known.filter(hash=hashed(secret)).first()
    if invitation is None or not invitations.still_stands(invitation):
        return private(render(request, "house/join_over.html", status=410))
    has_account = isinstance(request.user, User)
    typed = request.POST if request.method == "POST" and not has_account else None
    form = JoinForm(invitation.email, typed)
    if request.method != "POST" or not (has_account or form.is_valid()):
        return _joining(request, invitation, form, 422 if form.is_bound else 200)
    account = request.user if isinstance(request.user, User) else form.cleaned_data
    try:
        user = invitations.join(invitation, account)
    except Refused as refused:
        say(request, refused, form)
        return _joining(request, invitation, form, status_of(refused))
    if not has_account:
        login(request, user, settings.AUTHENTICATION_BACKENDS[0])
        UserSession.objects.create_from_request(request)  # ended from elsewhere like any other
    messages.success(request, _("Welcome to %(clinic)s.") % {"clinic": invitation.clinic.name})
    return redirect("desks")


def _joining(
    request: HttpRequest, invitation: Invitation, form: JoinForm, status: int
) -> HttpResponse:
    page = {
        "invitation": invitation,
        "clinic": invitation.clinic,
        "role": words.ROLE[invitation.as_role],
        "form": form,
        "log_in": f"{reverse('account_login')}?next={request.path}",
    }
    # The referrer policy stays as of all pages: with none, the form would be one from nowhere.
    return private(render(request, "house/join.html", page, status=status))
