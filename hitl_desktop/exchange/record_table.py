"""Reading a table of records: typed values, what each key's earlier rows said, and every cell that is not as expected.

A cell that is no number in a column of numbers is taken as missing, and told with its row and column: nothing is
guessed, and no row is lost for one cell.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import Duplicate, FoundItem, Unreadable
from hitl_desktop.domain.record_dates import written_of
from hitl_desktop.domain.record_history import Histories, in_time
from hitl_desktop.domain.records import ColumnType, Field, Record, RecordColumn, RecordColumns, record_of
from hitl_desktop.domain.sentences import Sentence, listed, quoted, say, say_n
from hitl_desktop.exchange.digests import digest_of
from hitl_desktop.exchange.label_cells import notes_on_spelling
from hitl_desktop.exchange.ordering import natural_key, shown
from hitl_desktop.exchange.record_cells import Fault, currency_in, decimal_sign, is_missing, value_in
from hitl_desktop.exchange.record_types import MANY_VALUES
from hitl_desktop.exchange.table_notes import notes_on_ids, notes_on_oddities, rows_named
from hitl_desktop.exchange.table_records import Oddity, Row, TableContents, TableGuess
from hitl_desktop.language import mark

_NAMED: Final = 3
_FAULTS: Final = {
    Fault.NOT_A_NUMBER: mark("{rows} held no number in “{column}”, taken as missing: {cells}."),
    Fault.NOT_A_DATE: mark("{rows} held no date in “{column}”, taken as missing: {cells}."),
    Fault.OTHER_ORDER: mark(
        "{rows} held a date in “{column}” in another order of day and month, taken as missing: {cells}."
    ),
}
_MOST_VALUES: Final = 20_000
"""So many different values of a category are counted; more are "more"."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row that becomes an item."""

    record: Record
    identity: str
    label: str | None
    fields: Mapping[str, str]
    number: int


