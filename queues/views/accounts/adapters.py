"""Where allauth asks us: who may come in, what is said, where a mail leads to."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from queues.actions import limits
from queues.models import User
from queues.rules.limits import Door
from queues.rules.networks import network_of
from queues.views.accounts import known, words
from queues.views.accounts.postman import post
from queues.views.accounts.sealing import seal, unseal


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {**DefaultAccountAdapter.error_messages, **words.REFUSALS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # whoever works here is invited

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted by what was typed, whether there is such an account or not."""
        typed = str(credentials.get("email") or credentials.get("username") or "")
        named, browser = known.name_of(typed), known.browser_of(request)
        if browser and browser.is_of(typed):
            limits.spend(Door.ACCOUNT, f"{named}:{browser.browser}")
            return
        limits.spend(Door.ACCOUNT, f"{named}:{network_of(request.META['REMOTE_ADDR'])}")
        limits.spend(Door.TRIES, named)

    def is_safe_url(self, url: str) -> bool:
        """Here, and at no other host, be it one that we answer to."""
        request = context.request
        here, is_https = {request.get_host()}, request.is_secure()
        return url_has_allowed_host_and_scheme(url, allowed_hosts=here, require_https=is_https)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """From our own address, and not from the one that somebody asked by."""
        user, secret = key.split("-", 1)
        of_them = {"uidb36": user, "key": secret}
        return settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=of_them)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        shown = {"public_url": settings.PUBLIC_URL, **context}
        post(self.render_mail(template_prefix, email, shown))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        changed = words.CHANGED.get(template_prefix)
        if changed and user.email:
            self.send_mail("account/email/changed", user.email, {"changed": changed})

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        said = message or words.SAID.get(message_template or "")
        if said:
            super().add_message(request, level, message=str(said), extra_tags=extra_tags)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whoever comes by the directory alone has nothing here yet to show once more."""
        can_show = bool(self.get_reauthentication_methods(self.request.user))
        return can_show and super().is_reauthentication_required(app=app)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        ways = super().get_reauthentication_methods(user)
        return [{**way, "description": words.WAYS[way["id"]]} for way in ways]


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {**DefaultMFAAdapter.error_messages, **words.REFUSALS}

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)d") % {"number": count + 1}

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def _get_site_name(self) -> str:
        return "NextPatient"


class DirectoryAdapter(DefaultSocialAccountAdapter):
    """The hospital's directory says who somebody is; whether they work here, we know ourselves."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The first time they are known by their address, and from then on by the directory's name
        for them: an address that was passed on to somebody else opens nothing."""
        if sociallogin.is_existing:
            return
        verified = [one.email.lower() for one in sociallogin.email_addresses if one.verified]
        user = User.objects.filter(email__in=verified, is_active=True).first()
        linked = SocialAccount.objects.filter(user=user, provider=sociallogin.account.provider)
        if user and not linked.exists():
            sociallogin.connect(request, user)

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        return reverse("mfa_index")
