"""systemd accepts our units, and grants them little."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from queues.tests.deploying.files import ROOT, text_of
from queues.tests.deploying.test_files import UNITS

pytestmark = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="there is no systemd-analyze"
)


def analyzed(folder: Path, name: str, text: str, *words: str) -> tuple[int, str]:
    """What it says of a unit whose programs are those of this checkout."""
    unit = folder / name
    unit.write_text(text.replace("/opt/nextpatient", str(ROOT)))
    command = ["systemd-analyze", *words, str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", UNITS)
def test_it_is_accepted_without_a_word(tmp_path: Path, name: str) -> None:
    assert analyzed(tmp_path, name, text_of(name), "verify") == (0, "")


@pytest.mark.parametrize(
    ("right", "wrong"), [("ProtectSystem=", "ProtectSystm="), (".venv/bin/python", "bin/nothing")]
)
def test_a_mistake_would_be_seen(tmp_path: Path, right: str, wrong: str) -> None:
    text = text_of(UNITS[0]).replace(right, wrong)
    assert analyzed(tmp_path, UNITS[0], text, "verify") != (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_it_may_do_little(tmp_path: Path, name: str) -> None:
    """systemd's own measure of what a service could do if somebody took it over, from 0 to 10."""
    _code, said = analyzed(tmp_path, name, text_of(name), "security", "--offline=true")
    level = re.search(r"Overall exposure level for \S+ ([\d.]+)", said)
    assert level, said
    assert float(level[1]) < 2.5
