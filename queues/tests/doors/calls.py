"""The API's rows. What a caller may not do is refused whatever they send; so that it is their right
that is asked about and not their body, each sends one that is good."""

from __future__ import annotations

from queues.rules.rights import Act
from queues.tests.doors.rows import (
    Row,
    anybody,
    at_some_clinic,
    at_the_clinic,
    here,
    in_all_of_some_clinic,
    in_all_of_the_clinic,
)

AT_MAIN = "?clinic=main"
PERSON = {"name": "Dora", "phone": "+919812345678", "age": 40}
BOOKING = {"doctor_id": "<doctor_id>", "slot_id": "<free_slot>", "source": "online"}
HOURS = {
    "department": "OPD",
    "opens": "14:00",
    "closes": "15:00",
    "slot_minutes": 30,
    "capacity": 1,
    "hard_limit": 1,
}
RULE = {"doctor_id": "<doctor_id>", "weekday": 1, "starts_on": "<tomorrow>", **HOURS}
EXTRA = {"doctor_id": "<doctor_id>", "day": "<tomorrow>", **HOURS}
LEAVE = {"doctor_id": "<doctor_id>", "starts_on": "<tomorrow>", "ends_on": "<tomorrow>"}
PUBLIC = Row(anybody)
DESK = Row(at_some_clinic(Act.WORK_QUEUE))
BOOKS = Row(here(Act.BOOK))
PLAN = Row(in_all_of_some_clinic(Act.SET_SCHEDULE))
PLANS = Row(in_all_of_the_clinic(Act.SET_SCHEDULE))

CALLS: dict[str, Row] = {
    # Patients
    "POST patients": Row(at_some_clinic(Act.REGISTER), PERSON),
    "GET patients": Row(at_some_clinic(Act.SEE_PATIENTS), asked="?search=asha"),
    "POST patients/lookup": Row(at_some_clinic(Act.REGISTER), {"number": "<number>"}),
    "PATCH patients/<patient_id>": Row(at_the_clinic(Act.MEND_RECORDS), {"name": "Asha B"}),
    "POST patients/<patient_id>/merge": Row(
        at_the_clinic(Act.MEND_RECORDS), {"into": "<other_patient>"}
    ),
    "GET patients/<patient_id>/export": Row(in_all_of_the_clinic(Act.EXPORT_RECORDS)),
    "POST patients/<patient_id>/anonymise": Row(in_all_of_the_clinic(Act.ANONYMISE)),
    "GET patients/<patient_id>/appointments": Row(at_the_clinic(Act.BOOK)),
    # Numbers
    "POST token": Row(
        here(Act.ISSUE), {"patient_id": "<other_patient>", "department": "OPD"}, AT_MAIN
    ),
    "GET token/<token_id>": Row(at_the_clinic(Act.WORK_QUEUE)),
    "POST token/<token_id>/action": Row(here(Act.WORK_QUEUE), {"action": "hold"}),
    "PATCH token/<token_id>/status": Row(here(Act.WORK_QUEUE), {"status": "cancelled"}),
    "POST queue/call_next": Row(
        here(Act.WORK_QUEUE), {"department": "OPD", "counter": "1"}, AT_MAIN
    ),
    "GET queue": Row(anybody, asked=f"{AT_MAIN}&department=OPD"),
    "GET place": Row(anybody, asked=f"{AT_MAIN}&department=OPD&label=<label>"),
    "GET now_serving": Row(anybody, asked=f"{AT_MAIN}&department=OPD"),
    # The house
    "GET clinic": DESK,
    "PATCH clinic": Row(in_all_of_some_clinic(Act.SET_POLICY), {"name": "Main"}),
    "GET departments": Row(anybody, asked=AT_MAIN),
    "GET departments/<code>": DESK,
    "PATCH departments/<code>": Row(here(Act.PAUSE), {"state": "open"}, AT_MAIN),
    "GET counters": DESK,
    "PATCH counters/<code>": Row(
        here(Act.WORK_COUNTERS), {"open": True}, f"{AT_MAIN}&department=OPD", {"code": "counter"}
    ),
    "GET events": Row(here(Act.SEE_HISTORY), asked=f"{AT_MAIN}&department=OPD"),
    # A doctor's time
    "POST book": Row(here(Act.BOOK), BOOKING),
    "POST token/book": Row(
        at_the_clinic(Act.BOOK),
        {"patient_id": "<other_patient>", "doctor_id": "<doctor_id>", "source": "online"},
    ),
    "GET doctor/<doctor_id>": Row(at_the_clinic(Act.BOOK)),
    "POST doctor/<doctor_id>": Row(here(Act.SET_SCHEDULE), {"20-21": 3}, asked="?date=<tomorrow>"),
    "GET status/<doctor_id>/<slot_id>": Row(at_the_clinic(Act.BOOK)),
    "POST cancel": Row(
        here(Act.BOOK),
        {"doctor_id": "<doctor_id>", "slot_id": "<slot_id>", "token_id": "<appointment_id>"},
    ),
    "POST appointments": Row(here(Act.BOOK), BOOKING),
    "GET appointments/<appointment_id>": BOOKS,
    "PATCH appointments/<appointment_id>": Row(here(Act.BOOK), {"slot_id": "<free_slot>"}),
    "DELETE appointments/<appointment_id>": BOOKS,
    "POST appointments/<appointment_id>/confirm": BOOKS,
    "POST appointments/<appointment_id>/check_in": Row(here(Act.CHECK_IN), {}),
    "POST waitlist": Row(
        at_the_clinic(Act.BOOK),
        {"patient_id": "<other_patient>", "doctor_id": "<doctor_id>", "source": "online"},
    ),
    "GET waitlist/<entry_id>": Row(at_the_clinic(Act.BOOK)),
    "DELETE waitlist/<entry_id>": Row(at_the_clinic(Act.BOOK)),
    "POST waitlist/<entry_id>/accept": Row(at_the_clinic(Act.BOOK)),
    "GET providers": PUBLIC,
    "GET providers/<doctor_id>/availability": PUBLIC,
    "GET availability": PUBLIC,
    "POST doctor/<doctor_id>/delay": Row(here(Act.RUN_LATE), {"minutes": 10}),
    # Weeks
    "PATCH slots/<slot_id>": Row(here(Act.SET_SCHEDULE), {"capacity": 2, "hard_limit": 3}),
    "GET doctors": DESK,
    "POST doctors": Row(
        in_all_of_some_clinic(Act.SET_SCHEDULE),
        {"name": "Dr New", "specialty": "ENT", "languages": ["en"], "departments": ["OPD"]},
    ),
    "PATCH doctors/<doctor_id>": Row(in_all_of_the_clinic(Act.SET_SCHEDULE), {"name": "Dr R"}),
    "GET schedule/rules": PLAN,
    "POST schedule/rules": Row(in_all_of_the_clinic(Act.SET_SCHEDULE), RULE),
    "PATCH schedule/rules/<rule_id>": Row(in_all_of_the_clinic(Act.SET_SCHEDULE), {"capacity": 2}),
    "DELETE schedule/rules/<rule_id>": PLANS,
    "GET schedule/extras": PLAN,
    "POST schedule/extras": Row(in_all_of_the_clinic(Act.SET_SCHEDULE), EXTRA),
    "PATCH schedule/extras/<extra_id>": Row(
        in_all_of_the_clinic(Act.SET_SCHEDULE), {"capacity": 2}
    ),
    "DELETE schedule/extras/<extra_id>": PLANS,
    "GET schedule/leaves": PLAN,
    "POST schedule/leaves": Row(in_all_of_the_clinic(Act.SET_SCHEDULE), LEAVE),
    "PATCH schedule/leaves/<leave_id>": Row(
        in_all_of_the_clinic(Act.SET_SCHEDULE), {"reason": "rest"}
    ),
    "DELETE schedule/leaves/<leave_id>": PLANS,
    # What is said in a doctor's room
    "POST consultations": Row(here(Act.CONSULT), {"appointment_id": "<coming>"}),
    "GET consultations": Row(at_some_clinic(Act.SEE_CONSULTATIONS)),
    "GET consultations/<consultation_id>": Row(here(Act.SEE_CONSULTATIONS)),
    "PATCH consultations/<consultation_id>": Row(here(Act.CONSULT), {"complaint": "pain"}),
    "POST consultations/<consultation_id>/complete": Row(here(Act.CONSULT), {"complaint": "pain"}),
    "POST consultations/<consultation_id>/addendum": Row(here(Act.CONSULT), {"text": "more"}),
}
