"""What the API takes and gives about doctors' time."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import BeforeValidator, StrictInt, WithJsonSchema

from queues.actions.wishes import MOST_PLACES
from queues.api.shapes import NO_NUL, Code, DateIn, Reason, SourceIn, TokenOut
from queues.rules.appointments import ASKED_OF_A_LIST, Stage
from queues.rules.priority import Priority
from queues.rules.slots import TimeOfDay

A_DOCTOR = "the id, or the code that another system gave"
A_SLOT = "the id; or its hours, 24-hour and local: the earliest such slot that is not yet over"
A_DAY = "of the hours; may also be in the query"

TokenId = Annotated[StrictInt, Field(ge=1, le=2_147_483_647)] | Code
StageIn = Annotated[Any, WithJsonSchema({"enum": list(ASKED_OF_A_LIST)})]
SpecialtyIn = Annotated[Any, WithJsonSchema({"type": ["string", "null"], "maxLength": 60})]
TimesIn = Annotated[
    Any, WithJsonSchema({"type": ["array", "null"], "items": {"enum": list(TimeOfDay)}})
]


def _as_text(value: Any) -> Any:
    """Other systems number their doctors."""
    return str(value) if type(value) is int else value


DoctorIn = Annotated[Code, BeforeValidator(_as_text, json_schema_input_type=str | int)]


class BookIn(Schema):
    doctor_id: DoctorIn = Field(examples=["D1"], description=A_DOCTOR)
    slot_id: Code = Field(examples=["9-10"], description=A_SLOT)
    source: SourceIn = Field(examples=["online"], description="in any letter case")
    patient_id: UUID | None = Field(None, description="nobody: staff book without a name")
    date: DateIn = Field(None, examples=["2026-11-23"], description=A_DAY)
    reason: Reason = ""


class TokenBookIn(Schema):
    patient_id: UUID
    doctor_id: DoctorIn = Field(examples=["D1"], description=A_DOCTOR)
    source: SourceIn = Field(examples=["follow_up"], description="in any letter case")
    date: DateIn = Field(None, examples=["2026-11-23"], description="only on this day")
    reason: Reason = ""


class AppointmentOut(Schema):
    id: UUID
    token_id: UUID = Field(description="the same, by the name that cancelling takes")
    status: Stage
    source: Priority
    priority: Priority
    number: int = Field(description="on the doctor's list of that day; it stays theirs")
    sequence: float = Field(description="the place on that list: emergencies from 1, paid from 2 …")
    doctor_id: UUID
    doctor: str
    department: str
    clinic: str
    slot_id: UUID | None
    patient_id: UUID | None
    starts_at: str
    ends_at: str
    estimated_time: str | None = Field(description="with the doctor's delay")
    delay: int = Field(description="minutes that the doctor is late")


class DisplacedOut(Schema):
    """Who had to give way, and where they are now; no slot: on the waitlist."""

    id: UUID
    number: int
    status: Stage
    slot_id: UUID | None
    starts_at: str | None
    waitlisted: bool


class LinkedOut(AppointmentOut):
    status_url: str = Field(description="the patient's own page, to see, move and cancel it")


class BookingOut(LinkedOut):
    displaced: DisplacedOut | None


class SessionOut(Schema):
    id: UUID
    department: str
    starts_at: str
    ends_at: str
    delay: int


class DoctorsList(Schema):
    id: UUID
    name: str
    specialty: str
    date: date
    delay: int = Field(description="minutes that the doctor is late, at most")
    sessions: list[SessionOut] = Field(description="the hours of that day; each has its own delay")
    items: list[AppointmentOut] = Field(description="emergencies first, then by sequence")


class SlotOut(Schema):
    id: UUID
    starts_at: str
    ends_at: str
    capacity: int
    hard_limit: int = Field(description="what is above the capacity is for emergencies")
    booked: int


class SlotStatus(Schema):
    slot: SlotOut
    items: list[AppointmentOut] = Field(description="who is still to be seen, most urgent first")


class CancelIn(Schema):
    doctor_id: DoctorIn = Field(examples=["D1"], description=A_DOCTOR)
    slot_id: Code = Field(examples=["9-10"], description=A_SLOT)
    token_id: TokenId = Field(examples=[3], description="the id, or the number in that slot")
    date: DateIn = Field(None, examples=["2026-11-23"], description=A_DAY)


class StatusIn(Schema):
    status: StageIn = Field(examples=["in_consultation"], description="in any letter case")
    patient_id: UUID | None = Field(None, description="at check-in: who the place is for")


class StatusOut(Schema):
    """Where somebody on the list now is: by their appointment, their number in the queue, or both."""

    id: UUID
    status: Stage
    appointment: AppointmentOut | None
    token: TokenOut | None


class AppointmentIn(Schema):
    patient_id: UUID | None = Field(None, description="nobody: staff book without a name")
    slot_id: Code | None = Field(None, description=A_SLOT)
    doctor_id: DoctorIn | None = Field(
        None,
        examples=["D1"],
        description="without a slot: the first that fits; of `date`, if given",
    )
    date: DateIn = Field(None, examples=["2026-11-23"])
    source: SourceIn = Field(examples=["online"], description="in any letter case")
    reason: Reason = ""


class MoveIn(Schema):
    slot_id: Code = Field(examples=["10-11"], description=A_SLOT)
    doctor_id: DoctorIn | None = Field(None, description="of another doctor; the hours are theirs")
    date: DateIn = Field(None, examples=["2026-11-23"], description=A_DAY)


class CheckInIn(Schema):
    patient_id: UUID | None = Field(None, description="who it is, if the place has no name yet")


class CheckedIn(Schema):
    token: TokenOut
    appointment: AppointmentOut


class Paged(Schema):
    page: int = Field(1, ge=1, le=1_000_000)
    limit: int = Field(50, ge=1, le=200)


class AppointmentPage(Schema):
    items: list[AppointmentOut]
    total: int
    page: int
    pages: int


class WaitIn(Schema):
    """A doctor, a specialty or one slot; of several the narrowest counts."""

    patient_id: UUID
    doctor_id: DoctorIn | None = Field(None, examples=["D1"], description=A_DOCTOR)
    specialty: SpecialtyIn = Field(None, examples=["Cardiology"])
    slot_id: Code | None = Field(None, description=A_SLOT)
    source: SourceIn = Field(examples=["online"], description="in any letter case")
    earliest: DateIn = Field(None, examples=["2026-11-23"])
    latest: DateIn = Field(None, examples=["2026-11-30"])
    times_of_day: TimesIn = Field(None, examples=[["morning"]])
    places: int = Field(1, ge=1, le=MOST_PLACES, description="a family: together, or none")
    reason: Reason = ""


class WaitOut(Schema):
    id: UUID
    status: str = Field(description="waiting, offered, booked, left, lapsed")
    patient_id: UUID | None
    doctor_id: UUID | None
    specialty: str
    slot_id: UUID | None
    clinic: str | None
    source: Priority | None
    priority: Priority
    places: int
    earliest: date | None
    latest: date | None
    times_of_day: list[TimeOfDay]
    joined_at: str
    offer_ends_at: str | None
    appointments: list[AppointmentOut] = Field(description="booked, or held until they answer")
    status_url: str | None = Field(
        description="the patient's own page, to answer an offer or to leave"
    )


class PlaceOut(Schema):
    slot_id: UUID
    doctor_id: UUID
    doctor: str
    specialty: str
    clinic: str
    clinic_name: str
    department: str
    starts_at: str
    ends_at: str
    places: int = Field(description="that are free")


class ProviderOut(Schema):
    id: UUID
    name: str
    specialty: str
    languages: list[str]
    clinics: list[str]
    next_free: PlaceOut | None


class ProviderPage(Schema):
    items: list[ProviderOut]
    total: int
    page: int
    pages: int


class PlacePage(Schema):
    items: list[PlaceOut]
    total: int
    page: int
    pages: int


class Places(Schema):
    items: list[PlaceOut]


class ProviderSearch(Paged):
    specialty: str = Field("", max_length=60, pattern=NO_NUL)
    language: str = Field("", max_length=10, pattern=NO_NUL, examples=["hi"])
    search: str = Field("", max_length=120, pattern=NO_NUL, description="in name or specialty")


class Times(Schema):
    """Days are those of the place's own clock."""

    since: str = Field("", alias="from", examples=["2026-11-23"])
    to: str = Field("", examples=["2026-11-30"])
    time_of_day: str = Field("", examples=["morning,evening"])


class TimesOfOne(Times, Paged):
    pass


class PlaceSearch(Times):
    specialty: str = Field("", max_length=60, pattern=NO_NUL, examples=["cardiology"])
    limit: int = Field(20, ge=1, le=200)
