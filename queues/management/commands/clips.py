"""Makes what the walls say: a clip for each phrase, letter and digit, in each language."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import wave
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from queues.rules.speech import VOICES
from queues.screens.clips import INDEX

WORDS_A_MINUTE = "150"  # slow enough for a full waiting room
SILENT = 400  # of 32,767
BREATH = 0.03  # seconds that are left before and after


class Command(BaseCommand):
    help = "Make the clips that walls speak with, by espeak-ng; without it they only chime."

    def handle(self, *args: Any, **options: Any) -> None:
        program = shutil.which("espeak-ng")
        if program is None:
            raise CommandError("espeak-ng is not installed: the walls chime and do not speak")
        _refuse_a_folder_of_others(settings.CLIPS)
        new = settings.CLIPS.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        texts = [
            (new / language / f"{name}.wav", language, text)
            for language, voice in VOICES.items()
            for name, text in voice.texts().items()
        ]
        with ThreadPoolExecutor() as several:
            list(several.map(lambda one: make(program, *one), texts))
        _write_index(new)
        shutil.rmtree(settings.CLIPS, ignore_errors=True)
        new.replace(settings.CLIPS)
        self.stdout.write(f"Made {len(texts)} clips in {len(VOICES)} languages.")


def _refuse_a_folder_of_others(folder: Path) -> None:
    """What is there is removed, so it must be what we once made: CLIPS may be mistyped."""
    if folder.exists() and any(folder.iterdir()) and not (folder / INDEX).is_file():
        raise CommandError(f"{folder} holds something else than clips: choose another folder")


def make(program: str, path: Path, language: str, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    says = [program, "-m", "-v", language, "-s", WORDS_A_MINUTE, "-w", str(path), "--stdin"]
    subprocess.run(says, input=text.encode(), check=True, capture_output=True)  # noqa: S603
    _trim(path)


def _trim(path: Path) -> None:
    """Without the silence around it, so that clips in a row sound like a sentence."""
    with wave.open(str(path)) as said:
        parameters = said.getparams()
        samples = array("h", said.readframes(said.getnframes()))
    loud = [place for place, sample in enumerate(samples) if abs(sample) > SILENT]
    breath = int(BREATH * parameters.framerate)
    if not loud:
        raise CommandError(f"{path.parent.name}/{path.name} is silent")
    with wave.open(str(path), "wb") as kept:
        kept.setparams(parameters)
        kept.writeframes(samples[max(0, loud[0] - breath) : loud[-1] + breath].tobytes())


def _write_index(folder: Path) -> None:
    """What there is, and a version, so that browsers may keep a clip for ever."""
    made = sorted(folder.glob("*/*.wav"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in made)).hexdigest()[:12]
    clips: dict[str, list[str]] = {}
    for path in made:
        clips.setdefault(path.parent.name, []).append(path.stem)
    (folder / INDEX).write_text(json.dumps({"version": digest, "clips": clips}))
