"""Guessing what the columns of a table are: the id, the text, the label."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import count
from typing import Final

from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.exchange.label_cells import holds_several
from hitl_desktop.exchange.table_records import ColumnGuess

_SAMPLES = 5
_SAMPLE_LENGTH = 300
_NAME_PARTS = re.compile(r"[^\W_]+")
_FRACTION = re.compile(r"[+-]?[0-9]*[.,][0-9]+([eE][+-]?[0-9]+)?")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")

ID_NAMES: Final = frozenset(
    {
        "id", "uuid", "guid", "key", "nr", "no", "number", "index", "identifier", "pmid", "doi", "rowid", "itemid",
        "nummer", "kennung", "الرقم",
    }
)  # fmt: skip
TEXT_NAMES: Final = frozenset(
    {
        "text", "texts", "message", "messages", "content", "body", "comment", "comments", "question", "abstract",
        "tweet", "sentence", "document", "review", "description", "utterance", "query", "prompt", "post", "sms",
        "transcript", "summary", "note", "nachricht", "frage", "anfrage", "beitrag", "kommentar", "beschreibung",
        "inhalt", "freitext", "bemerkung", "hergang", "sachverhalt", "النص",
    }
)  # fmt: skip
LABEL_NAMES: Final = frozenset(
    {
        "label", "labels", "class", "category", "target", "intent", "sentiment", "topic", "tag", "annotation",
        "truth", "gold", "y", "diagnosis", "majority", "type", "klasse", "kategorie", "thema", "diagnose", "befund",
        "einstufung", "typ", "الفئة", "التصنيف",
    }
)  # fmt: skip
OUTCOME_NAMES: Final = frozenset(
    {
        "label", "class", "fraud", "isfraud", "outcome", "target", "decision", "verdict", "status", "result",
        "ergebnis", "entscheidung", "urteil", "bewertung", "betrug",
    }
)  # fmt: skip
KEY_NAMES: Final = frozenset(
    {
        "customer", "client", "account", "user", "patient", "member", "insured", "policyholder", "claimant", "card",
        "iban", "person", "household", "company", "sender", "payer", "holder", "subscriber", "borrower", "author",
        "customerid", "clientid", "accountid", "userid", "patientid", "memberid", "cardid", "custid", "username",
        "kunde", "kundennr", "kundennummer", "kundenid", "konto", "kontonr", "kontonummer", "vertragsnr",
        "vertragsnummer", "versicherungsnehmer", "nutzer", "benutzer", "absender", "العميل",
    }
)  # fmt: skip
"""Who or what comes again in several rows: never what is to be said of a row."""
KNOWN_NAMES: Final = ID_NAMES | TEXT_NAMES | LABEL_NAMES

_SAID_LESS_CLEARLY: Final = 0.8
"""A column called "status" or "result" holds the classes unless another one is called "label"."""
_LEAST = {"id": 0.5, "text": 0.15, "label": 0.35}


def describe(name: str, values: Sequence[str]) -> ColumnGuess:
    """Describe a column from a sample of its values, "" for empty ones."""
    filled = [value for value in values if value.strip()]
    count = max(1, len(filled))
    different = list(dict.fromkeys(filled))[:_SAMPLES]
    samples = tuple(v if len(v) <= _SAMPLE_LENGTH else v[:_SAMPLE_LENGTH] + "…" for v in different)
    return ColumnGuess(
        name,
        samples,
        len(filled) / max(1, len(values)),
        len(set(filled)) / count,
        sum(map(len, filled)) / count,
        sum(map(_is_prose, filled)) / count,
        holds_several(filled),
    )


def _is_prose(value: str) -> bool:
    """Several words; Chinese and Japanese have no spaces, so their letters count as words."""
    start = value.strip()[:500]
    if any(character.isspace() for character in start):
        return True
    return any(unicodedata.category(character) == "Lo" for character in start) and len(start) > 4


def name_weight(name: str, known: frozenset[str]) -> float:
    """1 when `name` is one of `known`, 0.7 when one of its parts is (`label_author`, `content.text`), else 0."""
    parts = _NAME_PARTS.findall(name.casefold())
    if "".join(parts) in known or (parts and "." in name and parts[-1] in known):
        return 1.0
    return 0.7 if any(part in known for part in parts) else 0.0


def looks_like_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns.

    It does if one cell is a usual column name. It does not if a cell is empty-handed as a name: a number,
    a sentence, or a value that the same column has again.
    """
    if any(name_weight(cell, KNOWN_NAMES) == 1.0 for cell in first):
        return True
    for place, cell in enumerate(first):
        if _NUMBER.fullmatch(cell.strip()) or len(cell) > 80 or len(cell.split()) > 5:
            return False
        if cell.strip() and any(place < len(row) and row[place] == cell for row in rest):
            return False
    return True


