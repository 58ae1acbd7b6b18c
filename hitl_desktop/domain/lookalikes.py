"""Names that look the same on the screen and are not: invisible characters, and letters of another script."""

import unicodedata
from typing import Final

_LIKE_LATIN: Final = str.maketrans(
    # The letters of Cyrillic and Greek that usual fonts draw exactly as a Latin one: the pairs of the Unicode
    # Consortium's table of confusables (UTS 39) without those that only resemble one another. Capitals and small
    # letters apart: В is drawn as B, and в is not drawn as b.
    "АВЕЅІЈКМНОРСТХҮԌԚԜаеѕіјорсухһԁԛԝѵ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲϳν",
    "ABESIJKMHOPCTXYGQWaesijopcyxhdqwv" + "ABEZHIKMNOPTYXocjv",
)
_FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters and marks by their category that are drawn as nothing."""


def as_seen(name: str) -> str:
    """What the eye has to tell names apart: two names with equal results look the same, or differ only in case, blanks
    or in how an accent is written.

    Left out are characters that show nothing: zero-width blanks and joiners, marks of direction, variation selectors.
    """
    seen = "".join(c for c in unicodedata.normalize("NFC", name) if not _shows_nothing(c))
    return " ".join(seen.translate(_LIKE_LATIN).casefold().split())


def _shows_nothing(character: str) -> bool:
    if character.isascii():
        return False
    return (
        unicodedata.category(character) == "Cf"
        or character in _FILLERS
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )
