"""Allauth's pages, where we ask more than it does."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.views import PasswordChangeView, PasswordResetView
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from queues.actions import limits
from queues.actions.sending_away import send_away
from queues.models import User
from queues.rules.limits import Door
from queues.rules.links import hashed
from queues.views.doors import private

Page = Callable[..., HttpResponseBase]


def ours(page: Page) -> Page:
    """For these eyes alone, and on the clock of the clinic where they work."""

    @wraps(page)
    def shown(request: HttpRequest, **more: object) -> HttpResponseBase:
        user = request.user
        member = (
            user.memberships.select_related("clinic").first() if isinstance(user, User) else None
        )
        zone = member.clinic.zone if member else timezone.get_default_timezone()
        with timezone.override(zone):
            answer = page(request, **more)
            render = getattr(answer, "render", None)
            return private(render() if render else answer)

    return shown


def tried(user: User) -> None:
    """A code has six digits, and a password may be short: so they may be tried only so often."""
    limits.spend(Door.ACCOUNT, str(user.public_id))


class SecondFactor(AuthenticateView):
    """While logging in."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tried(self.stage.login.user)
        return super().post(request, *args, **kwargs)


class CodeAgain(ReauthenticateView):
    """Before something that matters."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tried(request.user)  # type: ignore[arg-type]
        return super().post(request, *args, **kwargs)


class NewPassword(PasswordChangeView):
    """Which asks for the one until now."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tried(request.user)  # type: ignore[arg-type]
        return super().post(request, *args, **kwargs)


class NewApp(ActivateTOTPView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tried(request.user)  # type: ignore[arg-type]
        return super().post(request, *args, **kwargs)


class ForgottenPassword(PasswordResetView):
    def form_valid(self, form: Any) -> HttpResponse:
        limits.spend(Door.RESET, hashed(form.cleaned_data["email"]))
        return super().form_valid(form)


class Sessions(ListUserSessionsView):
    """Where somebody is logged in; any of them can be ended, or all others at once."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["sessions"] = [(_name(one), one) for one in reversed(context["sessions"])]
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        send_away(request.user)  # all of their screens ask anew, those that stay too
        named = request.POST.get("session")
        if named is None:
            return super().post(request, *args, **kwargs)
        for one in UserSession.objects.filter(user=request.user):
            if _name(one) == named and not one.is_current():
                one.end()
        return HttpResponseRedirect(reverse("usersessions_list"))


def _name(session: UserSession) -> str:
    """The key itself opens the door."""
    return hashed(session.session_key)
