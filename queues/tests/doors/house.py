"""A hospital with one of everything, so that each of its doors leads somewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from queues.actions import (
    alarms,
    consultations,
    devices,
    invitations,
    issuing,
    keys,
    paper,
    waitlists,
)
from queues.actions.wishes import Wish
from queues.models import (
    Clinic,
    Department,
    Device,
    Doctor,
    ExtraSession,
    Leave,
    ScheduleRule,
    User,
)
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.rules.weeks import DAY
from queues.tests import agenda, cast
from queues.tests.consulting import room, slots_of_today
from queues.views.book.mine import signed

PART = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class House:
    clinic: Clinic
    department: Department  # whose doors they are
    next_door: Department
    doctor: Doctor
    words: dict[str, Any]  # what stands in addresses and bodies

    def with_words(self, named: dict[str, str]) -> House:
        """Where an address calls something by another name."""
        more = {name: self.words[word] for name, word in named.items()}
        return replace(self, words=self.words | more)

    def path(self, route: str) -> str:
        """An address, with what exists in the place of each `<part>`."""
        return "/" + PART.sub(lambda part: str(self.words[part[1]]), route)

    def filled(self, body: Any) -> Any:
        """A body in which `<word>` stands for what exists."""
        if isinstance(body, dict):
            return {self.filled(name): self.filled(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self.filled(one) for one in body]
        return self.words[body[1:-1]] if isinstance(body, str) and body[:1] == "<" else body


def built() -> House:
    clinic = cast.clinic()
    opd, lab = cast.department(clinic, "OPD"), cast.department(clinic, "LAB")
    rao = agenda.doctor(opd)
    rao.user = User.objects.create_user("rao", "rao@example.org")
    rao.save(update_fields=["user"])
    asha, ben, chen, dan = (cast.patient(clinic, name) for name in ("Asha", "Ben", "Chen", "Dan"))
    token = issuing.issue(asha, opd, by=SYSTEM)
    room(rao, opd)
    now, soon = slots_of_today(rao, opd, 2)
    later, free = agenda.slots(rao, opd, agenda.tomorrow(clinic), 2)
    held = agenda.booked(later, ben).appointment
    seen = agenda.booked(now, chen).appointment
    wish = Wish(clinic, slot=later, latest=later.day)
    entry = waitlists.join(asha, wish, Priority.ONLINE, by=SYSTEM)
    nia = cast.user(clinic, "nia", Role.NURSE, opd)
    invited, secret = invitations.invite("zoe@example.org", Role.CLERK, clinic, opd, by=SYSTEM)
    key, _secret = keys.make("robot", Role.STAFF, clinic, opd, by=SYSTEM)
    tomorrow = agenda.tomorrow(clinic).date()
    hours = {
        "doctor": rao, "department": opd, "opens": "08:00", "closes": "09:00", "slot_minutes": 30,
        "capacity": 1, "hard_limit": 1,
    }  # fmt: skip
    rule = ScheduleRule.objects.create(weekday=0, starts_on=tomorrow, **hours)
    extra = ExtraSession.objects.create(day=tomorrow + 9 * DAY, **hours)
    away = tomorrow + 20 * DAY
    leave = Leave.objects.create(doctor=rao, starts_on=away, ends_on=away, clinic=clinic)
    return House(
        clinic,
        opd,
        lab,
        rao,
        {
            "clinic": "main",
            "department": "OPD",
            "department_id": opd.public_id,
            "counter": "1",
            "counter_id": cast.counter(opd, "1").public_id,
            "user": nia.public_id,
            "invitation": invited.public_id,
            "invited": secret,
            "code": "OPD",
            "token": token.public_id,
            "token_id": str(token.public_id),
            "label": token.visit.label,
            "patient": asha.public_id,
            "patient_id": str(asha.public_id),
            "number": asha.number,
            "other_patient": str(chen.public_id),
            "alarm": alarms.raise_alarm(clinic, by=cast.kiosk(clinic)).public_id,
            "first": paper.print_numbers(opd, 2, by=SYSTEM)[0].public_id,
            "doctor": rao.public_id,
            "doctor_id": str(rao.public_id),
            "slot": later.public_id,
            "slot_id": str(later.public_id),
            "free_slot": str(free.public_id),
            "session": later.session.public_id,
            "appointment": held.public_id,
            "appointment_id": str(held.public_id),
            "coming": str(agenda.booked(soon, dan).appointment.public_id),
            "what": held.public_id,
            "entry": entry.public_id,
            "entry_id": str(entry.public_id),
            "kind": "rules",
            "machine": "wall",
            "asks": devices.ask(Device.Kind.WALL, "10.0.0.9")[0].code,
            "device": _wall(opd).public_id,
            "rule": rule.public_id,
            "rule_id": str(rule.public_id),
            "extra_id": str(extra.public_id),
            "leave_id": str(leave.public_id),
            "consultation": (draft := consultations.start(seen, by=SYSTEM)).public_id,
            "consultation_id": str(draft.public_id),
            "signed": signed(ben),
            "visit": token.visit.secret,
            "booking": held.secret,
            "waiting": entry.secret,
            "asked": "need",
            "tomorrow": tomorrow.isoformat(),
            "provider_id": "directory",
            "uidb36": "1",
            "pk": "1",
            "key": "none",
            "key_id": key.public_id,
        },
    )


def _wall(department: Department) -> Device:
    asked, _secret = devices.ask(Device.Kind.WALL, "10.0.0.9")
    return devices.approve(asked.code or "", "Lobby", department.clinic, [department], by=SYSTEM)
