"""Django's own back office: people and their roles are kept here, all else is only looked at."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from queues.actions import accounts
from queues.actions.sending_away import send_away
from queues.models import (
    ApiKey,
    Clinic,
    Counter,
    DayBook,
    Department,
    Doctor,
    Event,
    Kind,
    Membership,
    Token,
    User,
    Visit,
)
from queues.rules.rights import Actor

if TYPE_CHECKING:  # only the checker knows these as generic
    Page = admin.ModelAdmin[Any]
    MembershipRows = admin.TabularInline[Membership, User]
    AccountPage = UserAdmin[User]
else:
    Page, MembershipRows, AccountPage = admin.ModelAdmin, admin.TabularInline, UserAdmin


class OnlyToLookAt(Page):
    """Whatever changes here would change without its event: so nothing does."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class MembershipInline(MembershipRows):
    """Given and taken in the house, where it is written down."""

    model = Membership
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class PersonAdmin(AccountPage):
    """A colleague and where they work."""

    inlines = [MembershipInline]
    add_fieldsets = (
        (None, {"fields": ("username", "email", "usable_password", "password1", "password2")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # history names them: take away 'active' instead

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and form.changed_data:  # by the names of the fields: what they say is personal
            fields, by = sorted(form.changed_data), _back_office(request)
            accounts.tell(Kind.ACCOUNT_CHANGED, obj, by=by, fields=fields, active=obj.is_active)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Whoever came in by the one before does not stay."""
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == HTTPStatus.FOUND:
            user = User.objects.get(pk=id)
            accounts.sign_out(user)
            accounts.tell(Kind.PASSWORD_CHANGED, user, by=_back_office(request))
        return answer

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Also where only a membership changed."""
        super().save_related(request, form, formsets, change)
        send_away(form.instance)


def _back_office(request: HttpRequest) -> Actor:
    assert isinstance(request.user, User)
    return request.user.as_actor("admin")


class MembershipAdmin(OnlyToLookAt):
    list_display = ("user", "clinic", "department", "role")
    list_filter = ("clinic", "role")


class TokenAdmin(OnlyToLookAt):
    list_display = ("public_id", "visit", "department", "status", "priority", "arrived_at")
    list_filter = ("department", "status")
    list_select_related = ("visit", "department")


class EventAdmin(OnlyToLookAt):
    list_display = ("daybook", "seq", "kind", "at", "actor_kind", "origin", "counter")
    list_filter = ("kind", "actor_kind")
    list_select_related = ("daybook",)


class ApiKeyAdmin(OnlyToLookAt):
    list_display = ("name", "role", "clinic", "department", "created_at", "revoked_at")
    exclude = ("hash",)


class VisitAdmin(OnlyToLookAt):
    list_display = ("label", "clinic", "day")
    exclude = ("nonce", "link_hash")


admin.site.unregister(Group)  # roles are memberships
# Secrets, and what opens doors: none of it is to be looked at, much less to be changed, here.
for hidden in (
    Authenticator,
    EmailAddress,
    EmailConfirmation,
    SocialAccount,
    SocialApp,
    SocialToken,
    UserSession,
):
    if admin.site.is_registered(hidden):
        admin.site.unregister(hidden)
admin.site.register(User, PersonAdmin)
admin.site.register(Membership, MembershipAdmin)
admin.site.register(Token, TokenAdmin)
admin.site.register(Event, EventAdmin)
admin.site.register(ApiKey, ApiKeyAdmin)
admin.site.register(Visit, VisitAdmin)
# No patients: what is looked at here leaves no trace in the history.
admin.site.register([Clinic, Counter, DayBook, Department, Doctor], OnlyToLookAt)
