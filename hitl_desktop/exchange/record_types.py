"""Guessing what the columns of a table of records hold; whatever could be read in two ways is asked, not guessed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hitl_desktop.domain.record_dates import DateForm, written_of
from hitl_desktop.domain.records import ColumnType, RecordColumn, RecordColumns
from hitl_desktop.exchange.columns import ID_NAMES, KEY_NAMES, OUTCOME_NAMES, TEXT_NAMES, name_weight
from hitl_desktop.exchange.record_cells import currency_in, decimal_sign, is_missing, number_in
from hitl_desktop.exchange.table_records import TableGuess

SAMPLES: Final = 3
MANY_VALUES: Final = 1000
"""A category with more values than this is told."""
_CLEAR: Final = 0.8
"""A column is of numbers or dates when so many of its filled cells are."""
_LONG_PROSE: Final = 60
"""Texts of so many characters on average are what a table is about, unless there are several numbers beside them."""
_PROSE: Final = 0.5
_PROSE_LENGTH: Final = 18
_ALL_DIFFERENT: Final = 0.98
_FEW_ROWS: Final = 8

AMOUNT_NAMES: Final = frozenset(
    {
        "amount", "amt", "value", "sum", "total", "price", "payment", "claim", "loss", "cost", "paid", "charge",
        "premium", "exposure", "billed", "claimed", "betrag", "summe", "schadenhöhe", "forderung", "preis", "kosten",
        "المبلغ",
    }
)  # fmt: skip
PROSE_NAMES: Final = TEXT_NAMES | {
    "memo", "remark", "remarks", "narrative", "details", "reason", "purpose", "notes", "verwendungszweck",
}  # fmt: skip


class Doubt(StrEnum):
    """What of a column has to be looked at before it is read."""

    DAY_OR_MONTH = "day or month"
    """Dates with slashes, none of which tells whether day or month stands first: it has to be said."""
    TWO_ORDERS = "two orders"
    """Some dates can only have the day first, others only the month."""
    TWO_DECIMALS = "two decimals"
    """Some numbers have a decimal comma, others a decimal point."""
    CURRENCIES = "currencies"
    """Amounts in more than one currency; nothing is converted."""
    SOME_OTHER = "some other"
    """Some cells do not hold what the others do."""
    MANY_VALUES = "many values"
    EMPTY = "empty"
    ALL_DIFFERENT = "all different"
    """A key, each value of which stands in one row only, or a column of names that nothing can be learned from."""


@dataclass(frozen=True, slots=True)
class TypeGuess:
    """What a column seems to hold: `column` says it, `share` of its filled cells fit; `doubts` have to be told.

    `samples` are the first values that are not empty, shortened; `odd` are (row, cell) that do not fit, the first
    few; `distinct` different values were seen in `filled` cells.
    """

    column: RecordColumn
    share: float
    samples: tuple[str, ...]
    filled: int
    distinct: int
    doubts: tuple[Doubt, ...] = ()
    odd: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RecordGuess:
    """What a table of records seems to hold, from its first `rows` rows."""

    columns: RecordColumns
    guesses: tuple[TypeGuess, ...]
    rows: int
    classes: tuple[str, ...]
    """The values of the label column, most frequent first."""
    prose: float = 0.0
    """Characters that the longest column of text has on average."""

    @property
    def looks_like_records(self) -> bool:
        """True when numbers, dates and categories make up most of what there is to learn from."""
        types = Counter(guess.column.type for guess in self.guesses if guess.column.name != self.columns.label)
        measured = types[ColumnType.NUMBER] + types[ColumnType.DATE]
        if self.prose >= _LONG_PROSE and types[ColumnType.NUMBER] < 2:
            return False
        return types[ColumnType.NUMBER] >= 1 and measured + types[ColumnType.CATEGORY] >= 3 * max(
            1, types[ColumnType.TEXT]
        )


def guess_records(table: TableGuess) -> RecordGuess:
    """Look at the first rows of a table."""
    cells = {name: [row[place] for row in table.sample] for place, name in enumerate(table.column_names)}
    guesses = tuple(guess_type(name, values, is_first=place == 0) for place, (name, values) in enumerate(cells.items()))
    label = _label_of(guesses, cells, table.label_column)
    guesses = _with_one_of(_with_one_of(guesses, ColumnType.IDENTITY), ColumnType.KEY)
    prose = max(
        (c.mean_length for c, g in zip(table.columns, guesses, strict=True) if g.column.type is ColumnType.TEXT),
        default=0.0,
    )
    classes = Counter(cell.strip() for cell in cells.get(label or "", []) if cell.strip())
    columns = RecordColumns(
        tuple(guess.column for guess in guesses if guess.column.name != label),
        _amount_of([guess for guess in guesses if guess.column.name != label]),
        label or None,
    )
    return RecordGuess(columns, guesses, len(table.sample), tuple(name for name, _ in classes.most_common()), prose)


def guess_type(name: str, cells: Sequence[str], *, is_first: bool = False) -> TypeGuess:
    """What one column holds, from its cells in the order of the rows. `is_first` in the table: it may name the rows."""
    filled = [(row, cell) for row, cell in enumerate(cells, 1) if not is_missing(cell)]
    values = Counter(cell.strip() for _, cell in filled)
    samples = tuple(cell if len(cell) <= 60 else cell[:59] + "…" for cell in list(values)[:SAMPLES])
    if not filled:
        return TypeGuess(RecordColumn(name, ColumnType.IGNORED), 1.0, (), 0, 0, (Doubt.EMPTY,))
    found = _as_dates(name, filled) or _as_numbers(name, filled, values) or _as_words(name, filled, values, is_first)
    column, share, doubts, odd = found
    if odd:
        doubts = (*doubts, Doubt.SOME_OTHER)
    return TypeGuess(column, share, samples, len(filled), len(values), doubts, odd[:SAMPLES])


_Cells = list[tuple[int, str]]
_Found = tuple[RecordColumn, float, tuple[Doubt, ...], tuple[tuple[int, str], ...]]


def _as_dates(name: str, filled: _Cells) -> _Found | None:
    written = [(row, cell, written_of(cell)) for row, cell in filled]
    share = sum(one is not None for _, _, one in written) / len(filled)
    if share < _CLEAR:
        return None
    slashed = [(row, cell, one) for row, cell, one in written if one is not None and one.form is DateForm.SLASHED]
    orders = {one.day_first for _, _, one in slashed} - {None}
    odd = tuple((row, cell) for row, cell, one in written if one is None)
    day_first: bool | None = None
    doubts: tuple[Doubt, ...] = ()
    if len(orders) == 1:
        day_first = next(iter(orders))
    elif orders:
        day_first, doubts = None, (Doubt.TWO_ORDERS, Doubt.DAY_OR_MONTH)
    elif slashed and any(one.first != one.second for _, _, one in slashed):
        doubts = (Doubt.DAY_OR_MONTH,)
    return RecordColumn(name, ColumnType.DATE, day_first), share, doubts, odd


def _as_numbers(name: str, filled: _Cells, values: Counter[str]) -> _Found | None:
    signs = Counter(decimal_sign(cell) for _, cell in filled)
    comma = signs[","] > signs["."]
    read = [(row, cell, number_in(cell, comma=comma)) for row, cell in filled]
    share = sum(number is not None for _, _, number in read) / len(filled)
    if share < _CLEAR or _is_code(name, filled, values):
        return None
    doubts: tuple[Doubt, ...] = (Doubt.TWO_DECIMALS,) if signs[","] and signs["."] else ()
    if len({currency_in(cell) for _, cell in filled} - {""}) > 1:
        doubts = (*doubts, Doubt.CURRENCIES)
    odd = tuple((row, cell) for row, cell, number in read if number is None)
    return RecordColumn(name, ColumnType.NUMBER, comma=comma), share, doubts, odd


def _is_code(name: str, filled: _Cells, values: Counter[str]) -> bool:
    """Digits that are a name: with zeros in front, or the id or key that the column's name says."""
    whole = [cell.strip() for _, cell in filled if cell.strip().isdigit()]
    if len(whole) < len(filled):
        return False
    if any(len(cell) > 1 and cell[0] == "0" for cell in whole):
        return True
    named = max(name_weight(name, ID_NAMES), name_weight(name, KEY_NAMES))
    return named > 0 and (len(values) > 20 or len(filled) < _FEW_ROWS)


