"""What the API takes and gives about doctors' time."""

from __future__ import annotations

from uuid import UUID

from ninja import Field, Schema

from queues.api.shapes import Code, DateIn, Reason, SourceIn
from queues.rules.appointments import Stage
from queues.rules.priority import Priority

A_DOCTOR = "the id, or the code that another system gave"
A_SLOT = "the id; or its hours, 24-hour and local: the earliest such slot that is not yet over"
A_DAY = "of the hours; may also be in the query"


class BookIn(Schema):
    doctor_id: Code = Field(examples=["D1"], description=A_DOCTOR)
    slot_id: Code = Field(examples=["9-10"], description=A_SLOT)
    source: SourceIn = Field(examples=["online"], description="in any letter case")
    patient_id: UUID | None = Field(None, description="nobody: staff book without a name")
    date: DateIn = Field(None, examples=["2026-11-23"], description=A_DAY)
    reason: Reason = ""


class TokenBookIn(Schema):
    patient_id: UUID
    doctor_id: Code = Field(examples=["D1"], description=A_DOCTOR)
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
    """Who had to give way, and where they are now."""

    id: UUID
    number: int
    status: Stage
    slot_id: UUID | None
    starts_at: str | None
    waitlisted: bool


class BookingOut(AppointmentOut):
    status_url: str = Field(description="the patient's own page, to see, move and cancel it")
    displaced: DisplacedOut | None
