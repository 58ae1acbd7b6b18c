"""Export as CSV for spreadsheets: safe to open, and read back exactly."""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.atomic_file import replacing
from hitl_desktop.exchange.cells import neutralise, unneutralise, with_surrogates, without_surrogates
from hitl_desktop.exchange.delimited import plain_records
from hitl_desktop.exchange.export_jsonl import line_of, row_of
from hitl_desktop.exchange.label_cells import SEPARATORS
from hitl_desktop.exchange.records import COUNT_COLUMNS, SHARE_COLUMNS, TEXT_COLUMNS, ExportRow
from hitl_desktop.language import tr

_FIXED = (
    "id", "path", "label", "state", "verdict", "reviewer", "decided_at", "predicted", "confidence", "uncertainty",
    "model_version", "note", "reason", "slot", "decisions", "text", "exposure", "own_answer", "marks", "image_size",
    "route", "rule", "policy_version", "basis", "response", "auth",
)  # fmt: skip
_OLDER = _FIXED[:-1]
"""What exports had before `auth`."""
_FIELD = "field."
_FINDING = "finding."
_YES, _NO = "yes", "no"
_BETWEEN = SEPARATORS[0]
_REPORT_EVERY = 500


def write(rows: Iterable[ExportRow], out: Path, progress: Progress, cancelled: CancelCheck) -> int:
    """Write a header and one line per row to `out` and return how many rows there are.

    UTF-8 with a byte order mark and CRLF, as spreadsheets expect. Probabilities become columns `p(<class>)`,
    imported fields `field.<name>`. Where several findings are decided per item, `label` and `predicted` hold names
    joined by ";", and columns `finding.<name>` say yes, no or nothing. Cells that would run as formulas are guarded,
    see `cells`.
    `marks` and `response` are JSON, as in JSON lines, and `image_size` reads 384×256.
    An empty field and a missing one look the same; JSON lines keep the difference.
    When cancelled (`Cancelled`) or failed (`KnownError`), an older file stays as it was.
    """
    with (
        replacing(out, "utf-8-sig") as stream,
        tempfile.TemporaryFile("w+", encoding="ascii", dir=out.resolve().parent) as spool,
    ):
        # The header needs the classes and fields of all rows, so the rows wait on disk until all are seen.
        count, classes, fields, asked = _spool(rows, spool, progress, cancelled)
        writer = csv.writer(stream, lineterminator="\r\n")
        extra = [*(_FINDING + a for a in asked), *(f"p({c})" for c in classes), *(_FIELD + f for f in fields)]
        writer.writerow(map(_guarded, [*_FIXED, *extra]))
        spool.seek(0)
        for done, line in enumerate(spool, 1):
            writer.writerow(map(_guarded, _cells(row_of(json.loads(line)), asked, classes, fields)))
            _tell(done, count, progress, cancelled)
    progress(count, count, tr("Writing the file"))
    return count


def _spool(
    rows: Iterable[ExportRow], spool: TextIO, progress: Progress, cancelled: CancelCheck
) -> tuple[int, list[str], list[str], list[str]]:
    """Put all rows aside; return how many there are, and classes, field names and findings as they appear."""
    asked: dict[str, None] = {}
    classes: dict[str, None] = {}
    fields: dict[str, None] = {}
    count = 0
    for count, row in enumerate(rows, 1):
        asked.update(dict.fromkeys(row.asked))
        classes.update(dict.fromkeys(row.probabilities))
        fields.update(dict.fromkeys(row.fields))
        spool.write(line_of(row))
        _tell(count, 0, progress, cancelled)
    return count, list(classes), list(fields), list(asked)


def _tell(done: int, total: int, progress: Progress, cancelled: CancelCheck) -> None:
    if done % _REPORT_EVERY == 0:
        progress(done, total, tr("Writing the file"))
    if cancelled():
        raise Cancelled


def _cells(row: ExportRow, asked: list[str], classes: list[str], fields: list[str]) -> Iterator[str]:
    marks = json.dumps([mark.plain() for mark in row.marks]) if row.marks else ""
    size = "×".join(map(str, row.image_size)) if row.image_size else ""
    as_text = {"marks": marks, "image_size": size, "response": json.dumps(row.response.plain()) if row.response else ""}
    joined = {"label": _BETWEEN.join(row.findings or ()), "predicted": _BETWEEN.join(row.predicted_findings or ())}
    for name in _FIXED:
        if name in as_text:
            yield as_text[name]
        else:
            yield (row.asked and joined.get(name)) or _cell(getattr(row, name))
    for name in asked:
        yield "" if row.findings is None else _YES if name in row.findings else _NO
    for name in classes:
        yield _cell(row.probabilities.get(name))
    for name in fields:
        yield row.fields.get(name, "")


def _cell(value: str | float | None) -> str:
    return "" if value is None else str(value)


def _guarded(cell: str) -> str:
    return neutralise(without_surrogates(cell))


def read_export_csv(path: Path) -> Iterator[ExportRow]:
    """The rows of a file that `write` made. Fields that are empty are left out.

    Raises `KnownError` that names the row when the file is something else.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            records = plain_records(stream)
            header = [_original(cell) for cell in next(records, [])]
            if header[: len(_OLDER)] != list(_OLDER):
                raise KnownError(
                    say("“{name}” is not an export of this program.", name=path.name), say("Choose another file.")
                )
            for number, cells in enumerate(records, 1):
                try:
                    yield _row(dict(zip(header, map(_original, cells), strict=True)))
                except (ValueError, TypeError, KeyError) as error:
                    raise KnownError(
                        say(
                            "Row {number} of “{name}” is not a record of an export.", number=str(number), name=path.name
                        ),
                        say("Choose another file."),
                    ) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise KnownError(say("“{name}” cannot be read.", name=path.name), say("Choose another file.")) from error


def _original(cell: str) -> str:
    return with_surrogates(unneutralise(cell))


def _row(cells: Mapping[str, str]) -> ExportRow:
    values: dict[str, Any] = {name: cells[name] for name in TEXT_COLUMNS}
    values["auth"] = cells.get("auth", "")
    values |= {name: cells[name] or None for name in (*SHARE_COLUMNS, *COUNT_COLUMNS)}
    values["marks"] = json.loads(cells["marks"] or "[]")
    values["response"] = json.loads(cells["response"] or "{}")
    values["image_size"] = cells["image_size"].split("×") if cells["image_size"] else None
    extra = {name: cell for name, cell in cells.items() if name not in _FIXED and cell}
    values["probabilities"] = {name[2:-1]: p for name, p in extra.items() if name.startswith("p(")}
    values["fields"] = {name.removeprefix(_FIELD): cell for name, cell in extra.items() if name.startswith(_FIELD)}
    return row_of(values | _findings(cells))


def _findings(cells: Mapping[str, str]) -> dict[str, Any]:
    """What a row says of several findings; empty in an export of one class per item."""
    said = {n.removeprefix(_FINDING): cell for n, cell in cells.items() if n.startswith(_FINDING)}
    if not said:
        return {}
    is_scored = bool(cells["confidence"])
    return {
        "label": "",
        "predicted": "",
        "asked": list(said),
        "findings": [name for name, cell in said.items() if cell == _YES] if any(said.values()) else None,
        "predicted_findings": [name for name in cells["predicted"].split(_BETWEEN) if name] if is_scored else None,
    }