def _as_words(name: str, filled: _Cells, values: Counter[str], is_first: bool) -> _Found:
    count = len(filled)
    distinct = len(values) / count
    lengths = sum(len(cell) for _, cell in filled) / count
    spaced = sum(" " in cell.strip() for _, cell in filled) / count
    if name_weight(name, KEY_NAMES) and spaced < _PROSE:
        lone: tuple[Doubt, ...] = (Doubt.ALL_DIFFERENT,) if distinct > _ALL_DIFFERENT and count >= _FEW_ROWS else ()
        return RecordColumn(name, ColumnType.KEY), 1.0, lone, ()
    named = name_weight(name, PROSE_NAMES) > 0 and len(values) > 50
    if spaced >= _PROSE and (named or (lengths >= _PROSE_LENGTH and distinct > 0.2)):
        return RecordColumn(name, ColumnType.TEXT), spaced, (), ()
    if distinct > _ALL_DIFFERENT and count >= _FEW_ROWS:
        if name_weight(name, ID_NAMES) or (is_first and not spaced):
            return RecordColumn(name, ColumnType.IDENTITY), 1.0, (), ()
        kind = ColumnType.TEXT if spaced >= _PROSE else ColumnType.IGNORED
        return RecordColumn(name, kind), 1.0, (Doubt.ALL_DIFFERENT,) if kind is ColumnType.IGNORED else (), ()
    many: tuple[Doubt, ...] = (Doubt.MANY_VALUES,) if len(values) > MANY_VALUES else ()
    return RecordColumn(name, ColumnType.CATEGORY), 1.0, many, ()


