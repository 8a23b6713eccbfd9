"""Gathers the sentences of the house for its translators, and compiles what they wrote."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from queues.management import catalogs


class Command(BaseCommand):
    help = "Bring queues/locale/*/LC_MESSAGES/django.po up to date; with --compile, make the .mo."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--compile", action="store_true", help="compile each .po that is newer than its .mo"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            self._compile()
        else:
            self._gather()

    def _gather(self) -> None:
        sources = catalogs.gathered()
        for language in catalogs.languages():
            catalog = catalogs.brought_together(catalogs.translated(language), sources)
            changed = catalogs.write(language, catalogs.as_text(catalog, language))
            missing = len(list(catalogs.untranslated(catalog)))
            self.stdout.write(
                f"{language}: {len(catalog)} sentences, {missing} not translated"
                f"{', file written' if changed else ''}"
            )

    def _compile(self) -> None:
        for language in catalogs.languages():
            if catalogs.compile_one(language):
                self.stdout.write(f"{language}: compiled")
