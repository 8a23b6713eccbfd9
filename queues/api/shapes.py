"""What the API takes and gives, as its schema shows it. What a field means is checked in forms."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from ninja import Field, Schema
from pydantic import ConfigDict, WithJsonSchema
from typing_extensions import TypedDict

from queues.rules.people import LONGEST_ADDRESS, LONGEST_NAME, OLDEST, Gender
from queues.rules.priority import Policy, Priority
from queues.rules.status import Move, Status

NO_NUL = r"^[^\x00]*$"
Code = Annotated[str, Field(max_length=40)]
Reason = Annotated[str, Field(max_length=200, pattern=NO_NUL)]


# Fields as they were typed: the form of the page checks them, all in one go and in the caller's
# language. What the schema says of them is what the form says.
NameIn = Annotated[Any, WithJsonSchema({"type": ["string", "null"], "maxLength": LONGEST_NAME})]
PhoneIn = Annotated[Any, WithJsonSchema({"type": ["string", "null"], "maxLength": 40})]
AgeIn = Annotated[
    Any, WithJsonSchema({"type": ["integer", "null"], "minimum": 0, "maximum": OLDEST})
]
DateIn = Annotated[Any, WithJsonSchema({"type": ["string", "null"], "format": "date"})]
GenderIn = Annotated[Any, WithJsonSchema({"enum": [*Gender, None]})]
AddressIn = Annotated[
    Any, WithJsonSchema({"type": ["string", "null"], "maxLength": LONGEST_ADDRESS})
]
LanguageIn = Annotated[Any, WithJsonSchema({"enum": [*dict(settings.LANGUAGES), None]})]
SourceIn = Annotated[Any, WithJsonSchema({"enum": list(Priority)})]


class Strict(Schema):
    """A change of settings: a name that we do not know is a mistake, and is told."""

    model_config = ConfigDict(extra="forbid")


class PatientIn(Schema):
    name: NameIn = Field(None, examples=["Asha Rao"])
    phone: PhoneIn = Field(None, examples=["+91 98765 43210"])
    age: AgeIn = Field(None, examples=[34], description="or birth_date")
    birth_date: DateIn = Field(None, examples=["1992-05-17"])
    gender: GenderIn = None
    address: AddressIn = None
    language: LanguageIn = None
    unidentified: bool = Field(False, description="staff only: nobody knows who this is yet")


class PatientPatch(PatientIn):
    active: bool | None = None


class PatientOut(Schema):
    id: UUID
    number: str
    name: str
    phone: str
    age: int | None
    birth_date: date | None
    gender: Gender
    address: str
    language: str
    active: bool
    identified: bool
    may_be_duplicate: bool
    merged_into: UUID | None
    anonymised: bool


class RecordExport(Schema):
    """All that is held about a patient, and about the records that were merged into theirs."""

    exported_at: str
    records: list[dict[str, Any]]
    corrections: list[dict[str, Any]] = Field(description="what the records said before")
    visits: list[dict[str, Any]]
    tokens: list[dict[str, Any]]
    appointments: list[dict[str, Any]]
    waitlist: list[dict[str, Any]]
    consultations: list[dict[str, Any]]
    addenda: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    events: list[dict[str, Any]] = Field(description="of the history, also who opened the record")


class Registered(PatientOut):
    matches: list[PatientOut] = Field(
        [], description="staff only: others who may be the same person"
    )


class PatientSearch(Schema):
    search: str = Field("", max_length=LONGEST_NAME, pattern=NO_NUL)
    page: int = Field(1, ge=1, le=1_000_000)
    limit: int = Field(50, ge=1, le=200)


class PatientPage(Schema):
    items: list[PatientOut]
    total: int
    page: int
    pages: int


class LookupIn(Schema):
    phone: str | None = Field(None, max_length=40)
    birth_year: int | None = Field(None, ge=1880, le=2200)
    number: str | None = Field(None, max_length=12, description="instead of phone and birth year")


class Found(Schema):
    id: UUID
    number: str


class MergeIn(Schema):
    into: UUID


class TokenIn(Schema):
    patient_id: UUID
    department: Code = Field(examples=["OPD"])
    priority: Priority | None = None
    doctor_id: UUID | None = None


# Minutes until the call: the middle, and the range from p20 to p80.
Eta = TypedDict("Eta", {"minutes": int, "from": int, "to": int})


class TokenOut(Schema):
    id: UUID
    label: str
    department: str
    priority: Priority
    status: Status
    position: int | None
    ahead: int | None
    eta: Eta | None
    status_url: str
    counter: str | None
    doctor_id: UUID | None
    arrived_at: str
    called_at: str | None
    started_at: str | None
    ended_at: str | None


class TokenAnswer(Schema):
    token: TokenOut
    next: TokenOut | None = Field(None, description="after a transfer: the token that waits there")


class CallNextIn(Schema):
    department: Code
    counter: Code
    complete: bool = Field(False, description="first complete whoever is at the counter")


class ActionIn(Schema):
    action: Move
    counter: Code | None = None
    department: Code | None = None
    priority: Priority | None = None
    doctor_id: UUID | None = None
    reason: Reason = ""


class ServingOut(Schema):
    label: str
    counter: str | None
    status: Status


class WaitingOut(Schema):
    label: str
    position: int
    eta_minutes: int | None


class QueueOut(Schema):
    department: str
    state: str
    reason: str
    as_of: str
    seq: int
    serving: list[ServingOut]
    waiting: list[WaitingOut]


class NowServingItem(Schema):
    label: str
    counter: str | None
    called_at: str | None


class NowServingOut(Schema):
    department: str
    as_of: str
    seq: int
    serving: list[NowServingItem]
    next: list[str]


class PlaceInLine(Schema):
    department: str
    as_of: str
    seq: int
    label: str
    status: str = Field(description="waiting, called or serving")
    position: int | None
    ahead: int | None
    eta: Eta | None
    counter: str | None


class ClinicPatch(Strict):
    """What is left out stays."""

    name: str | None = Field(None, max_length=120)
    time_zone: str | None = Field(None, max_length=64, examples=["Asia/Kolkata"])
    turns_at: int | None = Field(None, ge=0, le=23, description="the hour at which a day begins")
    country: str | None = Field(None, max_length=2, examples=["IN"])
    languages: list[str] | None = Field(None, examples=[["en", "hi"]])
    spoken: list[str] | None = Field(None, description="by its walls; none: all its languages")
    elderly_from: int | None = Field(None, ge=1, le=OLDEST)
    idle_hours: int | None = Field(None, ge=0, le=48)
    books_days_ahead: int | None = Field(None, ge=1, le=366, description="slots are made that far")
    check_in_minutes: int | None = Field(None, ge=0, le=1440, description="before, from the phone")
    late_minutes: int | None = Field(None, ge=0, le=1440, description="then they queue as walk-ins")
    offer_minutes: int | None = Field(
        None, ge=0, le=10080, description="to answer a place that came free; 0: booked at once"
    )
    log_in_idle_minutes: int | None = Field(None, ge=5, le=1440, description="then staff log in")
    log_in_hours: int | None = Field(None, ge=1, le=168, description="the longest log-in of staff")
    second_factor_for_all: bool | None = Field(None, description="not of administrators alone")


class ClinicOut(Schema):
    code: str
    name: str
    time_zone: str
    turns_at: int
    country: str
    languages: list[str]
    spoken: list[str]
    elderly_from: int
    idle_hours: int
    books_days_ahead: int
    check_in_minutes: int
    late_minutes: int
    offer_minutes: int
    log_in_idle_minutes: int
    log_in_hours: int
    second_factor_for_all: bool
    service_day: date


class DepartmentOut(Schema):
    code: str
    name: str
    prefix: str
    state: str
    reason: str
    gives_numbers: bool = Field(description="open, within its hours, before its last number")
    waiting: int


class Departments(Schema):
    items: list[DepartmentOut]


class DepartmentPatch(Strict):
    """What is left out stays. State, reason and message are for staff, the rest for administrators."""

    state: str | None = Field(None, examples=["open", "paused", "closed"])
    reason: Reason | None = None
    message: Reason | None = Field(None, description="the strip on its walls")
    name: str | None = Field(None, min_length=1, max_length=80)
    policy: Policy | None = None
    head_starts: dict[Priority, Annotated[int, Field(ge=0, le=1440)]] | None = None
    hours: list[Any] | None = Field(None, examples=[[[0, "08:00", "17:00"]]])
    last_issue: str | None = Field(None, examples=["16:30"])
    daily_limit: int | None = Field(None, ge=0, le=1_000_000)
    call_starts_service: bool | None = None
    assigns_at_issue: bool | None = None
    no_show_minutes: int | None = Field(None, ge=1, le=600)
    returns_behind: int | None = Field(None, ge=0, le=1000)
    typical_minutes: int | None = Field(None, ge=1, le=600)


class DepartmentSettings(DepartmentOut):
    message: str
    policy: Policy
    head_starts: dict[str, int]
    hours: list[Any]
    last_issue: str | None
    daily_limit: int | None
    call_starts_service: bool
    assigns_at_issue: bool
    no_show_minutes: int | None
    returns_behind: int
    typical_minutes: int


class CounterCurrent(Schema):
    token_id: UUID
    label: str


class CounterOut(Schema):
    department: str
    code: str
    name: str
    open: bool
    serves: list[Priority] | None
    doctor_id: UUID | None
    current: CounterCurrent | None


class Counters(Schema):
    items: list[CounterOut]


class CounterPatch(Strict):
    open: bool | None = None
    serves: list[Priority] | None = None
    doctor_id: UUID | None = None


class EventSearch(Schema):
    department: Code
    limit: int = Field(50, ge=1, le=200)
    before: str = Field("", max_length=40, description="the `next` of the page before")


class EventBy(Schema):
    kind: str
    name: str


class EventOut(Schema):
    day: date
    seq: int
    at: str
    kind: str
    label: str | None
    token_id: UUID | None
    counter: str | None
    by: EventBy
    origin: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


class EventPage(Schema):
    items: list[EventOut]
    next: str | None
