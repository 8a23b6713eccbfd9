"""A doctor sits in another room on one day."""

from __future__ import annotations

import pytest

from queues.actions import doctors_rooms
from queues.actions.refusals import Invalid
from queues.models import Counter, Department, Event, Kind, Session
from queues.rules.rights import SYSTEM
from queues.tests import agenda, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(opd: Department) -> Session:
    return agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic))[0].session


def test_the_room_changes_with_an_event(session: Session, opd: Department) -> None:
    room = Counter.objects.create(department=opd, code="R9", is_open=True)
    doctors_rooms.change_room(session, room, by=SYSTEM)
    assert Session.objects.get().room == room
    room.refresh_from_db()
    assert room.doctor == session.doctor, "so that they can call from there"
    event = Event.objects.get(kind=Kind.SCHEDULE_CHANGED)
    assert (event.subject, event.after) == (session.public_id, {"room": "R9"})
    doctors_rooms.change_room(session, room, by=SYSTEM)
    assert Event.objects.filter(kind=Kind.SCHEDULE_CHANGED).count() == 1


def test_a_room_of_another_department_is_refused(session: Session, lab: Department) -> None:
    with pytest.raises(Invalid):
        doctors_rooms.change_room(session, cast.counter(lab, "1"), by=SYSTEM)
    assert Session.objects.get().room is None
