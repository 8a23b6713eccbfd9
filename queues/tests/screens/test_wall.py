"""What a wall shows of a department, and what stands out on it."""

from __future__ import annotations

from queues.actions import calling, issuing, tokens
from queues.models import Counter, Department, Patient
from queues.rules.rights import SYSTEM
from queues.rules.status import Status
from queues.screens import boards, wall
from queues.tests import cast
from queues.tests.story import crowd


def rows(department: Department) -> list[wall.Row]:
    shown: list[wall.Row] = wall._panel(boards.read(department))["rows"]
    return shown


def test_the_called_come_first_and_stand_out(
    opd: Department, desk_a: Counter, desk_b: Counter, asha: Patient, ben: Patient
) -> None:
    for patient in (asha, ben):
        issuing.issue(patient, opd, by=SYSTEM)
    first = calling.call_next(desk_a, by=SYSTEM)
    second = calling.call_next(desk_b, by=SYSTEM)
    assert first
    assert second
    tokens.start(second, by=SYSTEM)
    assert [(row.label, row.counter, row.called) for row in rows(opd)] == [
        ("A-001", "1", True),
        ("A-002", "2", False),
    ]


def test_where_a_call_starts_the_service_it_stands_out_for_a_while(
    opd: Department, asha: Patient
) -> None:
    Department.objects.filter(pk=opd.pk).update(call_starts_service=True)
    issuing.issue(asha, opd, by=SYSTEM)
    token = calling.call_next(cast.counter(opd, "1"), by=SYSTEM)
    assert token
    assert token.status == Status.SERVING
    assert rows(opd)[0].called
    token.announced_at = token.announced_at and token.announced_at - wall.STANDS_OUT_FOR
    token.save()
    assert not rows(opd)[0].called


def test_the_longest_row_decides_the_size_of_all(
    opd: Department, asha: Patient, ben: Patient
) -> None:
    assert wall._letters([]) == wall.LETTERS_FEWEST
    assert wall._letters([wall.Row("A-001", "1", False), wall.Row("PHA-0001", "R12", True)]) == 11
    assert wall._letters([wall.Row("PHA-0001", "BASEMENT 12", True)]) == wall.LETTERS_MOST


def test_more_than_fit_are_counted(opd: Department) -> None:
    crowd(opd, 30, Status.SERVING)
    panel = wall._panel(boards.read(opd))
    assert len(panel["rows"]) == wall.ROWS
    assert panel["more"] == 6


def test_the_last_called_are_different_people(
    opd: Department, desk_a: Counter, asha: Patient
) -> None:
    issuing.issue(asha, opd, by=SYSTEM)
    token = calling.call_next(desk_a, by=SYSTEM)
    assert token
    tokens.recall(token, by=SYSTEM)
    board = boards.read(opd)
    assert [call.label for call in board.calls] == ["A-001", "A-001"]
    assert [call.seq for call in wall._last_called(board.calls)] == [board.calls[0].seq]


def test_what_is_told_names_nobody(opd: Department, desk_a: Counter) -> None:
    asha = cast.patient(opd.clinic, "Ashavari")
    issuing.issue(asha, opd, by=SYSTEM)
    calling.call_next(desk_a, by=SYSTEM)
    told = wall.told(boards.read(opd), "en")
    assert "A-001" in told["html"]
    assert "Ashavari" not in str(told)
