"""Makes a key to the API; the key alone is on the last line."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from queues.actions import keys
from queues.models import ApiKey, Clinic
from queues.rules.rights import KEY_ROLES, SYSTEM, Role


class Command(BaseCommand):
    help = "Make a key to the API (shown once, on the last line), or revoke the keys of a name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", choices=[str(role) for role in KEY_ROLES])
        parser.add_argument("--clinic", default="", help="its code; not needed where there is one")
        parser.add_argument("--department", default="", help="its code; without it, all of them")
        parser.add_argument("--per-second", type=int, help="requests; without it, as all keys")
        parser.add_argument("--revoke", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = _clinic(options["clinic"])
        if options["revoke"]:
            valid = ApiKey.objects.filter(name=options["name"], clinic=clinic, revoked_at=None)
            revoked = sum(keys.revoke(key, by=SYSTEM) for key in valid)
            self.stdout.write(f"{revoked} revoked")
            return
        longest = ApiKey._meta.get_field("name").max_length or 0
        if not 1 <= len(options["name"]) <= longest:
            raise CommandError(f"A name has 1 to {longest} characters.")
        if not options["role"]:
            raise CommandError("Which role? --role kiosk, staff or admin.")
        department = None
        if code := options["department"]:
            department = clinic.departments.filter(code__iexact=code).first()
            if department is None:
                raise CommandError(f"There is no department {code} at {clinic.code}.")
        if options["per_second"] is not None and options["per_second"] < 1:
            raise CommandError("At least one request a second.")
        _key, secret = keys.make(
            options["name"],
            Role(options["role"]),
            clinic,
            department,
            by=SYSTEM,
            per_second=options["per_second"],
        )
        self.stderr.write("Keep it safe: it is shown this once.")
        self.stdout.write(secret)


def _clinic(code: str) -> Clinic:
    found = Clinic.objects.filter(code__iexact=code) if code else Clinic.objects.all()
    clinics = list(found[:2])
    if len(clinics) == 1:
        return clinics[0]
    known = ", ".join(Clinic.objects.values_list("code", flat=True))
    raise CommandError(f"Which clinic? --clinic with one of: {known or '(there is none yet)'}")
