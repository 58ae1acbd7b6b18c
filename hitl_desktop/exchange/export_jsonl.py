"""Export as JSON lines: one object per item, nothing lost."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.responses import Response
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.atomic_file import replacing
from hitl_desktop.exchange.records import (
    COUNT_COLUMNS,
    FINDING_COLUMNS,
    SHARE_COLUMNS,
    TEXT_COLUMNS,
    ExportRow,
    NamedMark,
)
from hitl_desktop.language import tr

_REPORT_EVERY = 500
_NAMES = tuple(f.name for f in fields(ExportRow) if f.name != "files")  # which only exports of marks need


def write(rows: Iterable[ExportRow], out: Path, progress: Progress, cancelled: CancelCheck) -> int:
    """Write one JSON object per row to `out` and return how many there are.

    The file is plain ASCII: other characters, lone surrogates too, are written as `\\uXXXX`.
    When cancelled (`Cancelled`) or failed (`KnownError`), an older file stays as it was.
    """
    count = 0
    with replacing(out, "ascii") as stream:
        for count, row in enumerate(rows, 1):
            stream.write(line_of(row))
            if count % _REPORT_EVERY == 0:
                progress(count, 0, tr("Writing the file"))
            if cancelled():
                raise Cancelled
    progress(count, count, tr("Writing the file"))
    return count


def line_of(row: ExportRow) -> str:
    """The row as one line of JSON, with its line end."""
    values = {name: getattr(row, name) for name in _NAMES}
    values |= {"probabilities": dict(row.probabilities), "fields": dict(row.fields)}
    values["marks"] = [mark.plain() for mark in row.marks]
    values["response"] = row.response.plain()
    if not row.asked:  # one class per item
        values = {name: value for name, value in values.items() if name not in FINDING_COLUMNS}
    return json.dumps(values, allow_nan=False) + "\n"


def read_export_jsonl(path: Path) -> Iterator[ExportRow]:
    """The rows of a file that `write` made, exactly as they were.

    Raises `KnownError` that names the line when the file is something else.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                try:
                    yield row_of(json.loads(line))
                except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                    raise KnownError(
                        say(
                            "Line {number} of “{name}” is not a record of an export.",
                            number=str(number),
                            name=path.name,
                        ),
                        say("Choose another file."),
                    ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError(say("“{name}” cannot be read.", name=path.name), say("Choose another file.")) from error


def row_of(values: Mapping[str, Any]) -> ExportRow:
    """The row that one JSON object stands for. Raises KeyError, TypeError or ValueError when it stands for none."""
    wanted: dict[str, Any] = {name: _text(values[name]) for name in TEXT_COLUMNS}
    wanted |= {name: None if values[name] is None else float(values[name]) for name in SHARE_COLUMNS}
    wanted |= {name: None if values[name] is None else int(values[name]) for name in COUNT_COLUMNS}
    wanted["probabilities"] = {name: float(p) for name, p in values["probabilities"].items()}
    wanted["fields"] = {name: _text(value) for name, value in values["fields"].items()}
    wanted["marks"] = tuple(NamedMark.of(mark) for mark in values["marks"])
    wanted["response"] = Response.of(values.get("response", {}))
    wanted["auth"] = _text(values.get("auth", ""))  # no older export has it
    wanted["image_size"] = _size(values["image_size"])
    if "asked" in values:
        wanted |= {name: _texts(values[name]) for name in FINDING_COLUMNS}
    return ExportRow(**wanted)


def _size(value: Any) -> tuple[int, int] | None:
    if value is None:
        return None
    width, height = value
    return int(width), int(height)


def _texts(value: object) -> tuple[str, ...] | None:
    if value is not None and not isinstance(value, list):
        raise TypeError("not a list")
    return None if value is None else tuple(_text(one) for one in value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
