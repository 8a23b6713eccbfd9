"""`manage.py clips`: what walls speak with."""

from __future__ import annotations

import json
import string
import sys
import wave
from array import array
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from queues.rules.speech import VOICES

# A voice of our own, so that these tests run where none is installed: a second of silence, then
# as many loud samples as the text has bytes, then silence again.
VOICE = f"""#!{sys.executable}
import sys, wave
text = sys.stdin.buffer.read()
path = sys.argv[sys.argv.index("-w") + 1]
with wave.open(path, "wb") as said:
    said.setnchannels(1); said.setsampwidth(2); said.setframerate(22050)
    silence = bytes(2 * 22050)
    said.writeframes(silence + b"\\x00\\x40" * len(text) * 100 + silence)
"""


@pytest.fixture
def clips(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.CLIPS = tmp_path / "clips"
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "clips"


@pytest.fixture
def voice(tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text(VOICE)
    program.chmod(0o755)


def test_every_language_can_say_every_label(clips: Path, voice: None) -> None:
    call_command("clips", verbosity=0)
    made = json.loads((clips / "index.json").read_text())
    assert list(made["clips"]) == sorted(VOICES)
    for names in made["clips"].values():
        assert {*string.ascii_lowercase, *string.digits, "number", "counter"} <= {*names}
    assert "end" in made["clips"]["hi"]


def test_silence_is_cut_off(clips: Path, voice: None) -> None:
    call_command("clips", verbosity=0)
    with wave.open(str(clips / "en" / "counter.wav")) as said:
        assert said.getnchannels() == 1
        samples = array("h", said.readframes(said.getnframes()))
    loud = 100 * len(VOICES["en"].counter)
    assert loud < len(samples) < loud + 0.1 * 22050


def test_other_clips_are_another_version(
    clips: Path, voice: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("clips", verbosity=0)
    before = (clips / "index.json").read_text()
    call_command("clips", verbosity=0)
    assert (clips / "index.json").read_text() == before
    monkeypatch.setitem(VOICES, "en", VOICES["es"])
    call_command("clips", verbosity=0)
    assert json.loads((clips / "index.json").read_text())["version"] not in before


def test_without_a_voice_nothing_is_made_and_nothing_lost(clips: Path, voice: None) -> None:
    call_command("clips", verbosity=0)
    (clips.parent / "espeak-ng").unlink()
    with pytest.raises(CommandError, match="the walls chime and do not speak"):
        call_command("clips", verbosity=0)
    assert (clips / "index.json").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(clips: Path, voice: None) -> None:
    clips.mkdir()
    call_command("clips", verbosity=0)  # an empty one is as good as none
    (clips / "index.json").unlink()
    with pytest.raises(CommandError, match="choose another folder"):
        call_command("clips", verbosity=0)
    assert (clips / "en" / "counter.wav").exists()


def test_each_letter_has_a_name_in_each_language() -> None:
    for voice in VOICES.values():
        texts = voice.texts()
        assert len(texts) >= 26 + 10 + 2
        assert len({texts[letter] for letter in string.ascii_lowercase}) == 26
