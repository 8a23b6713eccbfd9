"""Asks of every package that is pinned whether a weakness of it is known.

An audit with a hole is none: it fails where a package was skipped, where one is missing from the
report, and where nobody could be asked.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PINNED = ("requirements.txt", "requirements-dev.txt")
ASK = "-m pip_audit --no-deps --disable-pip --progress-spinner off --format json"


def pinned() -> set[str]:
    lines = [line for name in PINNED for line in (ROOT / name).read_text().splitlines()]
    names = [re.split(r"\[|==", line)[0] for line in lines if "==" in line]  # without extras
    return {canonical(name) for name in names}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def faults(report: list[dict[str, Any]], wanted: set[str]) -> Iterator[str]:
    """What keeps this report from being a good one."""
    skipped = {canonical(one["name"]): one["skip_reason"] for one in report if "skip_reason" in one}
    if len(skipped) == len(report):
        yield "The service that knows of weaknesses cannot be reached: NOTHING was audited."
        return
    for name, reason in skipped.items():
        yield f"{name} was skipped: {reason}"
    for name in sorted(wanted - {canonical(one["name"]) for one in report}):
        yield f"{name} is not in the report"
    for one in report:
        for weakness in one.get("vulns", []):
            mended = ", ".join(weakness["fix_versions"]) or "no version"
            yield f"{one['name']} {one['version']}: {weakness['id']}, mended in {mended}"


def ask(file: Path) -> list[dict[str, Any]]:
    """Empty where nobody answers at all."""
    command = [sys.executable, *ASK.split(), "--output", str(file)]
    command += ["--requirement", str(ROOT / PINNED[1])]  # which includes the other
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    if not file.exists():
        print(said, file=sys.stderr)
        return []
    report: list[dict[str, Any]] = json.loads(file.read_text())["dependencies"]
    return report


def main() -> int:
    with TemporaryDirectory() as folder:
        report = ask(Path(folder) / "report.json")
    wrong = list(faults(report, pinned()))
    print("\n".join(wrong) or f"No weakness is known of {len(report)} packages.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
