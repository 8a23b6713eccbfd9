"""What the API takes and gives about doctors and their weeks. What a field means is checked in
forms."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from ninja import Field, Schema
from pydantic import RootModel, WithJsonSchema

from queues.api.shapes import NO_NUL, Code, DateIn, Reason, Strict
from queues.forms.schedule import MOST_PLACES

Clock = Annotated[str, Field(max_length=8, pattern=NO_NUL, examples=["09:00"])]
Text = Annotated[str, Field(max_length=120, pattern=NO_NUL)]
Count = Annotated[int, Field(ge=0, le=MOST_PLACES)]
Language = Annotated[Any, WithJsonSchema({"enum": list(dict(settings.LANGUAGES))})]
FateIn = Annotated[Any, WithJsonSchema({"enum": ["", "keep", "move", "cancel"]})]
PlacesIn = Annotated[
    Any,
    WithJsonSchema(
        {
            "oneOf": [
                {"type": "integer", "minimum": 0, "maximum": MOST_PLACES},
                {
                    "type": "object",
                    "required": ["capacity"],
                    "additionalProperties": False,
                    "properties": {
                        "capacity": {"type": "integer", "minimum": 0, "maximum": MOST_PLACES},
                        "hard_limit": {"type": "integer", "minimum": 0, "maximum": MOST_PLACES},
                    },
                },
            ]
        }
    ),
]


class HoursIn(RootModel[dict[str, PlacesIn]]):
    """How many places in which hours: a number, or a capacity and a hard limit."""

    model_config = {
        "json_schema_extra": {"example": {"9-10": 3, "10-11": {"capacity": 4, "hard_limit": 5}}}
    }


class SetSlot(Schema):
    id: UUID
    starts_at: str
    ends_at: str
    capacity: int
    hard_limit: int
    booked: int


class DoctorWithSlots(Schema):
    id: UUID
    code: str | None
    name: str
    slots: list[SetSlot]


class DoctorIn(Strict):
    name: Text = Field(examples=["Dr Rao"])
    specialty: Annotated[str, Field(max_length=60, pattern=NO_NUL)] = ""
    languages: list[Language] = []
    departments: list[Code] = Field(examples=[["OPD"]])
    code: Code | None = Field(None, description="by which another system knows them")
    user_id: UUID | None = None


class DoctorPatch(Strict):
    """What is left out stays."""

    name: Text | None = None
    specialty: Annotated[str, Field(max_length=60, pattern=NO_NUL)] | None = None
    languages: list[Language] | None = None
    departments: list[Code] | None = None
    code: Code | None = None
    user_id: UUID | None = None
    active: bool | None = None


class DoctorOut(Schema):
    id: UUID
    code: str | None
    name: str
    specialty: str
    languages: list[str]
    departments: list[str]
    active: bool
    user_id: UUID | None


class Doctors(Schema):
    items: list[DoctorOut]


class TimesPatch(Strict):
    """What is left out stays."""

    department: Code | None = None
    room: Code | None = Field(
        None, description="a counter of the department; none: the doctor's own"
    )
    opens: Clock | None = None
    closes: Clock | None = Field(None, description="earlier than the beginning: the next morning")
    slot_minutes: int | None = Field(None, ge=1, le=1440)
    capacity: Count | None = None
    hard_limit: Count | None = Field(None, description="with the buffer for emergencies")


class RulePatch(TimesPatch):
    weekday: int | None = Field(None, ge=0, le=6, description="Monday is 0")
    starts_on: DateIn = None
    ends_on: DateIn = Field(None, description="the last day")


class RuleIn(RulePatch):
    doctor_id: Code


class ExtraPatch(TimesPatch):
    day: DateIn = None


class ExtraIn(ExtraPatch):
    doctor_id: Code


class LeavePatch(Strict):
    """Days; or, with hours, from the one on the first day to the other on the last."""

    starts_on: DateIn = None
    ends_on: DateIn = None
    opens: Clock | None = None
    closes: Clock | None = None
    reason: Reason = ""
    everywhere: bool = Field(
        False, description="at all clinics where the doctor works; otherwise at this one alone"
    )


class LeaveIn(LeavePatch):
    doctor_id: Code


class TimesOut(Schema):
    id: UUID
    doctor_id: UUID
    department: str
    room: str | None
    opens: str
    closes: str
    slot_minutes: int
    capacity: int
    hard_limit: int


class RuleOut(TimesOut):
    weekday: int
    starts_on: date
    ends_on: date | None


class ExtraOut(TimesOut):
    day: date


class LeaveOut(Schema):
    id: UUID
    doctor_id: UUID
    starts_on: date
    ends_on: date
    opens: str | None
    closes: str | None
    reason: str
    everywhere: bool


class Rules(Schema):
    items: list[RuleOut]


class Extras(Schema):
    items: list[ExtraOut]


class Leaves(Schema):
    items: list[LeaveOut]


class SlotPatch(Strict):
    capacity: Count | None = None
    hard_limit: Count | None = None
