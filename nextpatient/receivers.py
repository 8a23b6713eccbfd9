"""All that Django and allauth tell of accounts is heard here."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from allauth.socialaccount.signals import social_account_added
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from nextpatient.security import told
from queues.actions import accounts
from queues.actions.sending_away import send_away
from queues.models import Kind, User
from queues.screens import shifts


@receiver(user_logged_in)
def came_in(request: HttpRequest, user: User, **_more: Any) -> None:
    shifts.begin(request, user)
    request.came_in = user  # type: ignore[attr-defined]
    told("log-in", user)


@receiver(user_logged_out)
def went(user: User | None, **_more: Any) -> None:
    if user:  # nobody's, where the session was over before
        told("log-out", user)
        send_away(user)


@receiver(user_login_failed)
def was_refused(credentials: dict[str, Any], **_more: Any) -> None:
    typed = credentials.get("username") or credentials.get("email") or ""
    told("log-in failed", User.called(str(typed)))


@receiver(authentication_failed)
def was_refused_second(user: User, authenticator: Authenticator, **_more: Any) -> None:
    told("second factor failed", user, factor=str(authenticator.type))


@receiver([authenticator_added, authenticator_reset])
def has_factor(request: HttpRequest, user: User, authenticator: Authenticator, **_m: Any) -> None:
    shifts.renew(request, user)
    _tell(Kind.FACTOR_ADDED, user, factor=str(authenticator.type))


@receiver(authenticator_removed)
def lost_factor(request: HttpRequest, user: User, authenticator: Authenticator, **_m: Any) -> None:
    shifts.renew(request, user)
    _tell(Kind.FACTOR_REMOVED, user, factor=str(authenticator.type))


@receiver([password_changed, password_set, password_reset])
def has_new_password(user: User, **_more: Any) -> None:
    accounts.sign_out(user)
    _tell(Kind.PASSWORD_CHANGED, user)


@receiver(social_account_added)
def was_linked(sociallogin: Any, **_more: Any) -> None:
    _tell(Kind.DIRECTORY_LINKED, sociallogin.user)


def _tell(kind: Kind, user: User, **facts: str) -> None:
    told(str(kind.value), user, **facts)
    accounts.tell(kind, user, by=user.as_actor("account"), **facts)
