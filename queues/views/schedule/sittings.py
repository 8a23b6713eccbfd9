"""One session: its slots, how many they take, and its room."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from queues.actions import doctors_rooms, resizing
from queues.actions.idempotency import Answer
from queues.actions.resizing import Places
from queues.forms import PlacesForm, RoomForm
from queues.models import Session, Slot
from queues.rules.bookings import Fate
from queues.views.doors import At, done
from queues.views.schedule.door import address, decided, sets_weeks, shown


@require_safe
@sets_weeks
def session(request: HttpRequest, at: At, session: UUID) -> HttpResponse:
    return _page(request, at, _session(at, session))


@require_POST
@sets_weeks
def set_room(request: HttpRequest, at: At, session: UUID) -> HttpResponse:
    row = _session(at, session)
    form = RoomForm(row, request.POST)
    if not form.is_valid():
        return _page(request, at, row, 422, form=form)
    to = address(at, "schedule-session", row.public_id)

    def act(fate: Fate | None) -> Answer:
        doctors_rooms.change_room(row, form.cleaned_data["room"], by=at.actor)
        return done(to, _("The room is changed."))

    return decided(request, at, act, lambda status: _page(request, at, row, status), back=to)


@require_POST
@sets_weeks
def resize(request: HttpRequest, at: At, slot: UUID) -> HttpResponse:
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    row = get_object_or_404(known, public_id=slot, clinic=at.clinic)
    form = PlacesForm(request.POST)
    if not form.is_valid():
        return _page(request, at, row.session, 422, wrong=(row, form))
    given = form.cleaned_data
    capacity = given.get("capacity", row.capacity)
    places = Places(capacity, given.get("hard_limit", row.hard_limit))
    to = address(at, "schedule-session", row.session.public_id)

    def act(fate: Fate | None) -> Answer:
        resizing.resize(row, places, by=at.actor)
        return done(to, _("The places are changed."))

    return decided(
        request,
        at,
        act,
        lambda status: _page(request, at, row.session, status, wrong=(row, form)),
        back=to,
        form=form,
    )


def _session(at: At, public_id: UUID) -> Session:
    known = Session.objects.select_related("department__clinic", "doctor", "room")
    return get_object_or_404(known, public_id=public_id, clinic=at.clinic)


def _page(
    request: HttpRequest,
    at: At,
    row: Session,
    status: int = 200,
    *,
    form: RoomForm | None = None,
    wrong: tuple[Slot, PlacesForm] | None = None,
) -> HttpResponse:
    """With what was typed for one slot, where that was wrong."""
    now = timezone.now()
    lines = [
        {
            "slot": slot,
            "is_over": slot.ends_at <= now,
            "form": wrong[1] if wrong and wrong[0].pk == slot.pk else None,
        }
        for slot in Slot.objects.filter(session=row).order_by("starts_at")
        if slot.is_open or slot.booked
    ]
    context = shown(at, session=row, lines=lines, form=form or RoomForm(row))
    return render(request, "schedule/session.html", context, status=status)
