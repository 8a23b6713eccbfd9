"""Keys of other systems: made and shown once, revoked for good."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from queues.actions import keys as actions
from queues.actions.idempotency import Answer
from queues.actions.refusals import Refused
from queues.forms.keeping import KeyForm
from queues.models import ApiKey
from queues.rules.rights import Act
from queues.screens import words
from queues.views.doors import At, acted, done, status_of
from queues.views.house.door import address, keeps_all_of, say, sent, shown


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_all_of(Act.SET_KEYS)
def keys(request: HttpRequest, at: At) -> HttpResponse:
    """A key is shown as the answer to its form, and nowhere else: also not to the same form again."""
    form = KeyForm(at.departments(Act.SET_KEYS), request.POST or None, all_too=True)
    if request.method != "POST":
        return _page(request, at, form)
    if not form.is_valid():
        return _page(request, at, form, 422)
    made: list[tuple[ApiKey, str]] = []

    def act() -> Answer:
        made.append(actions.make(**form.cleaned_data, clinic=at.clinic, by=at.actor))
        return done(address(at, "keys"))

    try:
        answer = acted(request, at.owner, act)
    except Refused as refused:
        say(request, refused, form)
        return _page(request, at, form, status_of(refused))
    if not made:
        messages.warning(
            request, _("This form was sent before. Please look at how things stand now.")
        )
        return redirect(answer.body["to"])
    key, secret = made[-1]
    empty = KeyForm(at.departments(Act.SET_KEYS), all_too=True)
    return _page(request, at, empty, 201, made=key, secret=secret)


@require_POST
@keeps_all_of(Act.SET_KEYS)
def revoke(request: HttpRequest, at: At, key: UUID) -> HttpResponse:
    found = get_object_or_404(ApiKey, clinic=at.clinic, public_id=key)

    def act() -> str:
        actions.revoke(found, by=at.actor)
        return _("The key is revoked.")

    def again(status: int) -> HttpResponse:
        form = KeyForm(at.departments(Act.SET_KEYS), all_too=True)
        return _page(request, at, form, status)

    return sent(request, at, act, again, to=address(at, "keys"))


def _page(
    request: HttpRequest, at: At, form: KeyForm, status: int = 200, **more: object
) -> HttpResponse:
    ours = ApiKey.objects.filter(clinic=at.clinic).select_related("department")
    known = [(key, words.ROLE[key.as_role]) for key in ours.order_by("revoked_at", "-created_at")]
    return shown(request, at, "keys", status, keys=known, form=form, **more)
