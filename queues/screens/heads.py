"""What is written down of the ledgers outside of the database: a file for each clinic and day."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from django.conf import settings

from queues.rules.heads import Page, read
from queues.rules.keyring import keyring

NAME = re.compile(r"\d{4}-\d{2}-\d{2}\.jsonl")


def path_of(clinic: str, day: date) -> Path:
    """By the clinic's code, which is a slug and never changes."""
    return Path(settings.HEADS) / clinic / f"{day.isoformat()}.jsonl"


def page_of(clinic: str, day: date) -> Page:
    """Empty where nothing was written down of that day."""
    path = path_of(clinic, day)
    text = path.read_text(errors="replace") if path.exists() else ""
    return read(text, keyring(settings.EVENT_KEYS))


def clinics() -> list[str]:
    folder = Path(settings.HEADS)
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


def days(clinic: str) -> list[date]:
    """Of which something is written down, the oldest first."""
    folder = Path(settings.HEADS) / clinic
    names = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    return sorted(date.fromisoformat(name[:10]) for name in names if NAME.fullmatch(name))


def is_keyed(clinic: str, day: date) -> bool:
    """Whether events were signed before that day: then all of that day must be."""
    before = [one for one in days(clinic) if one < day]
    return bool(before) and any(head.event_key for head in page_of(clinic, before[-1]).all())
