"""The words and numbers of the program in the reader's language, for every floor: GNU gettext, no Qt.

English stands in the code; the catalogues are `resources/locale/<code>/LC_MESSAGES/hitl_desktop.mo`, made by
`make catalogues`. The language in use is the one setting that belongs to the whole process, as in gettext itself:
a sentence is made where the thing happens, and no caller could hand the language down to there.
"""

import gettext
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DOMAIN: Final = "hitl_desktop"
COMPLETE: Final = "complete.json"
"""Beside the catalogues: a list of the languages that lack no sentence, written by `make catalogues`."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the window. `name` is its own name for itself, `thousands` and `decimal` separate figures."""

    code: str
    name: str
    right_to_left: bool = False
    thousands: str = ","
    decimal: str = "."
    percent: str = "{} %"


LANGUAGES: Final[dict[str, Language]] = {
    "en": Language("en", "English"),
    "de": Language("de", "Deutsch", thousands=".", decimal=",", percent="{} %"),
    # Latin digits, as hospitals and offices print them, with their own percent sign behind them; the isolate keeps them
    # together and in this order, whatever stands beside them.
    "ar": Language("ar", "العربية", right_to_left=True, percent="\u2066{}%\u2069"),
}
SYSTEM: Final = "system"


class _InUse:
    """The language of this process and its catalogue."""

    def __init__(self) -> None:
        self.language = LANGUAGES["en"]
        self.catalogue: gettext.NullTranslations = gettext.NullTranslations()


_IN_USE: Final = _InUse()


def use(code: str, catalogues: Path) -> Language:
    """Speak this language from now on; `catalogues` is the folder that holds one folder per language.

    A code that is not in `LANGUAGES`, or whose catalogue is missing, means English. Returns the language in use.
    """
    language = LANGUAGES.get(code, LANGUAGES["en"])
    try:
        catalogue: gettext.NullTranslations = gettext.translation(DOMAIN, catalogues, [language.code])
    except OSError:
        language, catalogue = LANGUAGES["en"], gettext.NullTranslations()
    _IN_USE.language, _IN_USE.catalogue = language, catalogue
    return language


def offered(catalogues: Path) -> list[str]:
    """The codes of the languages that are translated to the last sentence, English first.

    One that is not is not offered: a window in two languages at once helps nobody.
    """
    try:
        complete = json.loads((catalogues / COMPLETE).read_text("utf-8"))
    except (OSError, ValueError):
        complete = []
    return [code for code in LANGUAGES if code == "en" or code in complete]


def in_use() -> Language:
    """The language spoken now."""
    return _IN_USE.language


def chosen(setting: str, system_locale: str, among: Collection[str]) -> str:
    """The code for a setting: itself, or for "system" the language of a locale name such as "de_AT".

    "en" where it is not `among` the codes that are offered.
    """
    code = system_locale.replace("-", "_").split("_")[0].lower() if setting == SYSTEM else setting
    return code if code in among else "en"


def mark(message: str) -> str:
    """Mark a sentence for the catalogues where it stands in a table; say it with `tr` where it is shown."""
    return message


def mark_n(one: str, many: str) -> tuple[str, str]:
    """Mark both forms of a sentence about a number of things; say them with `trn`."""
    return one, many


def tr(message: str, /, **values: object) -> str:
    """The sentence in the language in use, with `{name}` filled in from `values`.

    The message must be written out at the call (or marked with `mark`), never put together: a translator sees
    whole sentences. Figures go in as words from `number`, `decimal` or `percent`.
    """
    translated = _IN_USE.catalogue.gettext(message) if message else ""  # "" stands for the head of a catalogue
    return translated.format(**_kept_apart(values)) if values else translated


def trn(one: str, many: str, n: int, /, **values: object) -> str:
    """The sentence for this number of things; `{n}` in it is the number as `number` writes it."""
    return _IN_USE.catalogue.ngettext(one, many, n).format(n=number(n), **_kept_apart(values))


def trc(context: str, message: str, /, **values: object) -> str:
    """As `tr`, for a word that means several things: `context` tells translators which."""
    translated = _IN_USE.catalogue.pgettext(context, message)
    return translated.format(**_kept_apart(values)) if values else translated


def _kept_apart(values: dict[str, object]) -> dict[str, object]:
    """In a language that runs from the right, every text in its own isolate (UAX 9, 2.4.2): a Latin name or path in a
    sentence would otherwise be torn apart, and pull figures and marks beside it to the wrong side.
    """
    if not _IN_USE.language.right_to_left:
        return values
    # A whole number stays with what it is written to, as in "v2".
    return {
        name: apart(value) if isinstance(value, str) and not value.isdecimal() else value
        for name, value in values.items()
    }


def apart(text: str) -> str:
    """A text that is put beside others, in an isolate of its own where the language runs from the right."""
    return f"\u2068{text}\u2069" if _IN_USE.language.right_to_left else text


def listed(parts: Iterable[str]) -> str:
    """Several things after one another, as a list is written: those that are empty are left out."""
    return trc("between the parts of a list", ", ").join(apart(part) for part in parts if part)


def from_the_left(text: str) -> str:
    """A path, a key or the like, which is written from the left in every language."""
    return f"\u2066{text}\u2069" if _IN_USE.language.right_to_left else text


def explained(what: str, words: str) -> str:
    """A word and what belongs to it: `Decision: Nodule`."""
    return tr("{what}: {words}", what=what, words=words)


def number(value: int) -> str:
    """A count: 1,240 in English, 1.240 in German."""
    return f"{value:,}".replace(",", _IN_USE.language.thousands)


def decimal(value: float, digits: int) -> str:
    """A figure with so many digits after the separator."""
    whole, _, rest = f"{value:,.{digits}f}".partition(".")
    whole = whole.replace(",", _IN_USE.language.thousands)
    return f"{whole}{_IN_USE.language.decimal}{rest}" if rest else whole


def percent(share: float, digits: int = 0) -> str:
    """A share from 0 to 1 as percent: `84 %`."""
    return _IN_USE.language.percent.format(decimal(100 * share, digits))


def percent_range(low: float, high: float, digits: int = 0) -> str:
    """Two shares from 0 to 1 as percent, such as the ends of an interval: `68–91 %`."""
    return _IN_USE.language.percent.format(f"{decimal(100 * low, digits)}–{decimal(100 * high, digits)}")
