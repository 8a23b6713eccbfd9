"""The history of a department as its page shows it."""

from __future__ import annotations

import re

from queues.actions import issuing, tokens
from queues.models import Department, Patient
from queues.rules.rights import SYSTEM
from queues.tests.views.conftest import Browser

HISTORY = "/events/main/OPD/"


def test_the_newest_comes_first_with_its_reason(
    desk: Browser, asha: Patient, opd: Department
) -> None:
    tokens.cancel(issuing.issue(asha, opd, by=SYSTEM), by=SYSTEM, note="went home")
    page = desk.text(HISTORY)
    rows = page[page.index("<tbody>") :]
    assert rows.index("Cancelled") < rows.index("Number given")
    assert "went home" in page
    assert "Asha" not in page


def test_pages_follow_each_other(desk: Browser, asha: Patient, opd: Department) -> None:
    token = issuing.issue(asha, opd, by=SYSTEM)
    for _ in range(30):
        tokens.resume(tokens.hold(token, by=SYSTEM), by=SYSTEM)
    newest = desk.text(HISTORY)
    cursor = re.search(r"\?before=([\d.-]+)", newest)
    assert cursor is not None
    earlier = desk.text(f"{HISTORY}?before={cursor[1]}")
    given = "<strong>Number given</strong>"
    assert given in earlier
    assert given not in newest
    assert "?before=" not in earlier


def test_a_cursor_of_nobody_leads_nowhere(desk: Browser, opd: Department) -> None:
    assert desk.get(f"{HISTORY}?before=yesterday").status_code == 404
