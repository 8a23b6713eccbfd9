"""The file itself: a tar of the manifest, the database and the keys, readable by its owner alone."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path

FORMAT = 1
MANIFEST, DATABASE, KEYS = "manifest.json", "database", "keys.env"


class Unusable(Exception):
    """Not a backup of ours, or not a whole one; says why."""


@dataclass(frozen=True)
class Manifest:
    version: str  # of NextPatient
    made_at: str
    engine: str
    migrations: list[str]
    sha256: dict[str, str]  # by the name of the file
    format: int = FORMAT


def sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def pack(folder: Path, manifest: Manifest, archive: Path) -> None:
    """Of all that is in the folder."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2))
    archive.touch(mode=0o600)
    with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
        for name in (MANIFEST, *manifest.sha256):  # what it is stands first
            tar.add(folder / name, name, filter=_for_its_owner)


def _for_its_owner(packed: tarfile.TarInfo) -> tarfile.TarInfo:
    packed.mode = 0o600
    return packed


def unpack(archive: Path, folder: Path) -> Manifest:
    """Into the folder, if every file is as it was when it was packed."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for name in (MANIFEST, DATABASE, KEYS):
                _take(tar, name, folder)
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (OSError, EOFError, tarfile.TarError, ValueError, TypeError) as error:
        raise Unusable(f"it cannot be read as a backup ({type(error).__name__})") from error
    if manifest.format != FORMAT:
        raise Unusable(f"it is of format {manifest.format}, and only {FORMAT} is understood")
    for name, digest in manifest.sha256.items():
        file = folder / name
        if name not in (DATABASE, KEYS) or not file.exists() or sha256(file) != digest:
            raise Unusable(f"its {name} is not as it was packed")
    if DATABASE not in manifest.sha256:
        raise Unusable("there is no database in it")
    return manifest


def _take(tar: tarfile.TarFile, name: str, folder: Path) -> None:
    """Where it is there; nothing else that is in a tar is ever written anywhere."""
    if name in tar.getnames() and (packed := tar.extractfile(name)):
        with (folder / name).open("wb") as file:
            shutil.copyfileobj(packed, file)
