"""Allauth's forms in our words, with labels and no second text within the fields."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as factors
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CODE: dict[str, Promise] = {"code": _("Code of six digits, or a recovery code")}
NEW: dict[str, Promise] = {
    "password1": _("New password"),
    "password2": _("New password, once more"),
}


class InOurWords:
    labels: dict[str, Promise] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            field.help_text = (
                " ".join(password_validators_help_texts()) if name == "password1" else ""
            )


class LogInForm(InOurWords, account.LoginForm):
    labels = {"login": _("User name or e-mail"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}


class PasswordAgainForm(InOurWords, account.ReauthenticateForm):
    labels = {"password": _("Password")}


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    labels = {"oldpassword": _("Password until now"), **NEW}


class SetPasswordForm(InOurWords, account.SetPasswordForm):
    labels = NEW


class ForgottenPasswordForm(InOurWords, account.ResetPasswordForm):
    labels = {"email": _("E-mail")}


class NewPasswordForm(InOurWords, account.ResetPasswordKeyForm):
    labels = NEW


class SecondFactorForm(InOurWords, factors.AuthenticateForm):
    labels = CODE


class CodeAgainForm(InOurWords, factors.ReauthenticateForm):
    labels = CODE


class NewAppForm(InOurWords, totp.ActivateTOTPForm):
    labels = {"code": _("Code that the app shows")}


class NewPasskeyForm(InOurWords, passkeys.AddWebAuthnForm):
    labels = {"name": _("Name of this passkey")}


class PasskeyNameForm(InOurWords, passkeys.EditWebAuthnForm):
    labels = {"name": _("Name of this passkey")}
