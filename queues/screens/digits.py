"""Numbers and times as the reader of a language writes them.

Labels (A-012) stay as they are printed everywhere: they are matched by eye with the wall.
"""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_time
from django.utils import timezone
from django.utils.translation import get_language, to_locale

# Where the digits of a language are not those of ours. By the tables of Unicode, that is Arabic,
# as it is written from Egypt to the Gulf; Hindi and Tamil print 0 to 9.
DIGITS = {"ar": "٠١٢٣٤٥٦٧٨٩"}


def digits(text: object) -> str:
    """A number, or words with numbers in them, in the digits of the active language."""
    language = (get_language() or "en").split("-")[0]
    ours = DIGITS.get(language)
    return str(text).translate(str.maketrans("0123456789", ours)) if ours else str(text)


def clock(moment: datetime) -> str:
    """The time of day in the active zone, which is the clinic's."""
    locale = to_locale(get_language() or "en")
    shown = format_time(moment, "short", tzinfo=timezone.get_current_timezone(), locale=locale)
    return digits(shown)
