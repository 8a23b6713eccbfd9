"""./dev manage backup and restore, where they refuse. A whole loss is in browser/test_restored.py."""

from __future__ import annotations

import json
import os
import stat
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection

from queues.management.backups import archive, engines, heads, keys
from queues.management.backups.archive import (
    DATABASE,
    HEADS,
    KEYS,
    MANIFEST,
    Manifest,
    Unusable,
)
from queues.management.commands.backup import back_up
from queues.tests.hospital import Hospital
from queues.tests.template import Template

NOW = "2026-11-27T10:42:07+00:00"


@pytest.fixture
def var(settings: LazySettings, tmp_path: Path) -> Path:
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()
    return Path(settings.VAR)


def packed(folder: Path, **changes: Any) -> Path:
    """A backup of a database that is none."""
    inside = folder / "inside"
    inside.mkdir()
    (inside / DATABASE).write_text("rows")
    heads.copy_out(inside / HEADS)
    (inside / KEYS).write_text("SECRET_KEY=old\n")
    digests = {name: archive.sha256(inside / name) for name in (DATABASE, HEADS, KEYS)}
    facts = {"migrations": ["queues.0001_hospital"], "engine": connection.vendor, **changes}
    made = folder / "hospital.backup"
    archive.pack(inside, Manifest("1", NOW, sha256=digests, **facts), made)
    return made


def changed(backup: Path, name: str, content: bytes) -> Path:
    """The same with another content of one file."""
    other = backup.with_name("changed.backup")
    with tarfile.open(backup) as old, tarfile.open(other, "w:gz") as new:
        for member in old.getmembers():
            kept = old.extractfile(member)
            assert kept
            text = content if member.name == name else kept.read()
            member.size = len(text)
            new.addfile(member, BytesIO(text))
    return other


# The file


