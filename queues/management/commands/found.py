"""Where the database is empty: a clinic, and a demo of its day unless told otherwise."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from queues.actions import demo
from queues.actions.founding import found
from queues.models import Clinic, User


class Command(BaseCommand):
    help = "Found the clinic `main` where there is none yet; with a demo hospital around it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-demo", action="store_true", help="no demo people, patients and numbers"
        )

    def handle(self, *args: Any, **options: Any) -> None:
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
