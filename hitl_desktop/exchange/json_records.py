"""JSON records: one object per line, or one array of objects. Every value becomes text."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TextIO

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import Sentence, say

ARRAY_LIMIT = 256 * 1024**2
"""Characters of a JSON array, which has to be held in memory as a whole."""
_DEEPEST_NAME = 4
_SPACE = re.compile(r"[\s\ufeff]*")
_INTEGER_DIGITS = 4000
_NO_RECORD: Final = say("It is not a record with named values.")


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """The values of one object by name, or the `problem`.

    `repeated` tells that a name came twice (the last value counts); `not_json` that it holds NaN or Infinity.
    """

    values: dict[str, str] = field(default_factory=dict)
    problem: Sentence | None = None
    repeated: bool = False
    not_json: bool = False


class _ExactFloat(float):
    """A number that remembers how it was written."""

    text: str

    def __new__(cls, text: str) -> "_ExactFloat":
        number = super().__new__(cls, text)
        number.text = text
        return number


class _Decoder:
    """Decodes one object at a time and notices what strict JSON would not allow."""

    def __init__(self) -> None:
        self._repeated = False
        self._not_json = False
        self._json = json.JSONDecoder(
            object_pairs_hook=self._pairs, parse_float=_ExactFloat, parse_int=_integer, parse_constant=self._constant
        )

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        self._repeated |= len(values) < len(pairs)
        return values

    def _constant(self, name: str) -> str:
        self._not_json = True
        return name

    def decode(self, text: str, start: int) -> tuple[JsonRecord, int]:
        """The record at `start` and where it ends. Raises ValueError or RecursionError."""
        self._repeated = self._not_json = False
        value, end = self._json.raw_decode(text, start)
        if not isinstance(value, dict):
            return JsonRecord(problem=_NO_RECORD), end
        values: dict[str, str] = {}
        _flatten("", value, values)
        return JsonRecord(values, None, self._repeated, self._not_json), end


def _integer(digits: str) -> int | str:
    # Python refuses to convert numbers of many thousand digits; as text they are harmless.
    return int(digits) if len(digits) < _INTEGER_DIGITS else digits


def _flatten(prefix: str, value: dict[str, Any], into: dict[str, str], depth: int = 1) -> None:
    """Objects inside become dotted names (`content.text`), so that their values can be chosen as columns."""
    for name, inner in value.items():
        if isinstance(inner, dict) and inner and depth < _DEEPEST_NAME:
            _flatten(f"{prefix}{name}.", inner, into, depth + 1)
        else:
            into[prefix + name] = _as_text(inner)


def _as_text(value: Any) -> str:
    """Text as it is, null as nothing, numbers as written, lists and deep objects as compact JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, _ExactFloat):
        return value.text
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def line_records(lines: Iterable[str]) -> Iterator[JsonRecord]:
    """The records of JSON lines. A line that cannot be read gives a record with a `problem`; blank lines give none."""
    decoder = _Decoder()
    for number, line in enumerate(lines, 1):
        start = _after_space(line, 0)
        if start == len(line):
            continue
        try:
            record, end = decoder.decode(line, start)
        except ValueError:
            yield JsonRecord(problem=say("Line {line} is not JSON.", line=str(number)))
        except RecursionError:
            yield JsonRecord(problem=say("Line {line} cannot be read. It is nested too deeply.", line=str(number)))
        else:
            if _after_space(line, end) < len(line):
                yield JsonRecord(problem=say("Line {line} holds more than one JSON value.", line=str(number)))
            else:
                yield record


def array_records(stream: TextIO) -> Iterator[JsonRecord]:
    """The records of a JSON array. After broken JSON the rest cannot be found; the last record says so.

    Raises `KnownError` when the array is too large or the text is no array.
    """
    text = stream.read(ARRAY_LIMIT + 1)
    if len(text) > ARRAY_LIMIT:
        raise KnownError(say("The JSON file is too large to be read as a whole."), say("Save it as JSON lines."))
    place = _after_space(text, 0)
    if text[place : place + 1] != "[":
        raise KnownError(say("The JSON file holds no list of records."), say("Save it as JSON lines or as a list."))
    decoder = _Decoder()
    place = _after_space(text, place + 1)
    while text[place : place + 1] != "]":
        try:
            record, end = decoder.decode(text, place)
        except (ValueError, RecursionError) as error:
            line = str(text.count("\n", 0, place) + 1)
            if isinstance(error, RecursionError):
                problem = say("It is nested too deeply. The file cannot be read from line {line} on.", line=line)
            else:
                problem = say("The JSON is broken. The file cannot be read from line {line} on.", line=line)
            yield JsonRecord(problem=problem)
            return
        yield record
        place = _after_space(text, end)
        if text[place : place + 1] == ",":
            place = _after_space(text, place + 1)


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place
