"""The pages' rows."""

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
    nobody,
    whoever_is_known,
)

A_VISIT, A_BOOKING, A_WAIT = {"secret": "visit"}, {"secret": "booking"}, {"secret": "waiting"}
OF_VISIT = Row(anybody, {"token": "<token>"}, words=A_VISIT)  # behind its secret
OF_BOOKING = Row(anybody, words=A_BOOKING)
OF_WAIT = Row(anybody, words=A_WAIT)
PUBLIC = Row(anybody)
OWN = Row(whoever_is_known)
MACHINE = Row(anybody, words={"kind": "machine"})
QUEUE = Row(here(Act.WORK_QUEUE))
PLANS = Row(in_all_of_the_clinic(Act.SET_SCHEDULE))
ENTRY = Row(in_all_of_the_clinic(Act.SET_SCHEDULE), words={"entry": "rule"})
RECORD = Row(at_the_clinic(Act.MEND_RECORDS))
BOOKING = Row(here(Act.BOOK))
READS = Row(here(Act.SEE_CONSULTATIONS))

PAGES: dict[str, Row] = {
    # The door of the house, and what is behind it for all
    **dict.fromkeys(
        ("front", "staff", "displays", "docs", "api-docs", "favicon.ico", "robots.txt"), PUBLIC
    ),
    **dict.fromkeys(("openapi-json", "openapi-view"), PUBLIC),
    # Log-in, and one's own account
    **dict.fromkeys(("account_login", "account_inactive", "account_logout"), PUBLIC),
    **dict.fromkeys(("account_reset_password", "account_reset_password_done"), PUBLIC),
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "socialaccount_login_cancelled": PUBLIC,
    "socialaccount_login_error": Row(nobody),  # it leads to the log-in
    **dict.fromkeys(("mfa_authenticate", "mfa_login_webauthn", "mfa_index"), OWN),
    **dict.fromkeys(("account_change_password", "account_set_password"), OWN),
    **dict.fromkeys(("account_reauthenticate", "mfa_reauthenticate"), OWN),
    **dict.fromkeys(("mfa_reauthenticate_webauthn", "usersessions_list"), OWN),
    **dict.fromkeys(("mfa_activate_totp", "mfa_generate_recovery_codes"), OWN),
    **dict.fromkeys(("mfa_list_webauthn", "mfa_add_webauthn"), OWN),
    **dict.fromkeys(("mfa_remove_webauthn", "mfa_edit_webauthn"), OWN),
    "mfa_deactivate_totp": Row(nobody),
    **dict.fromkeys(("mfa_view_recovery_codes", "mfa_download_recovery_codes"), Row(nobody)),
    **dict.fromkeys(("openid_connect_login", "openid_connect_callback"), Row(nobody)),
    # A department's desk
    "desks": Row(whoever_is_known),
    "desk": QUEUE,
    "find": QUEUE,
    "set-state": Row(here(Act.PAUSE)),
    "set-message": Row(here(Act.PAUSE)),
    "answer-alarm": QUEUE,
    "settings": Row(here(Act.SET_POLICY)),
    "reception": Row(here(Act.ISSUE)),
    "register": Row(here(Act.REGISTER)),
    "issue": Row(here(Act.ISSUE)),
    "paper": Row(here(Act.ISSUE)),
    "paper-sheet": QUEUE,
    "paper-numbers": QUEUE,
    "take-in": Row(here(Act.REGISTER)),
    "token": QUEUE,
    "move": QUEUE,
    "counter": Row(here(Act.WORK_COUNTERS)),
    "call-next": QUEUE,
    "complete-and-call-next": QUEUE,
    "history": Row(here(Act.SEE_HISTORY)),
    "export": Row(here(Act.SEE_HISTORY)),
    "chain": Row(at_some_clinic(Act.PROVE_HISTORY)),
    # Patients
    "patients": Row(at_some_clinic(Act.SEE_PATIENTS)),
    "new-patient": Row(at_some_clinic(Act.REGISTER)),
    **dict.fromkeys(("patient", "correct", "merge", "set-active"), RECORD),
    "export-record": Row(in_all_of_the_clinic(Act.EXPORT_RECORDS)),
    "anonymise": Row(in_all_of_the_clinic(Act.ANONYMISE)),
    # Doctors' weeks
    **dict.fromkeys(
        ("schedule", "schedule-settings", "new-doctor", "welcome-doctor"),
        Row(in_all_of_some_clinic(Act.SET_SCHEDULE)),
    ),
    **dict.fromkeys(
        ("schedule-doctor", "change-doctor", "schedule-add", "schedule-session", "schedule-room"),
        PLANS,
    ),
    "schedule-slot": PLANS,
    "schedule-entry": ENTRY,
    "schedule-remove": ENTRY,
    # The house, kept by its administrators
    "house": Row(at_some_clinic(Act.SET_HOUSE)),
    **dict.fromkeys(("house-clinic", "new-department"), Row(in_all_of_some_clinic(Act.SET_HOUSE))),
    "new-clinic": Row(nobody),  # but whoever is above all clinics: tests/views/test_house.py
    "house-counters": Row(here(Act.SET_HOUSE), words={"department": "department_id"}),
    **dict.fromkeys(
        ("house-counter", "remove-counter"),
        Row(here(Act.SET_HOUSE), words={"counter": "counter_id"}),
    ),
    "staff-list": Row(at_some_clinic(Act.SET_STAFF)),
    **dict.fromkeys(("staff-member", "withdraw"), Row(here(Act.SET_STAFF))),
    "end-role": Row(here(Act.SET_STAFF), {"role": "nurse", "department": "OPD"}),
    **dict.fromkeys(("set-in-use", "reset-factors"), Row(in_all_of_the_clinic(Act.SET_STAFF))),
    "join": Row(anybody, words={"secret": "invited"}),
    "keys": Row(in_all_of_some_clinic(Act.SET_KEYS)),
    "revoke-key": Row(in_all_of_the_clinic(Act.SET_KEYS), words={"key": "key_id"}),
    # Appointments, and the doctor's day
    "new-appointment": Row(at_some_clinic(Act.BOOK)),
    "appointments": Row(at_some_clinic(Act.BOOK)),
    "work-waitlist": Row(at_the_clinic(Act.BOOK)),
    "work-appointment": BOOKING,
    "move-appointment": BOOKING,
    "name-booking": Row(here(Act.BOOK), {"patient": "<patient_id>"}),
    "doctor": Row(at_some_clinic(Act.WORK_QUEUE)),
    "doctor-next": QUEUE,
    "doctor-room": Row(here(Act.WORK_COUNTERS)),
    "doctor-late": Row(here(Act.RUN_LATE), {"session": "<session>"}),
    "doctor-move": QUEUE,
    "doctor-appointment": Row(here(Act.CHECK_IN)),
    "consultations": Row(at_some_clinic(Act.SEE_CONSULTATIONS)),
    "new-consultation": Row(here(Act.CONSULT)),
    **dict.fromkeys(("consultation", "prescription"), READS),
    "follow-up": Row(here(Act.CONSULT), {"slot": "<free_slot>"}),
    **dict.fromkeys(("complete-consultation", "take-back-consultation", "addendum"), READS),
    # Patients at home
    **dict.fromkeys(("book", "book-doctor", "book-time", "book-check"), PUBLIC),
    **dict.fromkeys(
        ("book-wait", "wait-who", "wait-check"), Row(anybody, asked="?doctor=<doctor>")
    ),
    **dict.fromkeys(("book-forget", "mine", "my-appointments", "book-another"), PUBLIC),
    **dict.fromkeys(("booking", "booking-confirm", "booking-cancel", "booking-here"), OF_BOOKING),
    **dict.fromkeys(("booking-again", "booking-language", "booking-calendar"), OF_BOOKING),
    "booking-move": Row(anybody, {"slot": "<free_slot>"}, words=A_BOOKING),
    **dict.fromkeys(("waiting", "waiting-accept", "waiting-leave", "waiting-language"), OF_WAIT),
    **dict.fromkeys(
        ("visit", "visit-late", "visit-back", "visit-cancel", "visit-language"), OF_VISIT
    ),
    # Machines by the door and on the wall
    **dict.fromkeys(
        ("kiosk", "kiosk-start-again", "kiosk-here", "kiosk-help", "kiosk-ticket"), PUBLIC
    ),
    **dict.fromkeys(("kiosk-manifest", "kiosk-question", "display"), PUBLIC),
    **dict.fromkeys(("pair", "pair-ask", "pair-stage", "pair-collect"), MACHINE),
    "devices": Row(at_some_clinic(Act.SET_DEVICES)),
    "approve-device": Row(
        at_some_clinic(Act.SET_DEVICES),
        {"code": "<asks>", "name": "Hall", "departments": "<code>"},
    ),
    "devices-open": Row(in_all_of_some_clinic(Act.SET_DEVICES)),
    **dict.fromkeys(("rename-device", "revoke-device"), Row(here(Act.SET_DEVICES))),
}