class RecordsBuilder:
    """Takes rows one by one; the history of each key is worked out at the end, when all times are known."""

    def __init__(self, columns: RecordColumns) -> None:
        self._columns = columns
        self._of_record = [c for c in columns.columns if c.type is not ColumnType.IGNORED]
        self._rows: list[_Kept] = []
        self._before: list[Record] = []
        self._there: dict[str, tuple[str, str]] = {}
        self._again: list[FoundItem] = []
        self._first_with: dict[str, tuple[str, str | None]] = {}
        self._duplicates: list[Duplicate] = []
        self._unreadable: list[Unreadable] = []
        self._labels: Counter[str] = Counter()
        self._ids: Counter[str] = Counter()
        self._without_id: list[int] = []
        self._oddities: defaultdict[Oddity, list[int]] = defaultdict(list)
        self._faults: defaultdict[tuple[str, Fault], list[tuple[int, str]]] = defaultdict(list)
        self._in_question: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        self._signs: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._currencies: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._values: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._filled: Counter[str] = Counter()
        self._number = 0

    def know(self, text: str, digest: str) -> None:
        """Take a record that is in the project already: it is history, and comes out as it is when it stands here too,
        whatever has come in before it meanwhile.
        """
        record = record_of(text)
        self._before.append(record)
        self._there[digest_of(record.own)] = (text, digest)

    def add(self, row: Row) -> None:
        """Take the next row."""
        self._number += 1
        for oddity in row.oddities:
            self._oddities[oddity].append(row.number)
        identity = row.values.get(self._columns.identity or "", "").strip()
        name = f"row {row.number} ({shown(identity)})" if identity else f"row {row.number}"
        if row.problem:
            self._unreadable.append(Unreadable(name, row.problem))
            return
        record = Record(tuple(self._field(row, column) for column in self._of_record))
        if not any(one.text for one in record.fields if one.type is not ColumnType.IDENTITY):
            self._unreadable.append(Unreadable(name, say("Every cell of the row is empty.")))
            return
        label = row.values.get(self._columns.label, "").strip() if self._columns.label else ""
        if label:
            self._labels[label] += 1
        self._note_id(row.number, identity)
        digest = digest_of(record.own)
        fields = {c: v for c, v in row.values.items() if c not in (self._columns.label, self._columns.identity)}
        if digest in self._there:
            text, known = self._there.pop(digest)
            self._again.append(FoundItem(known, identity or f"row {row.number}", label or None, text, fields))
            self._first_with[digest] = (name, label)
            return
        first = self._first_with.get(digest)
        if first is not None:
            self._duplicates.append(Duplicate(name, first[0], disagrees=first[1] is not None and first[1] != label))
            return
        self._first_with[digest] = (name, label)
        self._rows.append(_Kept(record, identity, label or None, fields, row.number))

    def _note_id(self, number: int, identity: str) -> None:
        if identity:
            self._ids[identity] += 1
        elif self._columns.identity:
            self._without_id.append(number)

    def _field(self, row: Row, column: RecordColumn) -> Field:
        cell = row.values.get(column.name, "")
        value, fault = value_in(cell, column)
        if fault is Fault.OTHER_ORDER and column.day_first is None and written_of(cell) is not None:
            self._in_question[column.name].append((row.number, cell))
        elif fault is not None:
            self._faults[column.name, fault].append((row.number, cell))
        if not is_missing(cell):
            self._filled[column.name] += 1
            if column.type is ColumnType.NUMBER:
                self._signs[column.name][decimal_sign(cell)] += 1
                self._currencies[column.name][currency_in(cell)] += 1
            elif column.type in (ColumnType.CATEGORY, ColumnType.KEY):
                seen = self._values[column.name]
                if value in seen or len(seen) < _MOST_VALUES:
                    seen[str(value)] += 1
        return Field(column.type, column.name, value)

    def finish(self, guess: TableGuess) -> TableContents:
        """What was found. Raises KnownError for dates of which nobody said whether day or month stands first."""
        self._refuse_open_questions()
        items = list(self._again)
        taken = {item.path for item in items}
        for row in self._with_history():
            path = row.identity or f"row {row.number}"
            path = f"{path} (row {row.number})" if path in taken else path
            taken.add(path)
            text = row.record.text
            items.append(FoundItem(digest_of(text), path, row.label, text, row.fields))
        return TableContents(
            items,
            self._duplicates,
            self._unreadable,
            [],
            self._number,
            guess.column_names,
            tuple(sorted(self._labels, key=natural_key)),
            (*guess.notes, *self._notes()),
        )

    def _with_history(self) -> list[_Kept]:
        """The rows with what was known of their key before each."""
        histories = Histories(self._columns)
        every = [*self._before, *(row.record for row in self._rows)]
        earlier: dict[int, dict[str, float]] = {}
        for place in in_time(every, self._columns):
            earlier[place - len(self._before)] = histories.take(every[place])
        return [replace(row, record=Record(row.record.fields, earlier[at])) for at, row in enumerate(self._rows)]

    def _refuse_open_questions(self) -> None:
        for name, cells in self._in_question.items():
            row, cell = cells[0]
            raise KnownError(
                say(
                    "The dates in “{column}” can be read in two ways, such as {date} in row {row}.",
                    column=name,
                    date=quoted(shown(cell)),
                    row=str(row),
                ),
                say("Say whether the day or the month stands first."),
            )

    def _notes(self) -> list[Sentence]:
        found = [self._fault_note(name, fault, cells) for (name, fault), cells in self._faults.items()]
        for column in self._of_record:
            found += self._column_notes(column)
        return [
            *found,
            *notes_on_ids(self._ids, self._without_id),
            *notes_on_spelling(self._labels),
            *notes_on_oddities(self._oddities),
        ]

    def _fault_note(self, name: str, fault: Fault, cells: list[tuple[int, str]]) -> Sentence:
        rows = rows_named([row for row, _ in cells])
        examples = listed(quoted(shown(cell)) for cell in list(dict.fromkeys(cell for _, cell in cells))[:_NAMED])
        return say(_FAULTS[fault], rows=rows, column=name, cells=examples)

    def _column_notes(self, column: RecordColumn) -> list[Sentence]:
        found: list[Sentence] = []
        signs = self._signs[column.name]
        if signs[","] and signs["."]:
            found.append(
                say(
                    "Numbers in “{column}” have a decimal comma in some rows and a decimal point in others. All were "
                    "read with a decimal {sign}.",
                    column=column.name,
                    sign=say("comma") if column.comma else say("point"),
                )
            )
        currencies = [sign for sign, _ in self._currencies[column.name].most_common() if sign]
        if len(currencies) > 1:
            found.append(
                say(
                    "“{column}” holds amounts in several currencies: {signs}. Nothing was converted.",
                    column=column.name,
                    signs=listed(currencies[:_NAMED]),
                )
            )
        if not self._filled[column.name]:
            found.append(say("“{column}” is empty in every row.", column=column.name))
        values = self._values[column.name]
        if column.type is ColumnType.KEY and values and max(values.values()) == 1:
            found.append(
                say("No value of the key “{column}” comes twice, so no row has a history.", column=column.name)
            )
        if column.type is ColumnType.KEY and self._filled[column.name] < len(self._rows):
            found.append(
                say_n(
                    "{n} row has no “{column}”, and so no history.",
                    "{n} rows have no “{column}”, and so no history.",
                    len(self._rows) - self._filled[column.name],
                    column=column.name,
                )
            )
        if column.type is ColumnType.CATEGORY and len(values) > MANY_VALUES:
            found.append(
                say_n(
                    "“{column}” holds {n} different value. Those that are rare count as one.",
                    "“{column}” holds {n} different values. Those that are rare count as one.",
                    len(values),
                    column=column.name,
                )
            )
        return found