def test_what_was_packed_comes_out(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    manifest = archive.unpack(packed(tmp_path), out)
    assert (manifest.made_at, manifest.engine) == (NOW, connection.vendor)
    assert (out / DATABASE).read_text() == "rows"
    assert keys.read(out / KEYS) == {"SECRET_KEY": "old"}


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        (DATABASE, b"other rows", "its database is not as it was packed"),
        (KEYS, b"SECRET_KEY=new\n", "its keys.env is not as it was packed"),
        (MANIFEST, b"{", "it cannot be read as a backup"),
        (MANIFEST, b'{"format": 1}', "it cannot be read as a backup"),
    ],
)
def test_a_changed_one_is_refused(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        archive.unpack(changed(packed(tmp_path), name, content), tmp_path)


def test_half_of_one_is_refused(tmp_path: Path) -> None:
    backup = packed(tmp_path)
    backup.write_bytes(backup.read_bytes()[:-40])
    with pytest.raises(Unusable, match="cannot be read"):
        archive.unpack(backup, tmp_path)


def test_nothing_else_that_is_in_a_tar_is_written(tmp_path: Path) -> None:
    backup = packed(tmp_path)
    evil = tmp_path / "evil.backup"
    with tarfile.open(backup) as old, tarfile.open(evil, "w:gz") as new:
        for member in old.getmembers():
            new.addfile(member, old.extractfile(member))
        climbing = tarfile.TarInfo("../climbed")
        climbing.size = 4
        new.addfile(climbing, BytesIO(b"evil"))
    out = tmp_path / "out"
    out.mkdir()
    archive.unpack(evil, out)
    assert sorted(one.name for one in out.iterdir()) == sorted([MANIFEST, DATABASE, HEADS, KEYS])
    assert not (tmp_path / "climbed").exists()


def test_heads_of_the_history_give_way_to_those_of_the_backup(
    settings: LazySettings, tmp_path: Path
) -> None:
    """Later ones would say that the end of the ledger was cut off. They stay, beside them."""
    home = tmp_path / "heads"
    settings.HEADS = home
    page = home / "main" / "2026-11-27.jsonl"
    page.parent.mkdir(parents=True)
    page.write_text("signed\n")
    heads.copy_out(tmp_path / HEADS)
    page.write_text("signed\nsigned later\n")
    heads.copy_in(tmp_path / HEADS, aside="before-restore")
    assert page.read_text() == "signed\n"
    kept = tmp_path / "heads.before-restore" / "main" / page.name
    assert kept.read_text() == "signed\nsigned later\n"


def test_no_head_is_written_anywhere_else(settings: LazySettings, tmp_path: Path) -> None:
    settings.HEADS = tmp_path / "deep" / "heads"
    with tarfile.open(tmp_path / HEADS, "w") as tar:
        for name in ("../climbed/2026-11-27.jsonl", "main/../../2026-11-27.jsonl", "main/evil.py"):
            member = tarfile.TarInfo(name)
            member.size = 4
            tar.addfile(member, BytesIO(b"evil"))
    heads.copy_in(tmp_path / HEADS, aside="before")
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [tmp_path / HEADS]


# Before anything is touched


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"engine": "oracle"}, "It was made on oracle, and this is "),
        (
            {"migrations": ["queues.9999_tomorrow"]},
            "a newer version, 1, and this one does not know",
        ),
    ],
)
def test_one_that_does_not_belong_here_is_refused(
    tmp_path: Path, var: Path, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("restore", packed(tmp_path, **changes))


# The keys


@pytest.fixture
def keys_here(var: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As ./dev makes them: settings then read them into the environment."""
    file = var / "keys.env"
    file.write_text("# Made by ./dev.\nSECRET_KEY=new-one\nLINK_KEY=new=two\n")
    monkeypatch.setenv("SECRET_KEY", "new-one")
    monkeypatch.setenv("LINK_KEY", "new=two")
    return file


def test_keys_of_this_machine_give_way_and_are_kept(keys_here: Path) -> None:
    assert keys.put_back({"SECRET_KEY": "old-one", "LINK_KEY": "old=two"}) == []
    assert keys.read(keys_here) == {"SECRET_KEY": "old-one", "LINK_KEY": "old=two"}
    assert stat.S_IMODE(keys_here.stat().st_mode) == 0o600
    before = keys.read(keys_here.with_suffix(".before-restore"))
    assert before == {"SECRET_KEY": "new-one", "LINK_KEY": "new=two"}


def test_keys_that_the_environment_gives_are_named(
    keys_here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINK_KEY", "of-the-environment")
    assert keys.put_back({"SECRET_KEY": "old-one", "LINK_KEY": "old=two"}) == ["LINK_KEY"]
    assert keys.read(keys_here) == {"SECRET_KEY": "old-one", "LINK_KEY": "new=two"}


def test_the_same_keys_are_left_alone(keys_here: Path) -> None:
    assert keys.put_back({"SECRET_KEY": "new-one", "LINK_KEY": "new=two"}) == []
    assert keys_here.read_text().startswith("# Made by ./dev.")


# With the engine


@pytest.fixture
def hospital(founded: Template, tmp_path: Path, transactional_db: None) -> Iterator[Hospital]:
    with founded.copied(tmp_path / "server.log") as its_own:
        yield its_own


def refused(hospital: Hospital, *args: str) -> str:
    with pytest.raises(AssertionError) as why:
        hospital.manage(*args)
    return str(why.value)


def test_a_backup_is_for_its_owner_and_says_what_it_is(hospital: Hospital, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "hospital.backup"
    said = hospital.manage("backup", str(file))
    assert said.startswith(f"{file}: ")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in file.parent.iterdir()] == [file.name], "nothing is left beside it"
    with tarfile.open(file) as tar:
        first = tar.next()
        assert first
        assert first.name == MANIFEST
        assert {member.mode for member in tar.getmembers()} == {0o600}
        told = json.load(tar.extractfile(first))  # type: ignore[arg-type]
        kept = tar.extractfile(KEYS)
        assert kept
        assert f"LINK_KEY={hospital.environment['LINK_KEY']}\n" in kept.read().decode()
    assert told["engine"] == connection.vendor
    assert "queues.0001_hospital" in told["migrations"]
    assert "is there already" in refused(hospital, "backup", str(file))


def test_keys_may_be_left_out(hospital: Hospital, tmp_path: Path) -> None:
    file = tmp_path / "without.backup"
    hospital.manage("backup", "--without-keys", str(file))
    with tarfile.open(file) as tar:
        assert KEYS not in tar.getnames()


def test_a_hospital_at_work_is_not_replaced_unasked(hospital: Hospital, tmp_path: Path) -> None:
    file = str(tmp_path / "hospital.backup")
    hospital.manage("backup", file)
    asleep = refused(hospital, "restore", file)
    assert "There is a hospital in this database already" in asleep
    assert "connected" not in asleep
    with hospital.serving():  # it was asked, and so it is connected
        assert "somebody is connected to it" in refused(hospital, "restore", file)
        assert hospital.ask("GET", "/departments")[0] == 200


@pytest.mark.django_db
def test_a_program_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="mariadb-dump is not installed"):
        engines.Mysql().copy_out(tmp_path / "dump")
    assert os.environ["PATH"] == str(tmp_path)


def test_what_goes_wrong_leaves_no_file(
    tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(self: object, file: Path) -> None:
        raise CommandError("the disk is full")

    monkeypatch.setattr(type(engines.engine()), "copy_out", breaks)
    with pytest.raises(CommandError, match="the disk is full"):
        back_up(tmp_path / "hospital.backup", with_keys=True)
    assert list(tmp_path.iterdir()) == []
