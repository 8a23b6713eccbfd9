"""./dev audit: an audit with a hole is none."""

from __future__ import annotations

import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from typing import Any

import pytest
from django.conf import settings

WANTED = {"django", "asgiref"}
DJANGO = {"name": "Django", "version": "5.2.19", "vulns": []}
ASGIREF = {"name": "asgiref", "version": "3.13.0", "vulns": []}
SKIPPED = {"name": "asgiref", "skip_reason": "not found"}
WEAK = {
    **DJANGO,
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["5.2.20"], "aliases": [], "description": ""}],
}


@pytest.fixture(scope="module")
def audit() -> Any:
    loader = SourceFileLoader("audit", str(settings.BASE_DIR / ".ci" / "audit.py"))
    spec = spec_from_loader("audit", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("report", "faults"),
    [
        ([DJANGO, ASGIREF], []),
        ([DJANGO, SKIPPED], ["asgiref was skipped: not found"]),
        ([DJANGO], ["asgiref is not in the report"]),
        ([WEAK, ASGIREF], ["Django 5.2.19: PYSEC-2026-1, mended in 5.2.20"]),
    ],
)
def test_what_keeps_a_report_from_being_good(
    audit: Any, report: list[dict[str, Any]], faults: list[str]
) -> None:
    assert list(audit.faults(report, WANTED)) == faults


@pytest.mark.parametrize("report", [[], [SKIPPED]])
def test_where_nobody_could_be_asked_it_says_so(audit: Any, report: list[dict[str, Any]]) -> None:
    [only] = audit.faults(report, WANTED)
    assert "cannot be reached: NOTHING was audited" in only


def test_every_pinned_package_is_wanted(audit: Any) -> None:
    """Names are compared as package indexes do."""
    wanted = audit.pinned()
    assert {"django", "channels-redis", "pip-audit", "boolean-py"} <= wanted
    assert all(re.fullmatch("[a-z0-9-]+", name) for name in wanted)
