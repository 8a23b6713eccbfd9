"""Free places with all that anybody may know of them: the soonest, or all of one doctor."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator

from queues.models import Slot
from queues.screens.answers import Found
from queues.screens.search import MOST_AT_ONCE, Sought, entries


class Place(NamedTuple):
    """A free slot with all that is shown of it. No models: a page has two hundred."""

    slot_key: int
    slot_id: UUID
    starts_at: datetime
    ends_at: datetime
    capacity: int
    booked: int
    doctor_key: int
    doctor_id: UUID
    doctor: str
    specialty: str
    clinic: str
    clinic_name: str
    time_zone: str
    department: str

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def date(self) -> date:
        """As a calendar at the clinic says."""
        return self.starts_at.astimezone(self.zone).date()


COLUMNS = (
    "pk",
    "public_id",
    "starts_at",
    "ends_at",
    "capacity",
    "booked",
    "doctor_id",
    "doctor__public_id",
    "doctor__name",
    "doctor__specialty",
    "clinic__code",
    "clinic__name",
    "clinic__time_zone",
    "session__department__code",
)


def soonest(sought: Sought, now: datetime, limit: int) -> list[Place]:
    """So many, or all there are."""
    suiting, found = entries(sought, now, limit), list[Place]()
    while len(found) < limit and (some := list(islice(suiting, limit - len(found)))):
        found += of_these([entry.key for entry in some])
    return found


def of_these(keys: Collection[int]) -> list[Place]:
    """These slots, in one query; without those whose doctor no longer works."""
    known = Slot.objects.filter(pk__in=keys, doctor__is_active=True).soonest_first()
    return [Place(*row) for row in known.values_list(*COLUMNS)]


# As the API tells it.


def places(sought: Sought, now: datetime, limit: int) -> Found:
    """`/api/availability`."""
    found = soonest(sought, now, limit)
    until = found[0].starts_at if found else None
    return Found({"items": [place_answer(one) for one in found]}, until)


def places_of(sought: Sought, now: datetime, page: int, limit: int) -> Found:
    """`/api/providers/{id}/availability`: one doctor has as many as are booked ahead."""
    suiting = list(entries(sought, now, MOST_AT_ONCE))
    pages = Paginator(suiting, limit)
    shown = list(pages.page(page)) if page <= pages.num_pages else []
    facts = {
        "items": [place_answer(one) for one in of_these([entry.key for entry in shown])],
        "total": pages.count,
        "page": page,
        "pages": pages.num_pages,
    }
    return Found(facts, until=suiting[0].starts_at if suiting else None)


def place_answer(place: Place) -> dict[str, Any]:
    """A free place as anybody may know it."""
    return {
        "slot_id": str(place.slot_id),
        "doctor_id": str(place.doctor_id),
        "doctor": place.doctor,
        "specialty": place.specialty,
        "clinic": place.clinic,
        "clinic_name": place.clinic_name,
        "department": place.department,
        "starts_at": place.starts_at.astimezone(place.zone).isoformat(),
        "ends_at": place.ends_at.astimezone(place.zone).isoformat(),
        "places": place.capacity - place.booked,
    }
