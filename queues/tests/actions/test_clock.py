"""What nobody does by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from queues.actions import calling, clock, departments, issuing, tokens
from queues.actions.refusals import AlreadyWaiting
from queues.models import Clinic, Counter, DayBook, Department, Event, KeptAnswer, Patient, Token
from queues.rules.rights import SYSTEM, Actor
from queues.screens.chain import first_break
from queues.tests import cast
from queues.tests.story import (
    at,
    called,
    fresh,
    kinds,
    labels,
    people,
    refused,
    serving,
    some_time_ago,
    standing,
    waiting,
    written,
    yesterday,
)

HALVES = (("00:00", "12:00"), ("12:00", "00:00"))  # never round the clock, and never closed
DAYTIME = [[weekday, opens, closes] for weekday in range(7) for opens, closes in HALVES]


def _keeps_hours(department: Department) -> None:
    departments.change(department, {"hours": DAYTIME}, by=SYSTEM)


def _has_closed(department: Department) -> None:
    """Open for a while on a day that is neither today nor yesterday."""
    in_three_days = (department.clinic.service_day() + timedelta(days=3)).weekday()
    hours = [[in_three_days, "08:00", "09:00"]]
    departments.change(department, {"hours": hours}, by=SYSTEM)


def _shift(opens: datetime, length: timedelta) -> list[Any]:
    clocks = [moment.strftime("%H:%M") for moment in (opens, opens + length)]
    return [opens.weekday(), *clocks]


# Who never came


def test_who_does_not_come_within_the_minutes_is_marked(asha: Patient, desk_a: Counter) -> None:
    token = called(asha, desk_a)
    some_time_ago(token, minutes=10, seconds=1)
    with written() as events:
        assert clock.mark_no_shows() == 1
    assert (standing(token), at(desk_a)) == ("no_show", None)
    assert kinds(events) == ["no_show"]
    assert (events[0].actor_kind, events[0].origin) == ("clock", "clock")


def test_until_then_nobody_is_marked(asha: Patient, desk_a: Counter) -> None:
    token = called(asha, desk_a)
    some_time_ago(token, minutes=9, seconds=50)
    with written() as events:
        assert clock.mark_no_shows() == 0
    assert (standing(token), events) == ("called", [])


def test_the_minutes_are_the_departments(asha: Patient, opd: Department, desk_a: Counter) -> None:
    token = called(asha, desk_a)
    departments.change(opd, {"no_show_minutes": 3}, by=SYSTEM)
    some_time_ago(token, minutes=4)
    assert clock.mark_no_shows() == 1


def test_where_the_setting_is_empty_nobody_is_marked(
    asha: Patient, opd: Department, desk_a: Counter
) -> None:
    token = called(asha, desk_a)
    departments.change(opd, {"no_show_minutes": None}, by=SYSTEM)
    some_time_ago(token, hours=5)
    assert clock.mark_no_shows() == 0


def test_a_recall_gives_the_minutes_anew(asha: Patient, desk_a: Counter, nurse: Actor) -> None:
    token = called(asha, desk_a)
    some_time_ago(token, minutes=9)
    tokens.recall(token, by=nurse)
    Token.objects.update(called_at=F("called_at") - timedelta(minutes=9))
    assert clock.mark_no_shows() == 0
    some_time_ago(token, minutes=11)
    assert clock.mark_no_shows() == 1


def test_who_is_served_is_not_marked_however_long_it_takes(asha: Patient, desk_a: Counter) -> None:
    token = serving(asha, desk_a)
    some_time_ago(token, hours=2)
    assert clock.mark_no_shows() == 0
    assert at(desk_a) == token


def test_the_second_process_finds_nothing_left_to_mark(asha: Patient, desk_a: Counter) -> None:
    some_time_ago(called(asha, desk_a), minutes=11)
    assert [clock.mark_no_shows(), clock.mark_no_shows()] == [1, 0]


def test_the_duty_looks_again_under_the_lock(asha: Patient, desk_a: Counter, nurse: Actor) -> None:
    """It saw Asha called too long ago; when it comes to her, she is being served."""
    token = called(asha, desk_a)
    some_time_ago(token, minutes=11)
    seen = Token.objects.select_related("visit").get(pk=token.pk)
    tokens.start(token, by=nurse)
    since = timezone.now() - timedelta(minutes=10)
    with written() as events:
        assert clock._mark_no_show(seen, since) is False
    assert (standing(token), events) == ("serving", [])


def test_the_counter_can_call_the_next_at_once(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    some_time_ago(called(asha, desk_a), minutes=11)
    waiting(ben, opd)
    clock.mark_no_shows()
    assert calling.call_next(fresh(desk_a), by=nurse).visit.label == "A-002"


# What a day left open


def _everything_left_open(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter
) -> dict[str, Token]:
    asha, ben, chen, dina, emil = people(clinic, "Asha", "Ben", "Chen", "Dina", "Emil")
    return {
        "waiting": waiting(asha, opd),
        "on_hold": tokens.hold(waiting(ben, opd), by=SYSTEM),
        "called": called(chen, desk_a),
        "serving": serving(dina, desk_b),
        "completed": tokens.cancel(waiting(emil, opd), by=SYSTEM),
    }


def test_the_day_after_what_was_left_open_is_closed(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter
) -> None:
    _keeps_hours(opd)
    left = _everything_left_open(clinic, opd, desk_a, desk_b)
    yesterday(clinic)
    with written() as events:
        assert clock.close_past_days() == 4
    assert {was: standing(token) for was, token in left.items()} == {
        "waiting": "cancelled",
        "on_hold": "cancelled",
        "called": "no_show",
        "serving": "completed",
        "completed": "cancelled",
    }
    assert kinds(events) == ["closed_by_clock"] * 4
    assert {event.actor_kind for event in events} == {"clock"}
    assert (at(desk_a), at(desk_b)) == (None, None)


def test_what_the_clock_closed_is_marked_so_and_is_no_statistics(
    clinic: Clinic, opd: Department, desk_a: Counter
) -> None:
    _keeps_hours(opd)
    (asha,) = people(clinic, "Asha")
    token = serving(asha, desk_a)
    yesterday(clinic)
    clock.close_past_days()
    token.refresh_from_db()
    assert token.closed_by_clock
    assert Token.objects.recent_visits(opd, 60) == []


def test_on_the_same_day_nothing_is_closed(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter
) -> None:
    _keeps_hours(opd)
    left = _everything_left_open(clinic, opd, desk_a, desk_b)
    for token in left.values():
        some_time_ago(token, hours=5)
    assert clock.close_past_days() == 0


def test_who_was_busy_until_just_now_is_left_alone(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    """The last patient of the evening is still with the doctor after the turn of the day."""
    _keeps_hours(opd)
    (asha,) = people(clinic, "Asha")
    token = called(asha, desk_a)
    yesterday(clinic)
    tokens.start(token, by=nurse)
    _has_closed(opd)
    assert clock.close_past_days() == 0
    some_time_ago(token, hours=1, minutes=59)
    assert clock.close_past_days() == 0
    some_time_ago(token, minutes=2)
    assert clock.close_past_days() == 1


def test_a_night_shift_keeps_whoever_came_since_it_opened(
    clinic: Clinic, opd: Department, nurse: Actor
) -> None:
    """The day turned at midnight; they came at ten and still wait, and the doors are open."""
    _keeps_hours(opd)
    (asha,) = people(clinic, "Asha")
    token = waiting(asha, opd)
    day_before = clinic.service_day() - timedelta(days=1)
    DayBook.objects.filter(department=opd).update(day=day_before)
    opened = timezone.now() - timedelta(hours=6)
    departments.change(opd, {"hours": [_shift(opened, timedelta(hours=10))]}, by=SYSTEM)
    some_time_ago(token, hours=5)
    assert clock.close_past_days() == 0
    some_time_ago(token, hours=2)
    assert clock.close_past_days() == 1


def test_how_long_idle_is_the_clinics_setting(clinic: Clinic, opd: Department) -> None:
    _keeps_hours(opd)
    Clinic.objects.update(idle_hours=30)
    (asha,) = people(clinic, "Asha")
    waiting(asha, opd)
    yesterday(clinic)
    assert clock.close_past_days() == 0


def test_the_second_process_finds_nothing_left_to_close(clinic: Clinic, opd: Department) -> None:
    _keeps_hours(opd)
    waiting(cast.patient(clinic, "Asha"), opd)
    yesterday(clinic)
    assert [clock.close_past_days(), clock.close_past_days()] == [1, 0]


def test_the_closing_is_written_on_todays_page(clinic: Clinic, opd: Department) -> None:
    _keeps_hours(opd)
    waiting(cast.patient(clinic, "Asha"), opd)
    yesterday(clinic)
    with written() as events:
        clock.close_past_days()
    assert events[0].daybook.day == clinic.service_day()
    assert first_break(events[0].daybook) is None


# Round the clock


def test_round_the_clock_who_waits_is_carried_over(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, opd)
    yesterday(clinic)
    assert clock.close_past_days() == 0
    waiting(ben, opd)
    assert calling.call_next(desk_a, by=nurse).visit.label == "A-001", "still first"


def test_a_label_that_is_carried_over_is_not_given_again(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben, chen, dina = people(clinic, "Asha", "Ben", "Chen", "Dina")
    tokens.complete(serving(asha, desk_a), by=nurse)
    waiting(ben, opd)
    yesterday(clinic)
    waiting(chen, opd)
    waiting(dina, opd)
    assert labels(opd) == ["A-002", "A-001", "A-003"]


def test_a_label_that_waits_elsewhere_is_not_given_again_either(
    clinic: Clinic, opd: Department, lab: Department
) -> None:
    """A-001 was sent to the Lab last night and still waits there."""
    asha, ben = people(clinic, "Asha", "Ben")
    issuing.transfer(waiting(asha, opd), lab, by=SYSTEM)
    yesterday(clinic)
    assert labels(lab) == ["A-001"]
    assert waiting(ben, opd).visit.label == "A-002"


def test_who_is_carried_over_and_comes_to_the_desk_waits_already(
    clinic: Clinic, opd: Department
) -> None:
    asha = cast.patient(clinic, "Asha")
    token = waiting(asha, opd)
    yesterday(clinic)
    refusal = refused(lambda: waiting(asha, opd), AlreadyWaiting)
    assert refusal.facts["token_id"] == str(token.public_id)


def test_the_next_day_a_patient_gets_a_new_visit_and_a_new_link(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha = cast.patient(clinic, "Asha")
    before = tokens.complete(serving(asha, desk_a), by=nurse)
    yesterday(clinic)
    after = waiting(asha, opd)
    assert after.visit != before.visit
    assert after.visit.secret != before.visit.secret
    assert after.visit.label == "A-001", "numbers begin anew each day"


# What is forgotten


def test_answers_are_kept_for_a_day(db: None) -> None:
    now = timezone.now()
    KeptAnswer.objects.create(
        owner="desk", key="old", fingerprint="f", kept_at=now - timedelta(hours=24, minutes=1)
    )
    KeptAnswer.objects.create(
        owner="desk", key="young", fingerprint="f", kept_at=now - timedelta(hours=23)
    )
    assert clock.forget_answers() == 1
    assert [answer.key for answer in KeptAnswer.objects.all()] == ["young"]


def test_a_quiet_house_writes_nothing(clinic: Clinic) -> None:
    before = Event.objects.count()
    assert [clock.mark_no_shows(), clock.close_past_days(), clock.forget_answers()] == [0, 0, 0]
    assert Event.objects.count() == before
