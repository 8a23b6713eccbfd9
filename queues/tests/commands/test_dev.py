"""`./dev`, where it can be asked without being run."""

from __future__ import annotations

import signal
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from queues.tests.commands.test_clips import VOICE


@pytest.fixture
def dev(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The script as a module, with this Python and a place of its own for logs."""
    loader = SourceFileLoader("dev", str(settings.BASE_DIR / "dev"))
    spec = spec_from_loader("dev", loader)
    assert spec
    module: Any = module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    module.PYTHON, module.LOGS = sys.executable, tmp_path
    return module


def test_walls_are_given_a_voice_once_wherever_the_clips_are_kept(
    dev: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text(VOICE)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("CLIPS", str(tmp_path / "clips"))
    dev.give_walls_a_voice()
    made = (tmp_path / "clips" / "index.json").stat().st_mtime_ns
    assert "spoken numbers" in capsys.readouterr().out
    dev.give_walls_a_voice()
    assert capsys.readouterr().out == ""
    assert (tmp_path / "clips" / "index.json").stat().st_mtime_ns == made


def test_tests_take_no_clips_from_this_machine(dev: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPS", "/srv/nextpatient/clips")
    assert dev.neutral()["CLIPS"] == ""


def test_what_runs_beside_is_shown_to_its_last_word(
    dev: Any, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    says = "import time; print('first', flush=True); time.sleep(0.3); print('last'); exit(3)"
    log = tmp_path / "beside.log"
    with dev.child([sys.executable, "-c", says], dev.environment(), log=log) as process:
        assert dev.shown(process, log) == 3
    assert capfdbinary.readouterr().out == b"first\nlast\n"


def test_what_runs_beside_is_stopped_with_us_and_may_tidy_up(dev: Any, tmp_path: Path) -> None:
    waits = """
import time
try:
    print("here", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("tidied up")
"""
    command, log = [sys.executable, "-c", waits], tmp_path / "beside.log"
    beside = dev.child(command, dev.environment(), log=log, ask=signal.SIGINT)
    with beside as process:
        while "here" not in log.read_text():
            dev.nap()
        dev.be_asked_to_stop(signal.SIGINT, None)
        with pytest.raises(dev.Stopped):
            dev.shown(process, log)
    assert process.returncode == 0
    assert log.read_text() == "here\ntidied up\n"
