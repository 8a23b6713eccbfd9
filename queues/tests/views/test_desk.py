"""What the desk shows."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from queues.actions import alarms, calling, counters, departments, issuing, tokens
from queues.models import Clinic, Counter, Department, Doctor, Patient, Token
from queues.models.public_id import NOBODY
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.screens.today import figures
from queues.templatetags.kept import BLANK
from queues.tests import cast
from queues.tests.story import arrived_earlier
from queues.tests.views.conftest import Browser
from queues.tests.views.crowd import everybody_leaves, wait_in

DESK = "/desk/main/OPD/"


@pytest.fixture
def ashas(asha: Patient, opd: Department) -> Token:
    return issuing.issue(asha, opd, by=SYSTEM)


def test_who_waits_is_shown_with_the_reason_of_their_place(
    desk: Browser, ashas: Token, ben: Patient, opd: Department
) -> None:
    issuing.issue(ben, opd, by=SYSTEM, priority=Priority.PAID)
    page = desk.text(DESK)
    assert page.index("A-002") < page.index("A-001")
    assert "Placed as if here 45 minutes earlier." in page
    assert "In order of arrival." in page


def test_an_emergency_says_why_it_is_first(desk: Browser, opd: Department, asha: Patient) -> None:
    issuing.issue(asha, opd, by=SYSTEM, priority=Priority.EMERGENCY)
    page = desk.text(DESK)
    assert "Goes before everybody else." in page
    assert ">emergency</span>" in page


def test_who_is_called_and_served_is_shown_at_their_counter(
    desk: Browser, ashas: Token, desk_a: Counter
) -> None:
    calling.call_next(desk_a, by=SYSTEM)
    page = desk.text(DESK)
    assert "Nobody is waiting." in page
    assert "Act for A-001" in page


def test_held_and_not_come_have_their_lists(
    desk: Browser, ashas: Token, ben: Patient, opd: Department, desk_a: Counter
) -> None:
    tokens.hold(ashas, by=SYSTEM)
    issuing.issue(ben, opd, by=SYSTEM)
    tokens.no_show(calling.call_next(desk_a, by=SYSTEM), by=SYSTEM)
    page = desk.text(DESK)
    assert 'value="resume"' in page
    assert 'value="return"' in page


def test_a_patient_in_other_hands_is_marked(
    desk: Browser, ashas: Token, asha: Patient, lab: Department
) -> None:
    issuing.issue(asha, lab, by=SYSTEM)
    calling.call_next(cast.counter(lab, "1"), by=SYSTEM)
    assert "in Laboratory now" in desk.text(DESK)


def test_one_number_shows_its_buttons_and_its_history(desk: Browser, ashas: Token) -> None:
    tokens.hold(ashas, by=SYSTEM, note="toilet")
    page = desk.text(f"{DESK}tokens/{ashas.public_id}/")
    assert 'value="resume"' in page
    assert 'value="priority"' in page
    assert 'value="start"' not in page
    assert "toilet" in page
    assert "A-001 is on hold." in page


def test_fifty_rows_are_enough_until_one_asks_for_all(desk: Browser, opd: Department) -> None:
    wait_in(opd, 53)
    page = desk.text(DESK)
    assert page.count('id="row-') == 50
    assert "3 more wait: show all" in page
    assert desk.text(f"{DESK}?all=1").count('id="row-') == 53


def test_the_number_of_queries_does_not_grow_with_the_queue(desk: Browser, opd: Department) -> None:
    wait_in(opd, 5)
    few = _queries(desk)
    everybody_leaves()
    wait_in(opd, 500)
    assert _queries(desk) == few


def test_todays_figures(
    desk: Browser, ashas: Token, ben: Patient, opd: Department, desk_a: Counter
) -> None:
    first = calling.call_next(desk_a, by=SYSTEM)
    tokens.complete(tokens.start(first, by=SYSTEM), by=SYSTEM)
    Token.objects.update(
        arrived_at=F("called_at") - timedelta(minutes=12),
        started_at=F("ended_at") - timedelta(minutes=7),
    )
    later = issuing.issue(ben, opd, by=SYSTEM)
    arrived_earlier(later, minutes=31)
    now = figures(opd, timezone.now())
    assert now == {"completed": 1, "no_show": 0, "wait": 12, "service": 7}
    assert "<dt>longest wait now</dt><dd>31 " in desk.text(DESK)


def test_what_the_clock_ended_says_nothing_about_the_day(
    ashas: Token, opd: Department, desk_a: Counter
) -> None:
    tokens.complete(calling.call_next(desk_a, by=SYSTEM), by=SYSTEM)
    Token.objects.update(closed_by_clock=True)
    assert figures(opd, timezone.now())["wait"] is None


def test_a_counter_says_its_doctor_and_the_priorities_it_takes(
    desk: Browser, opd: Department, desk_a: Counter
) -> None:
    counters.change(
        desk_a, {"serves": ["elderly"], "doctor": Doctor.objects.create(name="Dr Rao")}, by=SYSTEM
    )
    page = desk.text(DESK)
    assert "Dr Rao" in page
    assert "Only: elderly, pregnant or disabled" in page


def test_a_counter_whom_nobody_waits_for_says_so(
    desk: Browser, ashas: Token, desk_a: Counter, opd: Department
) -> None:
    desk.send(f"{DESK}counters/1/", do="take")
    assert "can be called to this counter" not in desk.text(DESK)
    counters.change(desk_a, {"serves": ["emergency"]}, by=SYSTEM)
    assert "None of those who wait can be called to this counter just now." in desk.text(DESK)


def test_whoever_sat_at_a_counter_sees_who_took_it_over(
    desk: Browser, admin_desk: Browser, opd: Department
) -> None:
    desk.send(f"{DESK}counters/1/", do="take")
    assert "has taken this counter over" not in desk.text(DESK)
    admin_desk.send(f"{DESK}counters/1/", do="take")
    assert "Nadia sat here until now." in admin_desk.text(DESK)
    assert "Amina has taken this counter over." in desk.text(DESK)


def test_a_call_for_help_is_seen_before_a_department_is_chosen(
    desk: Browser, clinic: Clinic
) -> None:
    assert "needs help now" not in desk.text("/desk/")
    alarms.raise_alarm(clinic, by=cast.kiosk(clinic))
    assert "Somebody at the kiosk needs help now." in desk.text("/desk/")


def test_where_numbers_are_assigned_each_says_to_which_counter(
    desk: Browser, asha: Patient, opd: Department
) -> None:
    departments.change(opd, {"assigns_at_issue": True}, by=SYSTEM)
    issuing.issue(asha, cast.department(opd.clinic, "OPD"), by=SYSTEM)
    desk.send(f"{DESK}counters/2/", do="take")
    page = desk.text(DESK)
    assert "assigned to counter 1" in page
    assert "Nobody waits for this counter: the next call takes somebody of another one." in page


def test_a_long_queue_goes_packed(desk: Browser, opd: Department) -> None:
    wait_in(opd, 50)
    packed = desk.get(DESK, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < 20_000


def _queries(desk: Browser) -> int:
    with CaptureQueriesContext(connection) as seen:
        desk.text(DESK)
    return len(seen)


def test_each_row_has_its_own_forms(
    desk: Browser, ashas: Token, ben: Patient, opd: Department
) -> None:
    """They are drawn once for a row of nobody, and filled in."""
    bens = issuing.issue(ben, opd, by=SYSTEM)
    page = desk.text(DESK)
    rows = re.findall(r'<tr id="row-.*?</tr>', page, re.DOTALL)
    assert len(rows) == 2
    for token, row in zip((ashas, bens), rows, strict=True):
        addresses = set(re.findall(r'(?:action|hx-post)="([^"]+)"', row))
        assert addresses == {f"{DESK}tokens/{token.public_id}/move/"}
        assert f'Call<span class="unseen"> {token.visit.label}</span>' in row
    keys = [re.findall(r'name="once" value="([0-9a-f-]{36})"', row) for row in rows]
    assert [len(key) for key in keys] == [1, 1]
    assert keys[0] != keys[1]
    assert str(NOBODY) not in page
    assert not {BLANK.label, BLANK.once} & set(page)


def test_who_has_changed_is_drawn_anew(desk: Browser, ashas: Token, asha: Patient) -> None:
    """Who looks as before is not: but each change of theirs is seen, and each language."""
    assert asha.name in desk.text(DESK)
    Patient.objects.filter(pk=asha.pk).update(name="Asha <Rao>", may_be_duplicate=True)
    page = desk.text(DESK)
    assert "<bdi>Asha &lt;Rao&gt;</bdi>" in page
    assert f"<bdi>{asha.name}</bdi>" not in page
    assert "known twice?" in page
    in_arabic = desk.get(DESK, headers={"accept-language": "ar"}).content.decode()
    assert "<bdi>Asha &lt;Rao&gt;</bdi>" in in_arabic
    assert "known twice?" not in in_arabic
