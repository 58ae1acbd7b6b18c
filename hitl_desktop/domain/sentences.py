"""Sentences that are kept, or cross to another process, before anybody reads them.

A `Sentence` is the English with its values apart: it is put into words when it is shown, in the language of then. So
nothing that is stored depends on a language, and what was stored as plain English text before still shows.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final, Literal, TypeAlias

from hitl_desktop.language import decimal, number, percent, tr, trc, trn

_DEEPEST: Final = 12
"""So deep may parts lie in one another; the evidence on a card goes to 6."""
_KEPT_AS_JSON: Final = '{"say":'


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a sentence, with so many digits after the separator; `is_bare`: without the 0 before a point."""

    value: float
    digits: int
    is_bare: bool = False

    def __str__(self) -> str:
        figure = decimal(self.value, self.digits)
        return figure.removeprefix("0") if self.is_bare and figure.startswith("0.") else figure

    def english(self) -> str:
        """The figure in English."""
        figure = f"{self.value:,.{self.digits}f}"
        return figure.removeprefix("0") if self.is_bare else figure


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1 in a sentence, said as percent."""

    value: float
    digits: int = 0

    def __str__(self) -> str:
        return percent(self.value, self.digits)

    def english(self) -> str:
        """The share in English."""
        return f"{100 * self.value:.{self.digits}f} %"


@dataclass(frozen=True, slots=True)
class AtStart:
    """A phrase at the start of a sentence: its first letter becomes a capital."""

    phrase: "Sentence | str"

    def __str__(self) -> str:
        return _capital(str(self.phrase))

    def english(self) -> str:
        """The phrase in English."""
        return _capital(_in_english(self.phrase))


@dataclass(frozen=True, slots=True)
class Listed:
    """Several things after one another in a sentence; `between` them is a comma, a semicolon, or only a blank."""

    parts: "tuple[Value, ...]"
    between: Literal[",", ";", ""] = ","

    def __str__(self) -> str:
        match self.between:
            case ",":
                between = trc("between the parts of a list", ", ")
            case ";":
                between = trc("between the parts of a list", "; ")
            case _:
                between = " "
        return between.join(_said(part) for part in self.parts)

    def english(self) -> str:
        """The list in English."""
        return f"{self.between} ".join(_in_english(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English message that stands in the catalogues, with the values of its `{name}` places.

    With `many` it is a plural: `message` is said of one, `many` of other numbers, and `n` is how many. A text that is
    in no catalogue, such as a name or what another program reported, is said as it is. `str()` says a sentence.
    """

    message: str
    values: "tuple[tuple[str, Value], ...]" = ()
    many: str = ""
    n: int = 0

    def __str__(self) -> str:
        values = {name: _said(value) for name, value in self.values}
        if self.many:
            return trn(self.message, self.many, self.n, **values)
        return tr(self.message, **values) if self.message else ""

    def english(self) -> str:
        """The sentence in English, whatever language is in use: for what is written to files."""
        values = {name: _in_english(value) for name, value in self.values}
        if self.many:
            return (self.message if self.n == 1 else self.many).format(n=f"{self.n:,}", **values)
        return self.message.format(**values) if values else self.message

    def plain(self) -> str | dict[str, Any]:
        """The sentence as JSON can keep it: the English itself where it has no values."""
        return self.message if not self.values and not self.many else _plain(self)

    def text(self) -> str:
        """The sentence as a column of texts can keep it: `plain`, as JSON where it is no text."""
        plain = self.plain()
        return plain if isinstance(plain, str) else json.dumps(plain)


Value: TypeAlias = str | int | Sentence | Figure | Share | AtStart | Listed
"""What may stand in a sentence: a name or text as it is, a count, a sentence or word to be translated, a figure."""

NOTHING_TO_SAY: Final = Sentence("")


def say(message: str, /, **values: Value) -> Sentence:
    """A sentence to be said later. The message is written out at the call: the catalogues are collected from it."""
    return Sentence(message, tuple(values.items()))


def say_n(one: str, many: str, n: int, /, **values: Value) -> Sentence:
    """A sentence about a number of things, to be said later; `{n}` in it is the number."""
    return Sentence(one, tuple(values.items()), many, n)