def _with_one_of(guesses: tuple[TypeGuess, ...], kind: ColumnType) -> tuple[TypeGuess, ...]:
    """Of several keys or ids the one that its name says most clearly stays; the others become categories or nothing."""
    having = [guess for guess in guesses if guess.column.type is kind]
    if len(having) < 2:
        return guesses
    known = KEY_NAMES if kind is ColumnType.KEY else ID_NAMES
    best = max(
        having, key=lambda guess: (Doubt.ALL_DIFFERENT not in guess.doubts, name_weight(guess.column.name, known))
    )
    other = ColumnType.CATEGORY if kind is ColumnType.KEY else ColumnType.IGNORED

    def settled(guess: TypeGuess) -> TypeGuess:
        if guess.column.type is not kind or guess is best:
            return guess
        column = RecordColumn(guess.column.name, other)
        return TypeGuess(column, guess.share, guess.samples, guess.filled, guess.distinct, guess.doubts, guess.odd)

    return tuple(settled(guess) for guess in guesses)


def _label_of(guesses: Sequence[TypeGuess], cells: dict[str, list[str]], table: str | None) -> str | None:
    """The column with the classes: one whose name says so and that holds few values; else what the table guesses."""
    for guess in guesses:
        few = 2 <= guess.distinct <= 50 and guess.filled >= 3 * guess.distinct
        if few and name_weight(guess.column.name, OUTCOME_NAMES) == 1.0:
            return guess.column.name
    found = next((guess for guess in guesses if guess.column.name == table), None)
    if found is None or found.column.type is not ColumnType.CATEGORY or "category" in found.column.name.casefold():
        return None
    return table if cells else None


def _amount_of(guesses: Sequence[TypeGuess]) -> str | None:
    """The number that is at stake: by its name, else the only one with a currency."""
    numbers = [guess for guess in guesses if guess.column.type is ColumnType.NUMBER]
    named = sorted(numbers, key=lambda guess: -name_weight(guess.column.name, AMOUNT_NAMES))
    if named and name_weight(named[0].column.name, AMOUNT_NAMES):
        return named[0].column.name
    priced = [guess for guess in numbers if any(currency_in(sample) for sample in guess.samples)]
    return priced[0].column.name if len(priced) == 1 else None
