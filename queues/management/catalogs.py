"""The sentences of the house and their translations, without GNU gettext: Babel reads and writes.

`gathered()` is what the sources say now; `translated(language)` is what the translators have
written; `brought_together` keeps of the second what the first still says.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

SOURCE = "en"
CALLS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
FOR_TRANSLATORS = ["Translators:"]
CODE = ("queues", "nextpatient")
NOT_SHOWN = {"tests", "migrations", "locale"}
HEAD = """msgid ""
msgstr ""
"Project-Id-Version: NextPatient\\n"
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"
"""


class Said(NamedTuple):
    """One sentence where it stands; two forms of it where there is a plural."""

    where: str
    forms: str | tuple[str, ...]
    context: str | None
    comments: list[str]


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES if code != SOURCE]


def gathered() -> Catalog:
    """Every sentence of the sources."""
    catalog = Catalog()
    for said in [*in_code(), *in_templates()]:
        catalog.add(
            said.forms,
            locations=[(said.where, 0)],
            auto_comments=said.comments,
            context=said.context,
        )
    return catalog


def in_code() -> Iterator[Said]:
    paths = (path for folder in CODE for path in (settings.BASE_DIR / folder).rglob("*.py"))
    for path in sorted(paths):
        if not NOT_SHOWN & set(path.parts):
            yield from in_module(path, settings.BASE_DIR)


def in_templates() -> Iterator[Said]:
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.*")):
        yield from in_template(path, settings.BASE_DIR)


def in_module(path: Path, root: Path) -> Iterator[Said]:
    yield from calls_in(path.read_text(), path.relative_to(root).as_posix())


def in_template(path: Path, root: Path) -> Iterator[Said]:
    """Django turns a template into calls of gettext, with an X for each letter of the rest."""
    as_code = templatize(path.read_text(), origin=str(path))
    unindented = "\n".join(line.strip() for line in as_code.splitlines())
    yield from calls_in(unindented, path.relative_to(root).as_posix())


def calls_in(code: str, where: str) -> Iterator[Said]:
    source = BytesIO(code.encode())
    for _line, forms, comments, context in extract("python", source, CALLS, FOR_TRANSLATORS):
        yield Said(where, forms, context, comments)


# The files


def po_file(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0], to_locale(language), "LC_MESSAGES", "django.po")


def translated(language: str) -> Catalog:
    path = po_file(language)
    return parsed(language, path.read_text() if path.exists() else empty(language))


def parsed(language: str, text: str) -> Catalog:
    return read_po(BytesIO(text.encode()), locale=to_locale(language), abort_invalid=True)


def empty(language: str) -> str:
    return HEAD.format(locale=to_locale(language), plural_forms=plural_forms(language))


def plural_forms(language: str) -> str:
    """Those of Django's own catalog, since at run time both are one."""
    locale = to_locale(language)
    own = Path(django.__file__).parent / "conf" / "locale" / locale / "LC_MESSAGES" / "django.po"
    head = own.read_bytes().split(b"\n\n", 1)[0]
    return str(dict(read_po(BytesIO(head), locale=locale).mime_headers)["Plural-Forms"])


def brought_together(catalog: Catalog, sources: Catalog) -> Catalog:
    """What is new is added, what is gone is dropped. A sentence that was changed is a new one:
    a guess from its neighbour would look translated and be wrong."""
    catalog.update(sources, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def as_text(catalog: Catalog, language: str) -> str:
    """Without line numbers and dates: a file changes only when a sentence does."""
    out = BytesIO()
    write_po(out, catalog, omit_header=True, include_lineno=False, sort_by_file=True, width=100)
    plain_head = empty(language)
    return f"{plain_head}\n{out.getvalue().decode().strip()}\n"


def write(language: str, text: str) -> bool:
    """Whether that changed anything."""
    path = po_file(language)
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return True


def compile_one(language: str) -> bool:
    """Whether there was something to compile."""
    path = po_file(language)
    compiled = path.with_suffix(".mo")
    if not path.exists() or (compiled.exists() and is_newer(compiled, path)):
        return False
    out = BytesIO()
    write_mo(out, translated(language))
    new = compiled.with_suffix(".new")
    new.write_bytes(out.getvalue())
    new.replace(compiled)  # whole, whoever reads it meanwhile
    return True


def is_newer(one: Path, other: Path) -> bool:
    return one.stat().st_mtime_ns >= other.stat().st_mtime_ns


def is_translated(message: Message) -> bool:
    """In all its forms, and not as a guess."""
    forms = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return all(forms) and not message.fuzzy


def untranslated(catalog: Catalog) -> Iterator[str]:
    for message in catalog:
        if message.id and not is_translated(message):
            yield message.id if isinstance(message.id, str) else message.id[0]
