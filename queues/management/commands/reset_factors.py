"""Takes away the second factors of somebody who lost them and whom no colleague can help."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from queues.actions import accounts
from queues.models import User
from queues.rules.rights import SYSTEM


class Command(BaseCommand):
    help = "Take away somebody's second factors, and log them out: they set up new ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="user name or e-mail")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.called(options["name"])
        if user is None:
            raise CommandError("There is nobody of that name.")
        taken = accounts.reset_factors(user, by=SYSTEM)
        self.stdout.write(f"{taken} taken away")
