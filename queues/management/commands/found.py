"""Where the database is empty: a clinic, and a demo of its day unless told otherwise."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from queues.actions import demo
from queues.actions.founding import found
from queues.models import Clinic, User


class Command(BaseCommand):
    help = (
        "Found the clinic `main` where there is none yet, with a demo hospital around it; or one more"
        " (--code)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-demo", action="store_true", help="no demo people, patients and numbers"
        )
        parser.add_argument("--code", help="found one more clinic, of this code, as in north")
        parser.add_argument("--name", default="", help="of that clinic")
        parser.add_argument("--time-zone", default=settings.TIME_ZONE, help="of that clinic")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["code"]:
            self._found_one_more(options["code"], options["name"], options["time_zone"])
            return
        if not Clinic.objects.exists():
            if options["no_demo"]:
                found("main", "Main Clinic", settings.TIME_ZONE)
                self.stdout.write("Founded the clinic `main`: OPD, LAB and PHARMACY.")
            else:
                demo.stage()
                self.stdout.write("Founded a demo hospital.")
        if not User.objects.exists():
            self.stdout.write("Nobody can log in yet: ./dev manage createsuperuser")
        people = User.objects.filter(username__in=demo.USERNAMES).order_by("pk")
        for user in people:
            if user.check_password(demo.PASSWORD):
                self.stdout.write(f"  demo log-in  {user.username:8} {demo.PASSWORD}")

    def _found_one_more(self, code: str, name: str, time_zone: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,20}", code):
            raise CommandError("A code has letters, digits, - and _, at most 20.")
        if Clinic.objects.filter(code__iexact=code).exists():
            raise CommandError("There is a clinic of this code already.")
        if time_zone not in available_timezones():
            raise CommandError(f"There is no time zone {time_zone}.")
        found(code, name or f"Clinic {code}", time_zone)
        self.stdout.write(f"Founded the clinic `{code}`: OPD, LAB and PHARMACY.")