def unique_names(cells: Sequence[str]) -> tuple[list[str], list[Sentence]]:
    """Column names without blanks around them, none empty, none twice; and notes on what was changed."""
    names: dict[str, None] = {}
    following: dict[str, int] = {}
    notes: list[Sentence] = []
    for place, cell in enumerate(cells, 1):
        name = cell.strip("\ufeff \t\r\n\xa0") or f"column {place}"
        if not cell.strip():
            notes.append(say("Column {place} has no name; it is called “{name}”.", place=str(place), name=name))
        if name in names:
            number = next(n for n in count(following.get(name, 2)) if f"{name} ({n})" not in names)
            following[name], again = number + 1, f"{name} ({number})"
            notes.append(
                say(
                    "There is more than one column “{name}”; the later one is called “{again}”.", name=name, again=again
                )
            )
            name = again
        names[name] = None
    return list(names), notes


def guess_text(columns: Sequence[ColumnGuess]) -> tuple[str | None, float]:
    """The column to read, and the confidence 0–1: long values of several words, mostly different, a telling name."""
    return _best([(column, _text_score(column)) for column in columns], _LEAST["text"])


def guess_label(columns: Sequence[ColumnGuess], taken: str | None) -> tuple[str | None, float]:
    """The column with the classes, other than `taken`: few values that come again and again, a telling name."""
    return _best([(c, _label_score(c)) for c in columns if c.name != taken], _LEAST["label"])


def guess_id(columns: Sequence[ColumnGuess], taken: frozenset[str | None]) -> tuple[str | None, float]:
    """The column with the ids, none of `taken`: short values without blanks, all different, a telling name."""
    return _best([(c, _id_score(c, c is columns[0])) for c in columns if c.name not in taken], _LEAST["id"])


def _best(scored: list[tuple[ColumnGuess, float]], least: float) -> tuple[str | None, float]:
    if not scored:
        return None, 0.0
    column, score = max(scored, key=lambda pair: pair[1])
    return (column.name, round(score, 3)) if score >= least else (None, 0.0)


def _text_score(column: ColumnGuess) -> float:
    shape = min(1.0, column.mean_length / 40) * column.prose * (0.3 + 0.7 * column.distinct) * column.filled
    return 0.6 * shape + 0.4 * name_weight(column.name, TEXT_NAMES)


def _label_score(column: ColumnGuess) -> float:
    named = max(name_weight(column.name, LABEL_NAMES), _SAID_LESS_CLEARLY * name_weight(column.name, OUTCOME_NAMES))
    is_constant, is_key = len(column.samples) <= 1, name_weight(column.name, KEY_NAMES) > named
    repeated = 1.0 if column.several else 0.0 if is_constant or is_key else max(0.0, 1 - column.distinct / 0.5)
    brevity = 1.0 if column.mean_length <= 60 else 0.2
    numeric = 0.5 if _mostly(_NUMBER, column) else 1.0
    return 0.5 * repeated * brevity * numeric * column.filled + 0.5 * named


def _id_score(column: ColumnGuess, first: bool) -> float:
    compact = 1.0 if column.mean_length <= 40 else 0.0
    is_code = column.distinct > 0.98 and column.prose < 0.05 and not _mostly(_FRACTION, column)
    shape = compact * column.filled * (1.0 if is_code else 0.5 * column.distinct)
    named = name_weight(column.name, ID_NAMES)
    if not named and not (first and is_code):
        return 0.0
    return 0.5 * shape + 0.5 * max(named, 0.2)


def _mostly(pattern: re.Pattern[str], column: ColumnGuess) -> bool:
    return bool(column.samples) and all(pattern.fullmatch(value.strip()) for value in column.samples)
