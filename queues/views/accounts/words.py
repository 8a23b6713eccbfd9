"""What allauth says, in our words: its own are not translated into all of our languages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOT_KNOWN = _("User name, e-mail or password is not right.")
NOT_RIGHT = _("This code is not right. Please take the newest one.")

REFUSALS: dict[str, Promise] = {
    "account_inactive": NOT_KNOWN,
    "email_password_mismatch": NOT_KNOWN,
    "username_password_mismatch": NOT_KNOWN,
    "invalid_login": NOT_KNOWN,
    "enter_current_password": _("This is not your password."),
    "incorrect_password": _("This is not your password."),
    "incorrect_code": NOT_RIGHT,
    "invalid_or_expired_key": _("This link is over. Please ask for a new one."),
    "invalid_password_reset": _("This link is over. Please ask for a new one."),
}
# What was done, by the file in which allauth would say it; of all else nothing need be said.
SAID: dict[str, Promise] = {
    "account/messages/password_changed.txt": _("Your password is changed. Please log in with it."),
    "account/messages/password_set.txt": _("Your password is changed. Please log in with it."),
    "mfa/messages/totp_activated.txt": _("The app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The app is removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is set up."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
    "mfa/messages/recovery_codes_generated.txt": _("There are new recovery codes. Keep them safe."),
    "usersessions/messages/sessions_logged_out.txt": _("You are logged out there."),
}
# What a mail tells of an account that was changed.
CHANGED: dict[str, Promise] = {
    "account/email/password_changed": _("The password of your account was changed."),
    "account/email/password_set": _("The password of your account was changed."),
    "account/email/password_reset": _("The password of your account was changed."),
    "mfa/email/totp_activated": _("An app for codes was added to your account."),
    "mfa/email/totp_deactivated": _("The app for codes was removed from your account."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account."),
    "mfa/email/recovery_codes_generated": _("Your account has new recovery codes."),
    "socialaccount/email/account_connected": _("Your account is linked with the directory."),
}
WAYS: dict[str, Promise] = {
    "reauthenticate": _("Use the password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}
