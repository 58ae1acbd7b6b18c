"""Reading tables of text: CSV and its relatives, JSON lines, JSON arrays, each also packed with gzip."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress, Step, no_step, stop_if
from hitl_desktop.domain.sentences import Sentence, in_a_row, listed, say, say_n
from hitl_desktop.exchange import byte_stream, columns, json_records
from hitl_desktop.exchange.delimited import Dialect, Record, guess_dialect, lines_of, records
from hitl_desktop.exchange.row_kinds import ROW_KINDS, Composed, Gathering, Layout, RowKind
from hitl_desktop.exchange.table_contents import ContentsBuilder
from hitl_desktop.exchange.table_records import ColumnGuess, Oddity, Row, TableContents, TableFormat, TableGuess
from hitl_desktop.language import tr

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".gz"})

SURPLUS_CELLS = "surplus cells"
"""The field that keeps what a row has beyond the last column."""

_SAMPLE_ROWS = 1000
_SAMPLE_CELLS = 200_000
_SAMPLE_CHARACTERS = 16 * 1024**2
_SAMPLE_FOR_DIALECT = 256 * 1024
_REPORT_EVERY = 1000
_MANY_COLUMNS = 200
_NAMED_COLUMNS = 20


@dataclass(slots=True)
class _Sample:
    """The first rows of a table: its column names and the values, row by row."""

    names: list[str]
    rows: list[list[str]]
    notes: list[Sentence]
    header: bool = True
    complete: bool = True
    characters: int = 0


def sniff(path: Path, step: Step = no_step) -> TableGuess:
    """Find out how the table at `path` is written and what its columns are, from its first rows.

    `step` is called with every piece that is read, and may raise to stop. Raises `KnownError` when the file is empty,
    has no rows, or is something else than a table of text.
    """
    head = byte_stream.read_head(path, step)
    byte_stream.refuse_foreign(head)
    encoding = byte_stream.guess_encoding(head)
    start = head.data.decode(encoding.name, "replace")
    kind = _format_of(path, start)
    if kind is TableFormat.DELIMITED:
        preferred = "\t" if ".tsv" in (s.lower() for s in path.suffixes) else ""
        complete = head.complete and len(start) <= _SAMPLE_FOR_DIALECT
        dialect = guess_dialect(
            start[:_SAMPLE_FOR_DIALECT], complete=complete, preferred=preferred, known_names=columns.KNOWN_NAMES
        )
        sample = _sample_delimited(path, encoding.name, dialect, step)
    else:
        dialect = Dialect("")
        sample = _sample_json(path, encoding.name, kind, step)
    if not sample.rows:
        raise KnownError(say("This table has no rows."), say("Choose another file."))
    estimate = len(sample.rows)
    if not sample.complete:
        bytes_read = sample.characters * len(head.data) / max(1, len(start))
        estimate = round(estimate * head.size / max(1.0, bytes_read))
    if encoding.note:
        sample.notes.insert(0, encoding.note)
    return _guess(encoding.name, kind, dialect, sample, estimate)


def _format_of(path: Path, start: str) -> TableFormat:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    first = start.lstrip("\ufeff \t\r\n")[:1]
    if ".jsonl" in suffixes or ".ndjson" in suffixes:
        return TableFormat.JSON_LINES
    if ".json" in suffixes:
        return TableFormat.JSON_LINES if first == "{" else TableFormat.JSON_ARRAY
    return (
        TableFormat.JSON_LINES
        if first == "{" and start.lstrip("\ufeff \t\r\n")[1:].lstrip()[:1] == '"'
        else (TableFormat.DELIMITED)
    )


def _sample_delimited(path: Path, encoding: str, dialect: Dialect, step: Step) -> _Sample:
    sample = _Sample([], [], [])
    rows: list[list[str]] = []
    with byte_stream.opened(path, step) as reader:
        for record in records(lines_of(byte_stream.text_of(reader, encoding)), dialect):
            rows.append([byte_stream.repaired(cell) for cell in record.cells])
            sample.characters += sum(map(len, record.cells)) + len(record.cells) + 1
            if _enough(len(rows), sum(map(len, rows[:1])), sample.characters):
                sample.complete = False
                break
    first = rows[0] if rows else []
    sample.header = columns.looks_like_header(first, [row for row in rows[1:] if row])
    if sample.header:
        sample.names, sample.notes = columns.unique_names(first)
        rows = rows[1:]
    else:
        sample.names = [f"column {place}" for place in range(1, len(first) + 1)]
        sample.notes.append(say("The first row looks like data, so the columns are numbered."))
    if dialect.escape:
        sample.notes.append(say('Quotation marks are written as \\" in this file; they were read as quotation marks.'))
    width = len(sample.names)
    sample.rows = [(row + [""] * width)[:width] for row in rows]
    return sample


def _enough(rows: int, width: int, characters: int) -> bool:
    return rows > _SAMPLE_ROWS or rows * width > _SAMPLE_CELLS or characters > _SAMPLE_CHARACTERS


def _sample_json(path: Path, encoding: str, kind: TableFormat, step: Step) -> _Sample:
    names: dict[str, None] = {}
    found: list[dict[str, str]] = []
    sample = _Sample([], [], [])
    problem: Sentence | None = None
    for record in _json_records(path, encoding, kind, step):
        if record.problem:
            problem = problem or record.problem
            continue
        names.update(dict.fromkeys(record.values))
        found.append(record.values)
        # What JSON adds to each value: quotation marks, a colon, a comma, and the name.
        sample.characters += sum(len(name) + len(value) + 8 for name, value in record.values.items())
        if _enough(len(found), len(names), sample.characters):
            sample.complete = False
            break
    if not found and problem:
        raise KnownError(
            in_a_row([say("This file holds no JSON record that can be read."), problem]), say("Choose another file.")
        )
    sample.names = list(names)
    sample.rows = [[record.get(name, "") for name in names] for record in found]
    return sample


def _json_records(path: Path, encoding: str, kind: TableFormat, step: Step) -> Iterator[json_records.JsonRecord]:
    with byte_stream.opened(path, step) as reader:
        stream = byte_stream.text_of(reader, encoding)
        if kind is TableFormat.JSON_ARRAY:
            yield from json_records.array_records(stream)
        else:
            yield from json_records.line_records(map(byte_stream.repaired, lines_of(stream)))


def _guess(encoding: str, kind: TableFormat, dialect: Dialect, sample: _Sample, estimate: int) -> TableGuess:
    described = tuple(
        columns.describe(name, [row[place] for row in sample.rows]) for place, name in enumerate(sample.names)
    )
    text, text_confidence = columns.guess_text(described)
    label, label_confidence = columns.guess_label(described, text)
    identity, id_confidence = columns.guess_id(described, frozenset({text, label}))
    notes = list(sample.notes)
    if len(described) > _MANY_COLUMNS:
        notes.append(_many_columns(len(described)))
    return TableGuess(
        encoding, dialect.delimiter, kind, described, identity, text, label,
        id_confidence, text_confidence, label_confidence, estimate, tuple(notes), sample.header, dialect.escape,
        tuple(map(tuple, sample.rows)),
    )  # fmt: skip


def _many_columns(number: int) -> Sentence:
    return say_n(
        "This table has {n} column. Check that the right one is read.",
        "This table has {n} columns. Check that the right one is read.",
        number,
    )


def read_rows(path: Path, guess: TableGuess, progress: Progress, cancelled: CancelCheck) -> Iterator[Row]:
    """The rows of the table at `path`, read as `guess` says, one at a time.

    Rows that cannot be read come as rows with a `problem`. Raises `KnownError` or `Cancelled`.
    """
    rows_of = _delimited_rows if guess.format is TableFormat.DELIMITED else _json_rows
    rows = rows_of(path, guess, stop_if(cancelled))
    for row in rows:
        if row.number % _REPORT_EVERY == 0:
            progress(row.number, max(row.number, guess.rows_estimate), tr("Reading rows"))
        if cancelled():
            raise Cancelled
        yield row


def _delimited_rows(path: Path, guess: TableGuess, step: Step) -> Iterator[Row]:
    names = guess.column_names
    with byte_stream.opened(path, step) as reader:
        lines = lines_of(byte_stream.text_of(reader, guess.encoding))
        found = records(lines, Dialect(guess.delimiter, guess.escape))
        if guess.header:
            next(found, None)
        for number, record in enumerate(found, 1):
            yield _row_of(number, record, names)


def _row_of(number: int, record: Record, names: Sequence[str]) -> Row:
    if record.problem:
        return Row(number, problem=record.problem)
    cells = [byte_stream.repaired(cell) for cell in record.cells]
    values = dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=False))
    surplus = [cell for cell in cells[len(names) :] if cell.strip()]
    if surplus and any(cell[:1] == " " for cell in cells[1:]):
        # A text with the delimiter in it and no quotation marks: it is cut, and every cell after it is wrong.
        problem = say(
            "The row has {cells} cells, but there are {columns} columns.",
            cells=str(len(cells)),
            columns=str(len(names)),
        )
        return Row(number, values, problem)
    if surplus:
        values[SURPLUS_CELLS] = " | ".join(surplus)
    found = [
        (Oddity.REPAIRED, cells != record.cells),
        (Oddity.SHORT, len(cells) < len(names)),
        (Oddity.SURPLUS, bool(surplus)),
    ]
    return Row(number, values, None, (*(oddity for oddity, there in found if there), *_in_characters(cells)))


def _json_rows(path: Path, guess: TableGuess, step: Step) -> Iterator[Row]:
    for number, record in enumerate(_json_records(path, guess.encoding, guess.format, step), 1):
        found = [(Oddity.REPEATED_NAME, record.repeated), (Oddity.NOT_JSON, record.not_json)]
        oddities = (*(oddity for oddity, there in found if there), *_in_characters(record.values.values()))
        yield Row(number, record.values, record.problem, oddities)


def _in_characters(values: Iterable[str]) -> Iterator[Oddity]:
    # ASCII and NUL are tested first, because nearly all values need no more than that.
    nul = half = False
    for value in values:
        nul = nul or "\0" in value
        half = half or (not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value))
    if nul:
        yield Oddity.NUL
    if half:
        yield Oddity.HALF_CHARACTER


def read_table(
    path: Path,
    *,
    id_column: str | None,
    text_column: str | None,
    label_column: str | None,
    progress: Progress,
    cancelled: CancelCheck,
    guess: TableGuess | None = None,
    several: bool = False,
    kind: str = "text",
    layout: Layout | None = None,
    there: Sequence[tuple[str, str]] = (),
) -> TableContents:
    """Read the whole table at `path` into items, with every row that is left out and why.

    `kind` is what its rows are, and `layout` how they are read where that is one of `ROW_KINDS`; None: as guessed.

    `there` are the items that the project has, (text, digest) each, where what is made of a row depends on them.
    `guess` is what `sniff` gave, perhaps changed by the user; it is made anew if it is missing. `several`: label cells
    hold several names, see `label_cells.names_in`.
    `text_column` None takes the guessed one; `id_column` or `label_column` None means that there is none.
    Raises `KnownError` when a column is missing or no text is found, `Cancelled` when asked to stop.
    """
    guess = guess or sniff(path, stop_if(cancelled))
    row_kind = ROW_KINDS.get(kind)
    compose = None
    if row_kind is not None:
        text_column, layout = None, layout or row_kind.guess(guess) or Layout()
        compose = partial(_composed, row_kind, _checked(row_kind, layout))
        id_column = row_kind.identity(layout) or id_column
    else:
        text_column = text_column if text_column is not None else guess.text_column
        if text_column is None:
            raise KnownError(say("No column looks like text."), say("Choose the column to read."))
    used = frozenset[str]() if layout is None or compose is None else layout.columns
    for column in (id_column, text_column, label_column, *sorted(used)):
        _check_column(column, guess.columns)
    rows: Iterable[Row] = read_rows(path, guess, progress, cancelled)
    if row_kind is not None and row_kind.gather is not None and layout is not None:
        return _not_empty(row_kind.gather(Gathering(rows, guess, layout, id_column, label_column, there)))
    builder = ContentsBuilder(id_column, text_column, label_column, several=several, compose=compose, used=used)
    if row_kind is not None and layout is not None:
        rows = row_kind.join(rows, layout)
    for row in rows:
        builder.add(row)
    return _not_empty(builder.finish(guess.column_names, guess.notes))


def _not_empty(contents: TableContents) -> TableContents:
    if not contents.items:
        why = contents.unreadable[0].why if contents.unreadable else say("There are no rows.")
        raise KnownError(
            in_a_row([say("No row of this table can be read."), why]), say("Choose another column or another file.")
        )
    return contents


def _checked(kind: RowKind, layout: Layout) -> Layout:
    """The layout, if nothing is missing in it. Raises KnownError."""
    missing = kind.refusal(layout)
    if missing is not None:
        raise KnownError(missing, say("Choose the columns to read."))
    return layout


def _composed(kind: RowKind, layout: Layout, values: Mapping[str, str]) -> Composed | Sentence:
    return kind.compose(values, layout)


def _check_column(name: str | None, there: tuple[ColumnGuess, ...]) -> None:
    names = [column.name for column in there]
    if name is None or name in names:
        return
    first = listed(names[:_NAMED_COLUMNS])
    raise KnownError(
        say("There is no column “{name}”.", name=name),
        say("The columns are: {names} and more.", names=first)
        if len(names) > _NAMED_COLUMNS
        else say("The columns are: {names}.", names=first),
    )
