"""Walks every ledger from its first event to its head."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from queues.models import DayBook, Event
from queues.screens.chain import first_break


class Command(BaseCommand):
    help = "Prove that no event was changed, removed, inserted or cut off; name the first that was."

    def handle(self, *args: Any, **options: Any) -> None:
        books = DayBook.objects.order_by("day", "ledger").select_related("clinic", "department")
        for book in books.iterator():
            if broken := first_break(book):
                raise CommandError(f"{book.clinic.code}, {name(book)}, {book.day}: {broken}")
        self.stdout.write(
            f"Whole: {DayBook.objects.count()} ledgers, {Event.objects.count()} events."
        )


def name(book: DayBook) -> str:
    return book.department.code if book.department else "the clinic's own ledger"