def quoted(name: str) -> Sentence:
    """A name in the quotation marks of the language."""
    return say("“{name}”", name=name)


def listed(parts: "Iterable[Value]") -> Listed:
    """Several things with commas between them."""
    return Listed(tuple(parts))


def in_a_row(sentences: Iterable[Sentence]) -> Sentence:
    """Whole sentences that follow one another, as one."""
    parts = tuple(sentences)
    return parts[0] if len(parts) == 1 else Sentence("{sentences}", (("sentences", Listed(parts, "")),))


def sentence_of(kept: object) -> Sentence:
    """The sentence that `plain` or `text` gave, also of an older version that kept English text.

    Files of models come from other people, so what could not have been kept so is no sentence: it says nothing.
    """
    if isinstance(kept, str) and kept.startswith(_KEPT_AS_JSON):
        try:
            kept = json.loads(kept)
        except (ValueError, RecursionError):
            return NOTHING_TO_SAY
    if isinstance(kept, str):
        return Sentence(kept)
    try:
        value = _value(kept, _DEEPEST)
    except (TypeError, ValueError, OverflowError):
        return NOTHING_TO_SAY
    return value if isinstance(value, Sentence) else NOTHING_TO_SAY


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def _said(value: Value) -> str:
    return number(value) if isinstance(value, int) else str(value)


def _in_english(value: Value) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else value.english()


def _plain(value: Value) -> Any:
    match value:
        case Sentence():
            said: dict[str, Any] = {"say": [value.message, value.many] if value.many else value.message}
            if value.many:
                said["n"] = value.n
            if value.values:
                said["values"] = {name: _plain(inner) for name, inner in value.values}
            return said
        case Figure():
            return {"figure": [value.value, value.digits, value.is_bare]}
        case Share():
            return {"share": [value.value, value.digits]}
        case AtStart():
            return {"start": _plain(value.phrase)}
        case Listed():
            return {"list": [_plain(part) for part in value.parts], "between": value.between}
        case _:
            return value


def _value(kept: object, depth: int) -> Value:
    """The inverse of `_plain`. Raises ValueError or TypeError for anything else."""
    if isinstance(kept, str) or (isinstance(kept, int) and not isinstance(kept, bool)):
        return kept
    if not isinstance(kept, dict) or not depth:
        raise ValueError("not a part of a sentence")
    match kept:
        case {"figure": [int() | float() as figure, int() as digits, bool(is_bare)]} if 0 <= digits <= 9:
            return Figure(float(figure), int(digits), is_bare)  # True is a number, but none that a format takes
        case {"share": [int() | float() as share, int() as digits]} if 0 <= digits <= 9:
            return Share(float(share), int(digits))
        case {"start": dict() | str() as phrase}:
            inner = _value(phrase, depth - 1)
            if isinstance(inner, Sentence | str):
                return AtStart(inner)
        case {"list": [*parts], "between": ("," | ";" | "") as between}:
            return Listed(tuple(_value(part, depth - 1) for part in parts), between)
        case {"say": [str(one), str(many)], "n": int(n)}:
            return _fitting(Sentence(one, _values(kept, depth), many, n))
        case {"say": str(message)}:
            return _fitting(Sentence(message, _values(kept, depth)))
    raise ValueError("not a part of a sentence")


def _values(kept: Mapping[str, Any], depth: int) -> tuple[tuple[str, Value], ...]:
    return tuple((str(name), _value(inner, depth - 1)) for name, inner in dict(kept.get("values", {})).items())


def _fitting(sentence: Sentence) -> Sentence:
    """The sentence, if every place in it is a plain name that has its value: format strings can do more than that."""
    if not sentence.values and not sentence.many:
        return sentence
    names = {name for name, _ in sentence.values}
    if sentence.many:
        if "n" in names:
            raise ValueError("one name twice")
        names.add("n")
    for message in (sentence.message, sentence.many):
        for _, name, form, conversion in Formatter().parse(message):
            if name is not None and (name not in names or form or conversion):
                raise ValueError("a place that has no value")
    return sentence
