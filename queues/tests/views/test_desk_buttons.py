"""Each button of the desk, pressed by its form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from queues.actions import alarms, calling, issuing, tokens
from queues.models import Alarm, Clinic, Counter, Department, Event, Kind, Patient, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.rules.status import Status
from queues.tests import cast
from queues.tests.views.conftest import Browser

DESK = "/desk/main/OPD/"


@pytest.fixture
def waiting(asha: Patient, opd: Department) -> Token:
    return issuing.issue(asha, opd, by=SYSTEM)


def button(token: Token) -> str:
    return f"{DESK}tokens/{token.public_id}/move/"


def now(token: Token) -> Status:
    return Status(Token.objects.get(pk=token.pk).status)


def said(desk: Browser) -> str:
    """The desk after its redirect, with the sentence that came of it."""
    return desk.text(DESK)


def test_call_next(desk: Browser, waiting: Token) -> None:
    assert desk.send(f"{DESK}counters/1/next/")["Location"] == DESK
    assert now(waiting) is Status.CALLED
    assert "A-001 is called at counter 1." in said(desk)


def test_call_next_of_nobody_says_so(desk: Browser, opd: Department) -> None:
    desk.send(f"{DESK}counters/1/next/")
    assert "Nobody is waiting." in said(desk)


def test_complete_and_call_next(
    desk: Browser, waiting: Token, desk_a: Counter, opd: Department, ben: Patient
) -> None:
    first = calling.call_next(desk_a, by=SYSTEM)
    second = issuing.issue(ben, opd, by=SYSTEM)
    desk.send(f"{DESK}counters/1/complete-next/")
    assert (now(first), now(second)) == (Status.COMPLETED, Status.CALLED)
    desk.send(f"{DESK}counters/1/complete-next/")
    assert now(second) is Status.COMPLETED
    assert "Nobody else is waiting." in said(desk)


def test_a_double_click_calls_once_and_shows_no_conflict(
    desk: Browser, waiting: Token, opd: Department, ben: Patient
) -> None:
    issuing.issue(ben, opd, by=SYSTEM)
    key = str(uuid4())
    for _click in range(2):
        desk.send(f"{DESK}counters/1/next/", once=key)
    assert Event.objects.filter(kind=Kind.CALLED).count() == 1
    page = said(desk)
    assert "A-001 is called at counter 1." in page
    assert "message warning" not in page


def test_an_old_form_sent_with_other_words_is_not_acted_on(desk: Browser, waiting: Token) -> None:
    key = str(uuid4())
    desk.send(button(waiting), once=key, move="hold")
    desk.send(button(waiting), once=key, move="cancel")
    assert now(waiting) is Status.ON_HOLD
    assert "This form was sent before." in said(desk)


def test_calling_somebody_out_of_turn_needs_a_counter(desk: Browser, waiting: Token) -> None:
    desk.send(button(waiting), move="call")
    assert "Please choose your counter first." in said(desk)
    desk.send(f"{DESK}counters/2/", do="take")
    desk.send(button(waiting), move="call")
    assert "A-001 is called at counter 2." in said(desk)


Prepare = Callable[[Token, Counter], object]


def leave(token: Token, counter: Counter) -> None:
    """As it is."""


def call(token: Token, counter: Counter) -> None:
    calling.call(token, counter, by=SYSTEM)


def hold(token: Token, counter: Counter) -> None:
    tokens.hold(token, by=SYSTEM)


def miss(token: Token, counter: Counter) -> None:
    calling.call(token, counter, by=SYSTEM)
    tokens.no_show(token, by=SYSTEM)


@pytest.mark.parametrize(
    ("before", "move", "after"),
    [
        (call, "start", Status.SERVING),
        (call, "complete", Status.COMPLETED),
        (call, "no_show", Status.NO_SHOW),
        (call, "recall", Status.CALLED),
        (call, "put_back", Status.WAITING),
        (call, "cancel", Status.CANCELLED),
        (call, "undo", Status.WAITING),
        (leave, "hold", Status.ON_HOLD),
        (leave, "cancel", Status.CANCELLED),
        (hold, "resume", Status.WAITING),
        (hold, "undo", Status.WAITING),
        (miss, "return", Status.WAITING),
        (miss, "undo", Status.CALLED),
    ],
)
def test_each_move(
    desk: Browser, waiting: Token, desk_a: Counter, before: Prepare, move: str, after: Status
) -> None:
    before(waiting, desk_a)
    assert desk.send(button(waiting), move=move)["Location"] == DESK
    assert now(waiting) is after
    assert "message success" in said(desk)


def test_a_refused_move_tells_who_was_first(desk: Browser, waiting: Token, desk_a: Counter) -> None:
    call(waiting, desk_a)
    desk.send(button(waiting), move="hold")
    assert "A-001 is called at counter 1." in said(desk)
    assert now(waiting) is Status.CALLED


def test_a_reason_goes_into_the_history(desk: Browser, waiting: Token) -> None:
    desk.send(button(waiting), move="cancel", reason="went home")
    assert Event.objects.get(kind=Kind.CANCELLED).note == "went home"


def test_a_reason_that_is_too_long_is_refused(desk: Browser, waiting: Token) -> None:
    desk.send(button(waiting), move="cancel", reason="x" * 201)
    assert now(waiting) is Status.WAITING
    assert "message warning" in said(desk)


def test_send_on(desk: Browser, waiting: Token, lab: Department) -> None:
    desk.send(button(waiting), move="transfer")
    assert "Please choose the department" in said(desk)
    desk.send(button(waiting), move="transfer", department="LAB")
    assert now(waiting) is Status.TRANSFERRED
    assert Token.objects.get(department=lab).visit == waiting.visit


def test_change_the_priority(desk: Browser, waiting: Token) -> None:
    desk.send(button(waiting), move="priority", priority="paid")
    assert Token.objects.get().priority == Priority.PAID
    assert "A-001 now waits as: paid." in said(desk)


def test_a_move_that_does_not_exist(desk: Browser, waiting: Token) -> None:
    desk.send(button(waiting), move="dance")
    assert "message warning" in said(desk)


def test_all_rows_stay_shown_after_a_move(desk: Browser, waiting: Token) -> None:
    assert desk.send(f"{button(waiting)}?all=1", move="hold")["Location"] == f"{DESK}?all=1"


def test_take_open_and_close_a_counter(desk: Browser, desk_b: Counter) -> None:
    desk.send(f"{DESK}counters/2/", do="close")
    desk_b.refresh_from_db()
    assert not desk_b.is_open
    desk.send(f"{DESK}counters/2/", do="take")
    desk_b.refresh_from_db()
    assert desk_b.is_open
    assert desk_b.staffed_by is not None
    assert "Call next" in said(desk)


def test_a_counter_with_somebody_stays_open(desk: Browser, waiting: Token, desk_a: Counter) -> None:
    call(waiting, desk_a)
    desk.send(f"{DESK}counters/1/", do="close")
    assert "Counter 1 has A-001." in said(desk)
    desk_a.refresh_from_db()
    assert desk_a.is_open


def test_a_counter_has_no_other_buttons(desk: Browser, desk_a: Counter) -> None:
    assert desk.send(f"{DESK}counters/1/", do="burn").status_code == 400


def test_pause_and_open_the_department(desk: Browser, opd: Department) -> None:
    desk.send(f"{DESK}state/", state="paused", reason="Fire drill")
    opd.refresh_from_db()
    assert (opd.state, opd.state_reason) == ("paused", "Fire drill")
    assert "Outpatients is paused. Fire drill" in said(desk)
    desk.send(f"{DESK}state/", state="open", reason="")
    opd.refresh_from_db()
    assert (opd.state, opd.state_reason) == ("open", "")


def test_what_ended_just_now_can_be_taken_back(
    desk: Browser, waiting: Token, desk_a: Counter
) -> None:
    call(waiting, desk_a)
    tokens.complete(waiting, by=SYSTEM)
    page = said(desk)
    assert "Just now" in page
    assert button(waiting) in page


def test_a_pause_without_a_reason_is_refused(desk: Browser, opd: Department) -> None:
    desk.send(f"{DESK}state/", state="paused", reason=" ")
    opd.refresh_from_db()
    assert opd.state == "open"
    assert "Please give a reason for the pause: patients read it." in said(desk)


def test_while_it_is_paused_nobody_can_be_called_and_the_reason_stands_beside(
    desk: Browser, waiting: Token, desk_a: Counter
) -> None:
    desk.send(f"{DESK}counters/1/", do="take")
    assert "disabled aria-describedby" not in said(desk)
    desk.send(f"{DESK}state/", state="paused", reason="Fire drill")
    page = said(desk)
    assert 'id="next-button" aria-keyshortcuts="N" disabled aria-describedby="why-not"' in page
    assert "Outpatients is paused. Fire drill Nobody can be called meanwhile." in page
    assert 'value="call" aria-keyshortcuts="Enter" disabled' in page


def test_the_message_on_the_wall_is_written_and_cleared(desk: Browser, opd: Department) -> None:
    desk.send(f"{DESK}message/", message="Flu vaccinations in room 4")
    opd.refresh_from_db()
    assert opd.message == "Flu vaccinations in room 4"
    assert "The wall shows it now." in said(desk)
    desk.send(f"{DESK}message/", message="")
    opd.refresh_from_db()
    assert opd.message == ""
    assert Event.objects.filter(kind=Kind.DEPARTMENT_CHANGED).count() == 2


def test_a_message_that_is_too_long_changes_nothing(desk: Browser, opd: Department) -> None:
    desk.send(f"{DESK}message/", message="x" * 201)
    opd.refresh_from_db()
    assert opd.message == ""
    assert "message warning" in said(desk)


def test_who_goes_to_help_is_shown_and_the_second_is_told(
    desk: Browser, clinic: Clinic, opd: Department
) -> None:
    alarm = alarms.raise_alarm(clinic, by=SYSTEM)
    assert "Somebody at the kiosk needs help now." in said(desk)
    path = f"{DESK}alarms/{alarm.public_id}/"
    desk.send(path)
    page = said(desk)
    assert "Nadia went to help at the kiosk" in page
    assert "needs help now" not in page
    desk.send(path)
    assert "Somebody has answered this call for help already." in said(desk)
    Alarm.objects.update(answered_at=timezone.now() - timedelta(minutes=6))
    assert "went to help" not in said(desk)


def test_an_alarm_of_another_clinic_is_not_there(desk: Browser, opd: Department) -> None:
    alarm = alarms.raise_alarm(cast.clinic("other"), by=SYSTEM)
    assert desk.send(f"{DESK}alarms/{alarm.public_id}/").status_code == 404


def test_a_form_that_htmx_sent_gets_the_living_part_with_its_sentence(
    desk: Browser, waiting: Token
) -> None:
    sent = {"once": str(uuid4()), "move": "hold"}
    answer = desk.post(button(waiting), sent, headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert answer.status_code == 200
    assert part.lstrip().startswith('<div id="desk"')
    assert "A-001 is on hold." in part
    assert "<html" not in part
