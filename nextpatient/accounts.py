"""Where somebody logs in and keeps their account safe: of allauth's addresses those that we use, and
no other. Nobody signs up here, and nobody gives themselves another e-mail."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as directory
from django.conf import settings
from django.urls import path
from django.views.generic import RedirectView

from queues.views.accounts import pages
from queues.views.accounts.pages import ours

to_login = RedirectView.as_view(pattern_name="account_login", query_string=True)
to_password = RedirectView.as_view(pattern_name="account_change_password")
log_in = account.LoginView.as_view(extra_context={"sends_mail": settings.SENDS_MAIL})

urlpatterns = [
    path("login/", log_in, name="account_login"),
    path("login/inactive/", account.account_inactive, name="account_inactive"),
    path("login/second/", ours(pages.SecondFactor.as_view()), name="mfa_authenticate"),
    path("login/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("login/<slug:provider_id>/to/", directory.login, name="openid_connect_login"),
    path("login/<slug:provider_id>/back/", directory.callback, name="openid_connect_callback"),
    path("login/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("login/error/", social.login_error, name="socialaccount_login_error"),
    path("logout/", ours(account.logout), name="account_logout"),
    path("account/", ours(factors.index), name="mfa_index"),
    path("account/sessions/", ours(pages.Sessions.as_view()), name="usersessions_list"),
    path("account/password/", ours(pages.NewPassword.as_view()), name="account_change_password"),
    path("account/password/first/", ours(account.password_set), name="account_set_password"),
    path(
        "account/password/forgotten/",
        ours(pages.ForgottenPassword.as_view()),
        name="account_reset_password",
    ),
    path(
        "account/password/sent/",
        ours(account.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "account/password/key/<slug:uidb36>/<slug:key>/",
        ours(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/new/",
        ours(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("account/again/", ours(account.reauthenticate), name="account_reauthenticate"),
    path("account/again/code/", ours(pages.CodeAgain.as_view()), name="mfa_reauthenticate"),
    path(
        "account/again/passkey/",
        ours(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/app/", ours(pages.NewApp.as_view()), name="mfa_activate_totp"),
    path("account/app/remove/", ours(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/passkeys/", ours(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("account/passkeys/add/", ours(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove/",
        ours(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("account/passkeys/<int:pk>/name/", ours(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/codes/", ours(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/codes/new/",
        ours(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/codes/file/",
        ours(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    # Django's back office has doors of its own for these, which neither count nor ask for more.
    path("admin/login/", to_login),
    path("admin/password_change/", to_password),
]
