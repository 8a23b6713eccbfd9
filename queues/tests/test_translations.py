"""The translators' files say what the sources say, and put in every fact that a sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import GNUTranslations, c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import LazySettings

from queues.management import catalogs

LANGUAGES = catalogs.languages()
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")
NUMBERS = range(0, 1001)


def named_in(text: str) -> set[str]:
    return {one or other for one, other in PLACEHOLDER.findall(text)}


def numbers_of_form(catalog: Catalog, form: int) -> int:
    """How many numbers a plural form is written for: 'one patient' need not say 'one'."""
    chosen = c2py(catalog.plural_expr)
    return sum(chosen(number) == form for number in NUMBERS)


def faults(catalog: Catalog, message: Message) -> Iterator[str]:
    """Where a translation leaves out a fact, or names one that is not given."""
    if isinstance(message.id, str):
        if message.string and named_in(str(message.string)) != named_in(message.id):
            yield f"{message.id!r} became {message.string!r}"
        return
    given = named_in(message.id[0]) | named_in(message.id[1])
    for form, text in enumerate(message.string or ()):
        named, alone = named_in(text), numbers_of_form(catalog, form) == 1
        if text and (named - given or len(given - named) > int(alone)):
            yield f"{message.id[1]!r} became {text!r}, form {form}"


def keys(catalog: Catalog) -> set[tuple[str | None, str]]:
    return {
        (message.context, message.id if isinstance(message.id, str) else message.id[0])
        for message in catalog
        if message.id
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_says_what_the_sources_say(language: str) -> None:
    there, wanted = keys(catalogs.translated(language)), keys(catalogs.gathered())
    assert there ^ wanted == set(), "./dev manage messages brings it up to date"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_fact_is_lost_or_made_up(language: str) -> None:
    catalog = catalogs.translated(language)
    assert [fault for message in catalog if message.id for fault in faults(catalog, message)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_django(language: str) -> None:
    """At run time both catalogs are one."""
    assert catalogs.plural_forms(language) in catalogs.po_file(language).read_text()


def test_arabic_has_six_forms() -> None:
    assert catalogs.translated("ar").num_plurals == 6


# The negative controls


def arabic(text: str) -> Catalog:
    return catalogs.parsed("ar", catalogs.empty("ar") + text)


@pytest.mark.parametrize(
    "text",
    [
        'msgid "%(label)s waits"\nmsgstr "ينتظر"',
        'msgid "%(label)s waits"\nmsgstr "%(lable)s ينتظر"',
        'msgid "%(n)s waits"\nmsgid_plural "%(n)s wait"\n'
        + "\n".join(f'msgstr[{form}] "ينتظرون"' for form in range(6)),
    ],
)
def test_a_lost_fact_would_be_seen(text: str) -> None:
    catalog = arabic(f"\n{text}\n")
    assert [fault for message in catalog if message.id for fault in faults(catalog, message)]


def test_one_and_two_need_no_numeral() -> None:
    forms = ["لا أحد", "واحد", "اثنان", "%(n)s", "%(n)s", "%(n)s"]
    text = "\n".join(f'msgstr[{form}] "{said}"' for form, said in enumerate(forms))
    catalog = arabic(f'\nmsgid "%(n)s waits"\nmsgid_plural "%(n)s wait"\n{text}\n')
    assert not [fault for message in catalog if message.id for fault in faults(catalog, message)]


def test_bringing_together_keeps_adds_and_drops() -> None:
    catalog = arabic('\nmsgid "kept"\nmsgstr "محفوظ"\n\nmsgid "gone"\nmsgstr "ذهب"\n')
    sources = Catalog()
    sources.add("kept")
    sources.add("keep")
    sources.add("new", context="of a patient")
    text = catalogs.as_text(catalogs.brought_together(catalog, sources), "ar")
    again = catalogs.parsed("ar", text)
    assert keys(again) == {(None, "kept"), (None, "keep"), ("of a patient", "new")}
    assert sorted(catalogs.untranslated(again)) == ["keep", "new"]
    assert "ذهب" not in text
    assert "fuzzy" not in text


def test_every_kind_of_sentence_is_gathered(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<div>\n    {% translate "plain" %}\n  {% translate "some" context "of it" as x %}'
        "{% blocktranslate trimmed count n=x %}\n one {{ n }}\n{% plural %}\n many {{ n }}\n"
        "{% endblocktranslate %}</div>"
    )
    code = tmp_path / "code.py"
    code.write_text('A = gettext_lazy("lazy")\nB = npgettext("c", "%(n)d day", "%(n)d days", 2)\n')
    found = [*catalogs.in_template(page, tmp_path), *catalogs.in_module(code, tmp_path)]
    assert [(said.forms, said.context) for said in found] == [
        ("plain", None),
        ("some", "of it"),
        (("one %(n)s", "many %(n)s"), None),
        ("lazy", None),
        (("%(n)d day", "%(n)d days"), "c"),
    ]


def test_what_is_compiled_is_what_was_written(tmp_path: Path, settings: LazySettings) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    head = catalogs.empty("ar")
    forms = "\n".join(f'msgstr[{form}] "{form}: %(n)s"' for form in range(6))
    text = f'{head}\nmsgctxt "of a day"\nmsgid "long"\nmsgstr "طويل"\n'
    text += f'\nmsgid "%(n)s waits"\nmsgid_plural "%(n)s wait"\n{forms}\n'
    text += '\n#, fuzzy\nmsgid "guess"\nmsgstr "ظن"\n'
    assert catalogs.write("ar", text)
    assert not catalogs.write("ar", text), "nothing has changed"
    assert catalogs.compile_one("ar")
    assert not catalogs.compile_one("ar"), "nothing is to be done"
    with catalogs.po_file("ar").with_suffix(".mo").open("rb") as file:
        spoken = GNUTranslations(file)
    assert spoken.pgettext("of a day", "long") == "طويل"
    assert spoken.ngettext("%(n)s waits", "%(n)s wait", 11) == "4: %(n)s"
    assert spoken.gettext("guess") == "guess", "a guess is not shown"
