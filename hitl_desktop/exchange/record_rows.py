"""Records as a kind of row: how the types of columns stand in a layout, and what a table of records is guessed by."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.records import ColumnType, RecordColumn, RecordColumns
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.exchange.record_table import RecordsBuilder
from hitl_desktop.exchange.record_types import RecordGuess, guess_records
from hitl_desktop.exchange.row_parts import Composed, Gathering, Layout, Role, RowKind
from hitl_desktop.exchange.table_records import TableContents, TableGuess
from hitl_desktop.language import mark

AMOUNT: Final = "amount"
DAY_FIRST: Final = "day first: "
"""Before the name of a column, as an option: "yes" or "no"."""
COMMA: Final = "decimal comma: "
YES: Final = "yes"
NO: Final = "no"

TYPE_TITLES: Final = {
    ColumnType.NUMBER: mark("Number"),
    ColumnType.CATEGORY: mark("Category"),
    ColumnType.DATE: mark("Date"),
    ColumnType.TEXT: mark("Text"),
    ColumnType.KEY: mark("Key (customer, account)"),
    ColumnType.IDENTITY: mark("Id"),
    ColumnType.IGNORED: mark("Leave out"),
}
"""What people read for the types, said with `tr`."""

_ROLES: Final = (
    Role(ColumnType.NUMBER.value, TYPE_TITLES[ColumnType.NUMBER], many=True),
    Role(ColumnType.CATEGORY.value, TYPE_TITLES[ColumnType.CATEGORY], many=True),
    Role(ColumnType.DATE.value, TYPE_TITLES[ColumnType.DATE], many=True),
    Role(ColumnType.TEXT.value, TYPE_TITLES[ColumnType.TEXT], many=True),
    Role(ColumnType.KEY.value, TYPE_TITLES[ColumnType.KEY]),
    Role(AMOUNT, mark("Amount at stake")),
)
_NOT_IN_LAYOUT: Final = (ColumnType.IGNORED, ColumnType.IDENTITY)


def layout_of(columns: RecordColumns) -> Layout:
    """The layout of typed columns; what is left out has no role, the id and the label are named beside it."""
    names: dict[str, list[str]] = {}
    options: dict[str, str] = {}
    for column in columns.columns:
        if column.type in _NOT_IN_LAYOUT:
            continue
        names.setdefault(column.type.value, []).append(column.name)
        if column.day_first is not None:
            options[DAY_FIRST + column.name] = YES if column.day_first else NO
        if column.comma:
            options[COMMA + column.name] = YES
    roles = {role: tuple(members) for role, members in names.items()}
    if columns.amount is not None:
        roles[AMOUNT] = (columns.amount,)
    return Layout(roles, options)


def columns_of(layout: Layout, names: Sequence[str], identity: str | None, label: str | None) -> RecordColumns:
    """The typed columns of a layout, in the order of `names`, which are those of the table.

    Raises KnownError for a role that records do not have, and for columns that cannot be learned from.
    """
    types: dict[str, ColumnType] = {}
    for role, members in layout.roles.items():
        if role != AMOUNT and role not in {other.name for other in _ROLES}:
            raise KnownError(
                say("Columns of records have no role named {name}.", name=role),
                say("Use number, category, date, text, key and amount."),
            )
        types |= {} if role == AMOUNT else dict.fromkeys(members, ColumnType(role))
    if identity is not None:
        types[identity] = ColumnType.IDENTITY
    amount = layout.first(AMOUNT)
    if amount is not None:
        types.setdefault(amount, ColumnType.NUMBER)
    known = dict.fromkeys((*names, *types))
    columns = tuple(_column(name, types.get(name, ColumnType.IGNORED), layout) for name in known if name != label)
    found = RecordColumns(columns, amount, label)
    found.check()
    return found


def _column(name: str, kind: ColumnType, layout: Layout) -> RecordColumn:
    said = layout.options.get(DAY_FIRST + name)
    return RecordColumn(name, kind, None if said is None else said == YES, layout.options.get(COMMA + name) == YES)


@lru_cache(maxsize=4)
def guessed(guess: TableGuess) -> RecordGuess:
    """What the first rows of a table say of its columns. Kept for the tables looked at last."""
    return guess_records(guess)


def _guess(guess: TableGuess) -> Layout | None:
    found = guessed(guess)
    try:
        found.columns.check()
    except KnownError:
        return None
    return layout_of(found.columns)


def _refusal(layout: Layout) -> Sentence | None:
    try:
        columns_of(layout, (), None, None)
    except KnownError as error:
        return error.sentence
    return None


def _gather(asked: Gathering) -> TableContents:
    columns = columns_of(asked.layout, asked.guess.column_names, asked.identity, asked.label)
    builder = RecordsBuilder(columns)
    for text, digest in asked.there:
        builder.know(text, digest)
    for row in asked.rows:
        builder.add(row)
    return builder.finish(asked.guess)


def _never(_: Mapping[str, str], __: Layout) -> Composed | Sentence:
    raise AssertionError("records are made of whole tables")


RECORD_ROWS: Final = RowKind(
    name="record",
    roles=_ROLES,
    guess=_guess,
    compose=_never,
    refusal=_refusal,
    gather=_gather,
    suits=lambda guess: guessed(guess).looks_like_records,
    label_of=lambda guess: guessed(guess).columns.label,
)
