"""Who may do what: the one matrix, asked by every door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from queues.rules.status import Move


class Role(StrEnum):
    KIOSK = "kiosk"  # a machine by the door
    STAFF = "staff"  # another system at a desk
    CLERK = "clerk"
    NURSE = "nurse"
    DOCTOR = "doctor"
    MANAGER = "manager"  # of a clinic or a department: its plan, its places, its machines
    ADMIN = "admin"


class Act(StrEnum):
    REGISTER = "register"  # a new patient, and finding a returning one
    ISSUE = "issue"  # a number
    CALL_HELP = "call_help"  # staff, to a kiosk
    GIVE_URGENCY = "give_urgency"  # priorities that only staff give
    SEE_PATIENTS = "see_patients"
    MEND_RECORDS = "mend_records"  # correct, merge, deactivate
    WORK_QUEUE = "work_queue"  # call, start, complete, hold, transfer …
    WORK_COUNTERS = "work_counters"  # open, close, sit down
    PAUSE = "pause"  # a department, with its reason
    SEE_HISTORY = "see_history"
    BOOK = "book"  # a doctor's time for a patient, and all that follows from it
    CHECK_IN = "check_in"  # somebody who comes to their appointment
    RUN_LATE = "run_late"  # say that a doctor is
    SEE_CONSULTATIONS = "see_consultations"  # of others; one's own always
    CONSULT = "consult"
    SET_SCHEDULE = "set_schedule"  # doctors, their weeks and their slots
    SET_POLICY = "set_policy"  # hours, head starts, limits
    SET_HOUSE = "set_house"  # a clinic's settings, its departments and counters
    SET_DEVICES = "set_devices"  # let kiosks and walls in, and send them away
    SET_STAFF = "set_staff"  # who works here, as what
    SET_KEYS = "set_keys"  # doors for other systems
    PROVE_HISTORY = "prove_history"  # see that it is whole
    EXPORT_RECORDS = "export_records"  # all that is held about a patient
    ANONYMISE = "anonymise"  # a patient, for good


_ROOM = frozenset({Act.CONSULT, Act.SEE_CONSULTATIONS})  # what is said in a doctor's room
_PLANS = frozenset(
    {Act.SET_POLICY, Act.SET_SCHEDULE, Act.SET_HOUSE, Act.SET_DEVICES, Act.PROVE_HISTORY}
)
_TRUST = frozenset({Act.SET_STAFF, Act.SET_KEYS, Act.EXPORT_RECORDS, Act.ANONYMISE})
_DESK = frozenset(Act) - _ROOM - _PLANS - _TRUST
MAY: Mapping[Role, frozenset[Act]] = {
    Role.KIOSK: frozenset({Act.REGISTER, Act.ISSUE, Act.CHECK_IN, Act.CALL_HELP}),
    Role.STAFF: _DESK,
    Role.CLERK: _DESK,
    Role.NURSE: _DESK,
    Role.DOCTOR: _DESK | _ROOM,
    Role.MANAGER: _DESK | _PLANS,
    Role.ADMIN: frozenset(Act),
}
# What patients do with their own number from their phone, whatever their grants.
PATIENT_MOVES = frozenset({Move.HOLD, Move.RESUME, Move.CANCEL})
KEY_ROLES = (Role.KIOSK, Role.STAFF, Role.ADMIN)
PEOPLE_ROLES = (Role.CLERK, Role.NURSE, Role.DOCTOR, Role.MANAGER, Role.ADMIN)


class ActorKind(StrEnum):
    USER = "user"
    KEY = "key"
    DEVICE = "device"  # a kiosk or a wall that was let in
    PATIENT = "patient"  # with the link of their visit, or at the kiosk's screen
    CLOCK = "clock"  # the duties
    SYSTEM = "system"  # whoever runs the server, by a command


@dataclass(frozen=True)
class Grant:
    """A role at one clinic, in one department or (None) in all of them."""

    clinic_id: int
    department_id: int | None
    role: Role


@dataclass(frozen=True)
class Actor:
    """Who acts, as the journal writes it down and as the matrix judges it."""

    kind: ActorKind
    public_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    origin: str = ""  # from where: api, desk, kiosk, phone, clock, command

    def may(self, act: Act, clinic_id: int, department_id: int | None = None) -> bool:
        """Whether some grant covers the act; without a department, any of the clinic will do."""
        return self.kind is ActorKind.SYSTEM or any(
            act in MAY[grant.role]
            and grant.clinic_id == clinic_id
            and (department_id is None or grant.department_id in (None, department_id))
            for grant in self.grants
        )

    def may_everywhere(self, act: Act, clinic_id: int) -> bool:
        """Whether the act is theirs in all of the clinic, not in a department alone."""
        return self.kind is ActorKind.SYSTEM or any(
            act in MAY[grant.role] and grant.clinic_id == clinic_id and grant.department_id is None
            for grant in self.grants
        )

    def works_at(self, clinic_id: int) -> bool:
        return any(grant.clinic_id == clinic_id for grant in self.grants)

    @property
    def is_staff(self) -> bool:
        return any(grant.role is not Role.KIOSK for grant in self.grants)


CLOCK = Actor(ActorKind.CLOCK, origin="clock")
SYSTEM = Actor(ActorKind.SYSTEM, origin="command")
