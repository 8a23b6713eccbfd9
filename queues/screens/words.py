"""The hospital's words for what the rules call by code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.models import (
    ApiKey,
    Appointment,
    Consultation,
    Department,
    Event,
    Kind,
    Token,
    User,
)
from queues.rules.appointments import Stage
from queues.rules.paper import Outcome
from queues.rules.priority import Priority
from queues.rules.rights import ActorKind, Role
from queues.rules.status import LIVE, Status

ROLE: dict[Role, Promise] = {
    Role.KIOSK: gettext_lazy("a kiosk"),
    Role.STAFF: gettext_lazy("a desk"),
    Role.CLERK: gettext_lazy("clerk"),
    Role.NURSE: gettext_lazy("nurse"),
    Role.DOCTOR: gettext_lazy("doctor"),
    Role.MANAGER: gettext_lazy("manager"),
    Role.ADMIN: gettext_lazy("administrator"),
}

STATUS = {
    Status.WAITING: gettext_lazy("waiting"),
    Status.CALLED: gettext_lazy("called"),
    Status.SERVING: gettext_lazy("being served"),
    Status.ON_HOLD: gettext_lazy("on hold"),
    Status.COMPLETED: gettext_lazy("completed"),
    Status.NO_SHOW: gettext_lazy("absent"),
    Status.CANCELLED: gettext_lazy("cancelled"),
    Status.TRANSFERRED: gettext_lazy("sent on"),
}
STAGE = {
    Stage.SCHEDULED: gettext_lazy("booked"),
    Stage.CONFIRMED: gettext_lazy("confirmed"),
    Stage.CHECKED_IN: gettext_lazy("here"),
    Stage.IN_CONSULTATION: gettext_lazy("with the doctor"),
    Stage.COMPLETED: gettext_lazy("completed"),
    Stage.CANCELLED: gettext_lazy("cancelled"),
    Stage.NO_SHOW: gettext_lazy("did not come"),
    Stage.DISPLACED: gettext_lazy("without a place, first on the waitlist"),
    Stage.WAITLISTED: gettext_lazy("offered, not answered yet"),
}
CONSULTATION = {
    Consultation.Status.DRAFT: gettext_lazy("not completed"),
    Consultation.Status.COMPLETED: gettext_lazy("completed"),
}
WRITTEN = {  # the parts of a consultation
    "complaint": gettext_lazy("the complaint"),
    "notes": gettext_lazy("the notes"),
    "diagnosis": gettext_lazy("the diagnosis"),
    "advice": gettext_lazy("the advice"),
    "prescription": gettext_lazy("the prescription"),
    "follow_up_days": gettext_lazy("when to come again"),
}
PRIORITY = {
    Priority.EMERGENCY: gettext_lazy("emergency"),
    Priority.PAID: gettext_lazy("paid"),
    Priority.FOLLOW_UP: gettext_lazy("follow-up"),
    Priority.ELDERLY: gettext_lazy("elderly, pregnant or disabled"),
    Priority.ONLINE: gettext_lazy("booked online"),
    Priority.WALK_IN: gettext_lazy("walk-in"),
}
EVENT = {
    Kind.ISSUED: gettext_lazy("Number given"),
    Kind.CALLED: gettext_lazy("Called"),
    Kind.STARTED: gettext_lazy("Started"),
    Kind.COMPLETED: gettext_lazy("Completed"),
    Kind.NO_SHOW: gettext_lazy("Did not come"),
    Kind.RECALLED: gettext_lazy("Called again"),
    Kind.PUT_BACK: gettext_lazy("Put back in line"),
    Kind.HELD: gettext_lazy("Put on hold"),
    Kind.RESUMED: gettext_lazy("Waits again"),
    Kind.RETURNED: gettext_lazy("Came back"),
    Kind.TRANSFERRED: gettext_lazy("Sent on"),
    Kind.ARRIVED: gettext_lazy("Came from another department"),
    Kind.CANCELLED: gettext_lazy("Cancelled"),
    Kind.PRIORITY_CHANGED: gettext_lazy("Priority changed"),
    Kind.RERANKED: gettext_lazy("Place changed with the rules"),
    Kind.ASSIGNED: gettext_lazy("Counter chosen"),
    Kind.CLOSED_BY_CLOCK: gettext_lazy("Closed after the end of the day"),
    Kind.UNDONE: gettext_lazy("Taken back"),
    Kind.WITHDRAWN: gettext_lazy("Withdrawn, since sending on was taken back"),
    Kind.LANGUAGE_CHOSEN: gettext_lazy("Language chosen"),
    Kind.HELP_CALLED: gettext_lazy("Help called"),
    Kind.HELP_ANSWERED: gettext_lazy("Help came"),
    Kind.NUMBERS_PRINTED: gettext_lazy("Numbers printed on paper"),
    Kind.DEPARTMENT_CHANGED: gettext_lazy("Department changed"),
    Kind.COUNTER_CHANGED: gettext_lazy("Counter changed"),
    Kind.CLINIC_FOUNDED: gettext_lazy("Clinic set up"),
    Kind.CLINIC_CHANGED: gettext_lazy("Clinic changed"),
    Kind.PATIENT_REGISTERED: gettext_lazy("Patient registered"),
    Kind.PATIENT_CORRECTED: gettext_lazy("Record corrected"),
    Kind.PATIENTS_MERGED: gettext_lazy("Records merged"),
    Kind.RECORD_OPENED: gettext_lazy("Record opened"),
    Kind.RECORD_EXPORTED: gettext_lazy("Record exported"),
    Kind.RECORD_ANONYMISED: gettext_lazy("Record anonymised"),
    Kind.DAY_REMOVED: gettext_lazy("The entries of a past day removed, since their time was over"),
    Kind.DOCTOR_ADDED: gettext_lazy("Doctor added"),
    Kind.DOCTOR_CHANGED: gettext_lazy("Doctor changed"),
    Kind.SCHEDULE_CHANGED: gettext_lazy("Schedule changed"),
    Kind.SLOTS_CHANGED: gettext_lazy("Times changed"),
    Kind.RUNNING_LATE: gettext_lazy("The doctor runs late"),
    Kind.BOOKED: gettext_lazy("Appointment booked"),
    Kind.BOOKING_NAMED: gettext_lazy("Appointment got its patient"),
    Kind.CONFIRMED: gettext_lazy("Appointment confirmed"),
    Kind.RESCHEDULED: gettext_lazy("Appointment moved"),
    Kind.DISPLACED: gettext_lazy("Gave way to somebody more urgent"),
    Kind.BOOKING_CANCELLED: gettext_lazy("Appointment cancelled"),
    Kind.CHECKED_IN: gettext_lazy("Came to the appointment"),
    Kind.MISSED: gettext_lazy("Did not come to the appointment"),
    Kind.WAITLIST_JOINED: gettext_lazy("Joined the waitlist"),
    Kind.WAITLIST_LEFT: gettext_lazy("Left the waitlist"),
    Kind.PLACE_OFFERED: gettext_lazy("A place was offered"),
    Kind.PLACE_GIVEN: gettext_lazy("A place came free"),
    Kind.OFFER_LAPSED: gettext_lazy("The offer was not taken"),
    Kind.OFFER_WITHDRAWN: gettext_lazy("A place that was offered was needed otherwise"),
    Kind.CONSULTATION_STARTED: gettext_lazy("Consultation started"),
    Kind.CONSULTATION_CHANGED: gettext_lazy("Consultation changed"),
    Kind.CONSULTATION_COMPLETED: gettext_lazy("Consultation completed"),
    Kind.ADDENDUM_WRITTEN: gettext_lazy("Addendum written"),
    Kind.DEPARTMENT_ADDED: gettext_lazy("Department added"),
    Kind.COUNTER_ADDED: gettext_lazy("Counter added"),
    Kind.COUNTER_REMOVED: gettext_lazy("Counter removed"),
    Kind.STAFF_CHANGED: gettext_lazy("Somebody's role changed"),
    Kind.ACCOUNT_CHANGED: gettext_lazy("An account was put out of use, or in use again"),
    Kind.INVITED: gettext_lazy("Somebody was invited"),
    Kind.INVITATION_WITHDRAWN: gettext_lazy("An invitation was withdrawn"),
    Kind.INVITATION_TAKEN: gettext_lazy("Somebody came who was invited"),
    Kind.KEY_MADE: gettext_lazy("Key made"),
    Kind.KEY_REVOKED: gettext_lazy("Key revoked"),
    Kind.FACTOR_ADDED: gettext_lazy("Second factor added"),
    Kind.FACTOR_REMOVED: gettext_lazy("Second factor removed"),
    Kind.FACTORS_RESET: gettext_lazy("Second factors taken away by a colleague"),
    Kind.PASSWORD_CHANGED: gettext_lazy("Password changed"),
    Kind.DIRECTORY_LINKED: gettext_lazy("Account linked with the hospital's directory"),
    Kind.DEVICE_APPROVED: gettext_lazy("Kiosk or wall approved"),
    Kind.DEVICE_PAIRED: gettext_lazy("Kiosk or wall paired"),
    Kind.DEVICE_RENAMED: gettext_lazy("Kiosk or wall renamed"),
    Kind.DEVICE_REVOKED: gettext_lazy("Kiosk or wall revoked"),
    Kind.RESTORED: gettext_lazy("Restored from a backup"),
}
OUTCOME = {
    Outcome.WAITING: gettext_lazy("still waiting"),
    Outcome.SEEN: gettext_lazy("seen already"),
    Outcome.LEFT: gettext_lazy("left"),
}
ORIGIN = {  # from where somebody acted
    "api": gettext_lazy("from another system"),
    "desk": gettext_lazy("at a desk"),
    "kiosk": gettext_lazy("at the kiosk"),
    "phone": gettext_lazy("by phone"),
    "portal": gettext_lazy("online"),
    "clock": gettext_lazy("by itself"),
    "command": gettext_lazy("on the server"),
    "paper": gettext_lazy("from paper"),
}
ACTOR = {  # of those who act without a name
    ActorKind.USER: gettext_lazy("a former colleague"),
    ActorKind.KEY: gettext_lazy("another system"),
    ActorKind.DEVICE: gettext_lazy("the machine itself"),
    ActorKind.PATIENT: gettext_lazy("the patient"),
    ActorKind.CLOCK: gettext_lazy("the clock"),
    ActorKind.SYSTEM: gettext_lazy("the administrator"),
}


def who(event: Event) -> str:
    """Who made a change, as colleagues would say it."""
    nobody = str(ACTOR[ActorKind(event.actor_kind)])
    if event.actor and event.actor_kind == ActorKind.USER:
        user = User.objects.filter(public_id=event.actor).first()
        return user.shown_name if user else nobody
    if event.actor and event.actor_kind == ActorKind.KEY:
        key = ApiKey.objects.filter(public_id=event.actor).first()
        return key.name if key else nobody
    return nobody


def by(actor: Mapping[str, str]) -> str:
    """The same for an event as history tells it, where who has no name goes by their kind."""
    nameless = actor["name"] == actor["kind"]
    return str(ACTOR[ActorKind(actor["kind"])]) if nameless else actor["name"]


def reason(kind: str, note: str) -> str:
    """A note as it was typed; what was taken back is noted by its code."""
    coded = kind == Kind.UNDONE or note == Kind.SCHEDULE_CHANGED
    return str(EVENT[Kind(note)]) if coded else note


def state(code: str) -> str:
    """Of a number, an appointment or a consultation; others have words of their own."""
    for table in (STATUS, STAGE, CONSULTATION):
        known: dict[str, str] = {str(name): str(word) for name, word in table.items()}
        if code in known:
            return known[code]
    return code


def stands(token: Token) -> str:
    """What state a token is in, and where."""
    facts = {
        "label": token.visit.label,
        "state": STATUS[Status(token.status)],
        "counter": token.counter.code if token.counter else "",
        "room": token.counter.name if token.counter else "",
    }
    if facts["room"] and token.status in LIVE:
        return _("%(label)s is %(state)s: %(room)s.") % facts
    if token.counter and token.status in LIVE:
        return _("%(label)s is %(state)s at counter %(counter)s.") % facts
    return _("%(label)s is %(state)s.") % facts


def standing(token: Token, last: Event | None) -> str:
    """How a token stands, and who put it there when."""
    sentence = stands(token)
    if last is None:
        return sentence
    at = time_format(last.at.astimezone(token.department.clinic.zone), "H:i:s")
    return f"{sentence} " + _("It was put there by %(who)s at %(time)s.") % {
        "who": who(last),
        "time": at,
    }


def appointment_stands(appointment: Appointment, last: Event | None) -> str:
    """What state an appointment is in, and who put it there when."""
    state = STAGE[Stage(appointment.status)]
    sentence = _("This appointment is: %(state)s.") % {"state": state}
    if last is None:
        return sentence
    at = time_format(last.at.astimezone(appointment.department.clinic.zone), "H:i:s")
    return f"{sentence} " + _("It was put there by %(who)s at %(time)s.") % {
        "who": who(last),
        "time": at,
    }


def consultation_stands(consultation: Consultation, last: Event | None) -> str:
    """Whether a consultation is completed, and who put it so when."""
    facts = {"state": CONSULTATION[Consultation.Status(consultation.status)]}
    sentence = _("This consultation is: %(state)s.") % facts
    if last is None:
        return sentence
    at = time_format(last.at.astimezone(consultation.department.clinic.zone), "H:i:s")
    return f"{sentence} " + _("It was put there by %(who)s at %(time)s.") % {
        "who": who(last),
        "time": at,
    }


def department_state(department: Department) -> str:
    """Whether and why a department is not open, for patients and staff alike."""
    if department.state == Department.State.PAUSED:
        sentence = _("%(department)s is paused.")
    elif department.state == Department.State.CLOSED:
        sentence = _("%(department)s is closed.")
    else:
        sentence = _("%(department)s is open.")
    return " ".join(
        filter(None, [sentence % {"department": department.name}, department.state_reason])
    )
