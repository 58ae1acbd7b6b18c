"""Export of all marks as CSV: one mark a row, in images and in texts, read back exactly."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.evidence import Shape
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.atomic_file import replacing
from hitl_desktop.exchange.cells import neutralise, unneutralise, with_surrogates, without_surrogates
from hitl_desktop.exchange.delimited import plain_records
from hitl_desktop.exchange.records import ExportRow, NamedMark
from hitl_desktop.language import tr

_ABOUT: Final = ("id", "path", "decided", "reviewer", "decided_at", "image_width", "image_height")
_WHOLE: Final = ("frame", "start", "end")
_REAL: Final = ("x", "y", "width", "height", "tip_x", "tip_y")
COLUMNS: Final = (*_ABOUT, "kind", "class", "frame", *_REAL, "start", "end", "text", "counts", "file")
"""Pixels of the upright image, or code points of the text; cells that a kind of mark has not are empty. `counts` says
whether the model should go by what is marked: true, false, or empty; `file` is where that frame of a series lies."""
_REPORT_EVERY: Final = 500


def write(rows: Iterable[ExportRow], out: Path, progress: Progress, cancelled: CancelCheck) -> int:
    """Write a header and one line per mark to `out`; returns how many marks there are.

    UTF-8 with a byte order mark and CRLF, and cells guarded as `export_csv` does. `decided` is what the item is decided
    as, several findings joined by ";"; `class` what the mark speaks for.
    When cancelled (`Cancelled`) or failed (`KnownError`), an older file stays as it was.
    """
    count = 0
    with replacing(out, "utf-8-sig") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for done, row in enumerate(rows, 1):
            for named in row.marks:
                writer.writerow(neutralise(without_surrogates(cell)) for cell in _cells(row, named))
                count += 1
            if done % _REPORT_EVERY == 0:
                progress(done, 0, tr("Writing the file"))
            if cancelled():
                raise Cancelled
    progress(count, count, tr("Writing the file"))
    return count


def _cells(row: ExportRow, named: NamedMark) -> Iterator[str]:
    width, height = row.image_size or ("", "")
    decided = ";".join(row.findings or ()) if row.asked else row.label
    about: dict[str, Any] = {
        "id": row.id,
        "path": row.path,
        "decided": decided,
        "reviewer": row.reviewer,
        "decided_at": row.decided_at,
        "image_width": width,
        "image_height": height,
        "class": named.label,
    }
    if isinstance(named.mark, Shape):
        about["file"] = row.file_of(named.mark.frame)
    values = named.plain() | about
    if "counts" in values:
        values["counts"] = str(values["counts"]).lower()
    for column in COLUMNS:
        yield str(values.get(column, ""))


def read_marks_csv(path: Path) -> Iterator[tuple[str, NamedMark]]:
    """(id of the item, mark) of every row of a file that `write` made. Raises `KnownError` that names the row."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            records = plain_records(stream)
            columns = next(records, [])
            if columns not in (list(COLUMNS), list(COLUMNS[:-1]), list(COLUMNS[:-2])):  # `counts` and `file` came later
                raise KnownError(
                    say("“{name}” is not an export of this program.", name=path.name), say("Choose another file.")
                )
            for number, cells in enumerate(records, 1):
                try:
                    yield _mark(dict(zip(columns, (with_surrogates(unneutralise(c)) for c in cells), strict=True)))
                except (ValueError, TypeError, KeyError) as error:
                    raise KnownError(
                        say("Row {row} of “{name}” is not a mark.", row=number, name=path.name),
                        say("Choose another file."),
                    ) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise KnownError(say("“{name}” cannot be read.", name=path.name), say("Choose another file.")) from error


def _mark(cells: dict[str, str]) -> tuple[str, NamedMark]:
    values: dict[str, Any] = {"kind": cells["kind"], "label": cells["class"] or None, "text": cells["text"]}
    values |= {name: int(cells[name]) for name in _WHOLE if cells[name]}
    values |= {name: float(cells[name]) for name in _REAL if cells[name]}
    if cells.get("counts"):
        values["counts"] = {"true": True, "false": False}[cells["counts"]]
    return cells["id"], NamedMark.of(values)
