"""A hospital out of the file that `backup` made, in place of whatever is in the database."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from queues.actions.restoring import begin_anew
from queues.management.backups import archive, keys
from queues.management.backups.archive import DATABASE, KEYS, Manifest, Unusable
from queues.management.backups.engines import engine
from queues.management.commands.backup import back_up
from queues.models import Clinic


class Command(BaseCommand):
    help = "Put back what `backup` wrote, prove its history, and let all screens begin anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--yes", action="store_true", help="replace the hospital that is there, even at work"
        )
        # What comes after, in a process that began with the keys that were put back.
        parser.add_argument("--finish", help="for itself")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["finish"]:
            self.finish(options["finish"])
            return
        file: Path = options["file"].absolute()
        with TemporaryDirectory(prefix=".restore-", dir=settings.VAR) as folder:
            manifest = self.opened(file, Path(folder))
            self.make_room(asked=options["yes"])
            engine().copy_in(Path(folder) / DATABASE)
            kept = keys.read(Path(folder) / KEYS)
        self.finish_with(kept, file, manifest)

    def opened(self, file: Path, folder: Path) -> Manifest:
        try:
            manifest = archive.unpack(file, folder)
        except Unusable as why:
            raise CommandError(f"{file} is not restored: {why}.") from why
        if manifest.engine != connection.vendor:
            raise CommandError(
                f"It was made on {manifest.engine}, and this is {connection.vendor}."
            )
        known = {".".join(one) for one in MigrationLoader(None).disk_migrations}
        if newer := set(manifest.migrations) - known:
            raise CommandError(
                f"It was made by a newer version, {manifest.version}, and this one does not know "
                f"{', '.join(sorted(newer))}. Install that version first."
            )
        return manifest

    def make_room(self, *, asked: bool) -> None:
        """What is there is kept in a file, whoever asked."""
        if "queues_clinic" not in connection.introspection.table_names():
            return
        clinics = Clinic.objects.count()
        others = engine().others()
        if (clinics or others) and not asked:
            at_work = " and somebody is connected to it: a server, or its duties" if others else ""
            raise CommandError(
                f"There is a hospital in this database already ({clinics} clinics){at_work}. "
                "With --yes it is kept in a file, and then replaced."
            )
        if clinics:
            name = f"before-restore-{timezone.now():%Y%m%d-%H%M%S}.backup"
            back_up(Path(settings.VAR) / name, with_keys=True)
            self.stdout.write(f"What was there is kept in {Path(settings.VAR) / name}.")

    def finish_with(self, kept: dict[str, str], file: Path, manifest: Manifest) -> None:
        """Keys and history belong together, and this process began with other keys."""
        for name in keys.put_back(kept):
            self.stderr.write(
                f"The environment or .env give another {name}: set it to the backup's."
            )
        if not kept:
            self.stdout.write("There are no keys in it: bring them yourself, or links stay dead.")
        self.stdout.flush()
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", str(file)]
        done = subprocess.run(  # noqa: S603 - ourselves, with no shell
            [*command, "--finish", manifest.made_at], env={**os.environ, **kept}, check=False
        )
        if done.returncode:
            raise CommandError("The database is back, but see what is said above.")

    def finish(self, made_at: str) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        broken = None
        try:
            call_command("verify_events", stdout=self.stdout)
        except CommandError as error:
            broken = error  # evidence, and no reason to keep a hospital closed
        ended = begin_anew(made_at)
        self.stdout.write(f"The hospital is as it was at {made_at}. {ended} sessions ended.")
        if broken:
            raise CommandError(f"Its history is NOT whole: {broken}")
