"""What a wall says when it calls somebody: a few phrases, and letters and digits one by one.

Each text becomes a clip, and the wall plays clips in a row: number, A, 0, 1, 2, counter, 3.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

LETTERS = string.ascii_lowercase


@dataclass(frozen=True)
class Voice:
    """How a language calls: '{number} A012 {counter} 3 {end}'."""

    number: str
    counter: str
    end: str = ""  # where the sentence goes on after the counter
    letters: str = ""  # their names from A to Z; none where the voice knows them by itself

    def texts(self) -> dict[str, str]:
        """What each clip says, by its name."""
        phrases = {"number": self.number, "counter": self.counter, "end": self.end}
        named = self.letters.split() or list(map(spelt, LETTERS))
        return {
            **{name: text for name, text in phrases.items() if text},
            **dict(zip(LETTERS, named, strict=True)),
            **{digit: digit for digit in string.digits},
        }


def spelt(letter: str) -> str:
    """A letter by its name: a bare 'a' would be read as a word."""
    return f'<say-as interpret-as="characters">{letter}</say-as>'


VOICES = {
    "en": Voice("Number", "please go to counter"),
    "es": Voice("Número", "por favor, pase a la ventanilla"),
    "hi": Voice(
        "नंबर",
        "कृपया काउंटर नंबर",
        "पर जाएँ",
        "ए बी सी डी ई एफ़ जी एच आई जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई ज़ेड",
    ),
    "ar": Voice(
        "الرقم",
        "يُرجى التوجّه إلى الشبّاك رقم",
        "",
        "أَيْ بي سي دي إي إف جي إتش آي جَيْ كَيْ إل إم إن أو پي كيو آر إس تي يو في دَبليو إكس واي زِد",
    ),
    "fr": Voice("Numéro", "veuillez vous présenter au guichet"),
    # Tamil writes B as P and D as T: those two are given as sounds.
    "ta": Voice(
        "எண்",
        "தயவுசெய்து செல்லவும், கவுண்டர் எண்",
        "",
        "ஏ [[b'i:]] சி [[d.'i:]] ஈ எஃப் ஜி எச் ஐ ஜே கே எல் எம் என் ஓ பி கியூ ஆர் எஸ் டி யூ வி டபிள்யூ எக்ஸ் ஒய் இசட்",
    ),
}
