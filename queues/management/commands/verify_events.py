"""Walks every ledger from its first event to its head, and holds it against what was signed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from queues.screens.proof import Tally, breaks


class Command(BaseCommand):
    help = (
        "Prove that no event was changed, removed, inserted or cut off, and no ledger taken away; "
        "else name each ledger with the first event that was."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        tally, broken = Tally(), 0
        for line in breaks(tally):
            broken += 1
            self.stdout.write(line)
        if broken:
            raise CommandError(f"Not whole. Breaks: {broken}.")
        self.stdout.write(f"Whole: {tally.ledgers} ledgers, {tally.events} events.")
        self.stdout.write(
            f"Signed heads: {tally.agree} ledgers stand there, {tally.moved} have moved on since, "
            f"{tally.unsigned} have none yet; {tally.only_heads} are known by their heads alone."
        )
