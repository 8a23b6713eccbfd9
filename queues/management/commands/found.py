"""Where the database is empty: a clinic, and a demo of its day unless told otherwise."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from queues.actions import demo
from queues.actions.founding import found
from queues.actions.refusals import Invalid
from queues.forms.keeping import NewClinicForm
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
            given = {name: options[name] for name in ("code", "name", "time_zone")}
            self._found_one_more(**given)
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

    def _found_one_more(self, **given: str) -> None:
        """As the page does, and by its form."""
        form = NewClinicForm({**given, "name": given["name"] or given["code"]})
        if not form.is_valid():
            raise CommandError(str(next(iter(form.errors.values()))[0]))
        try:
            clinic = found(**form.cleaned_data)
        except Invalid as refused:
            raise CommandError(" ".join(refused.fields.values())) from refused
        self.stdout.write(f"Founded the clinic `{clinic.code}`: OPD, LAB and PHARMACY.")
