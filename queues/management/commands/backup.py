"""All that a hospital cannot do without, into one file, while it goes on working."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from queues.management.backups import archive, keys
from queues.management.backups.archive import DATABASE, KEYS, Manifest
from queues.management.backups.engines import engine


class Command(BaseCommand):
    help = "Write the database and its keys into one file. Keep it where no stranger finds it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="that is made, readable by you alone")
        parser.add_argument("--without-keys", action="store_true", help="they are kept elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"].absolute()
        made = back_up(file, with_keys=not options["without_keys"])
        size = file.stat().st_size / 1e6
        self.stdout.write(f"{file}: {size:.1f} MB, the hospital as it was at {made.made_at}.")


def back_up(file: Path, *, with_keys: bool) -> Manifest:
    if file.exists():
        raise CommandError(f"{file} is there already.")
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".backup-", dir=file.parent) as name:  # open to us alone
        folder, whole = Path(name), Path(name) / "whole"
        made_at = timezone.now().isoformat(timespec="seconds")
        engine().copy_out(folder / DATABASE)
        if with_keys:
            (folder / KEYS).write_text(keys.written(keys.in_force()))
        packed = [one for one in (DATABASE, KEYS) if (folder / one).exists()]
        digests = {one: archive.sha256(folder / one) for one in packed}
        applied = MigrationRecorder(connection).applied_migrations()
        migrations = sorted(".".join(one) for one in applied)
        manifest = Manifest(settings.VERSION, made_at, connection.vendor, migrations, digests)
        archive.pack(folder, manifest, whole)
        whole.rename(file)
    return manifest
