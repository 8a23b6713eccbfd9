"""Numbers and times as the reader of a language writes them.

Labels (A-012) stay as they are printed everywhere: they are matched by eye with the wall.
"""

from __future__ import annotations

from datetime import datetime, time
from functools import lru_cache

from babel.dates import format_time
from django.utils import timezone
from django.utils.translation import get_language, to_locale

# Where the digits of a language are not those of ours. By the tables of Unicode, that is Arabic,
# as it is written from Egypt to the Gulf; Hindi and Tamil print 0 to 9.
DIGITS = {"ar": "٠١٢٣٤٥٦٧٨٩"}
NO_BREAK = "\N{NO-BREAK SPACE}"  # between the hour and its half of the day


def digits(text: object) -> str:
    """A number, or words with numbers in them, in the digits of the active language."""
    language = (get_language() or "en").split("-")[0]
    ours = DIGITS.get(language)
    return str(text).translate(str.maketrans("0123456789", ours)) if ours else str(text)


def clock(moment: datetime) -> str:
    """The time of day in the active zone, which is the clinic's."""
    return hour(timezone.localtime(moment).time())


def hour(at: time) -> str:
    """A time of day by itself, whatever the day."""
    at = at.replace(second=0, microsecond=0)
    return digits(_to_the_minute(at, get_language() or "en"))


@lru_cache(maxsize=10_000)  # of the minutes of a day in six languages
def _to_the_minute(at: time, language: str) -> str:
    return format_time(at, "short", locale=to_locale(language)).replace(" ", NO_BREAK)
