"""The further files of the second record: profiles, signatures, masks and steering, which cannot be computed again
either.

Each table has a file of lines with all its columns, by name; an item is named by its digest, as in `decisions.jsonl`.
Profiles are there because a signature is genuine only by the key that its reviewer had.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import peewee

from hitl_desktop.store.journal import Journal
from hitl_desktop.store.masks import mask_of
from hitl_desktop.store.steering import check_step
from hitl_desktop.store.text_values import to_sql

_log = logging.getLogger(__name__)
STEERING: Final = "steering_event"
SECOND_TABLES: Final = {
    "reviewer": "reviewers.jsonl",
    "signature": "signatures.jsonl",
    "mask": "masks.jsonl",
    STEERING: "steering.jsonl",
}
STEERED_ELSEWHERE: Final = "steered_elsewhere"
"""The fact that steps were taken from the file: what the last plan chooses is followed (`workflow/steering.py`)."""
_AT_ONCE: Final = 2000
_MOST: Final = 2**63
_MOST_REAL: Final = 1e300
_REALS: Final = frozenset({"weight"})
_ITEM: Final = "item"
_SENSELESS: Final = (LookupError, ValueError, TypeError, AttributeError, RecursionError)


class SecondTables:
    """Brings the files of a project up to its tables, and tables up to files that are ahead."""

    def __init__(self, folder: Path, database: peewee.SqliteDatabase, last_of: Callable[[str], int]) -> None:
        """`last_of` says the number of the last row of a table; 0 or less where there is none."""
        self._database = database
        self._last_of = last_of
        self._journals = {table: Journal(folder / name) for table, name in SECOND_TABLES.items()}
        self._at: dict[str, int] = {}
        self.taken: frozenset[str] = frozenset()
        """The tables that `reconcile` has taken rows into."""

    def forget(self) -> None:
        """Look how far the files are before the next line: one could not be written."""
        self._at = {}

    def follow(self) -> None:
        """Write what the tables have and the files have not. Raises OSError."""
        for table, journal in self._journals.items():
            last = self._last_of(table)
            at = self._at.get(table)
            if last == at or last < 1:
                continue
            if at is None:
                at = journal.last_number()
            elif not journal.is_as_left:
                journal.set_aside()
                at = 0
            while at < last:
                upto = min(at + _AT_ONCE, last)
                journal.append(self._lines(table, at + 1, upto))
                at = upto
            self._at[table] = at

    def reconcile(self) -> tuple[int, int]:
        """Take rows that only the files have, inside a transaction of the caller; a file that tells of something else
        is set aside, and made anew. Returns how many were taken, and how many could not be. Raises OSError.
        """
        taken = unplaced = 0
        for table, journal in self._journals.items():
            if not journal.path.exists():
                continue
            if self._fits(table, journal):
                made, left = self._replay(table, journal)
                taken, unplaced = taken + made, unplaced + left
                self.taken |= {table} if made else set()
            last = journal.last_number()
            if last > self._last_in(table) or not self._fits(table, journal) or journal.lacks(self._up_to(table, last)):
                journal.set_aside()
        if taken or unplaced:
            _log.info("Taken from the second record: %d further rows, %d not placed", taken, unplaced)
        return taken, unplaced

    def differences(self, *, is_in_use: bool) -> Iterator[tuple[str, int]]:
        """Rows that are other ones in their file, by table and number; while somebody works, one of the two may be
        ahead. A file that is not there is made when the project is opened.
        """
        for table, journal in self._journals.items():
            if journal.path.exists():
                yield from ((table, number) for number in self._differing(table, journal, is_in_use=is_in_use))

    def _differing(self, table: str, journal: Journal, *, is_in_use: bool) -> Iterator[int]:
        lines = journal.lines()
        line = next(lines, None)
        last = self._last_in(table)
        for start in range(1, last + 1, _AT_ONCE):
            for row in self._lines(table, start, min(start + _AT_ONCE - 1, last)):
                number = int(row["number"])
                while line is not None and line["number"] < number:
                    yield int(line["number"])
                    line = next(lines, None)
                if line is not None and line["number"] == number:
                    if not _same(row, line):
                        yield number
                    line = next(lines, None)
                elif line is not None or not is_in_use:
                    yield number
        if not is_in_use:
            while line is not None:
                yield int(line["number"])
                line = next(lines, None)

    def _fits(self, table: str, journal: Journal) -> bool:
        """True unless the last row that both have is not the same, or the end of the file is no line of ours."""
        if journal.path.stat().st_size == 0:
            return True
        count, last = self._last_in(table), journal.last()
        if last is not None and last["number"] > count:
            if count < 1:
                return True
            last = next((line for line in journal.lines() if line["number"] == count), None)
        if last is None:
            return False
        rows = self._lines(table, int(last["number"]), int(last["number"]))
        return bool(rows) and _same(rows[0], last)

    def _replay(self, table: str, journal: Journal) -> tuple[int, int]:
        after = self._last_in(table)
        if journal.last_number() <= after:
            return 0, 0
        columns = self._columns(table)
        taken = unplaced = 0
        for line in journal.lines():
            if line["number"] <= after:
                continue
            after = line["number"]
            if self._add(table, columns, line):
                taken += 1
            else:
                unplaced += 1
        return taken, unplaced

    def _add(self, table: str, columns: tuple[str, ...], line: Mapping[str, Any]) -> bool:
        """Add the row of a line; False where it names an item that is not there, or the table refuses it."""
        with suppress(sqlite3.Error, peewee.PeeweeException, OverflowError, *_SENSELESS):
            values = {name: _value(line[name], is_real=name in _REALS) for name in columns if name in line}
            if "idx" in columns and line[_ITEM] is not None:
                found = self._database.execute_sql("SELECT idx FROM item WHERE digest = ?", (line[_ITEM],)).fetchone()
                values["idx"] = found[0]
            if table == "mask":
                mask_of(str(values["boxes"]), int(str(values["looked"])))
            elif table == STEERING:
                check_step(values["action"], values["weight"], values["body"])
            names, places = ", ".join(values), ", ".join("?" * len(values))
            self._database.execute_sql(
                f"INSERT INTO {table}({names}) VALUES ({places})",  # noqa: S608 - our own names
                tuple(values.values()),
            )
            return True
        return False

    def _lines(self, table: str, first: int, last: int) -> list[dict[str, Any]]:
        columns = self._columns(table)
        names = ", ".join(f"t.{name}" for name in columns)
        has_item = "idx" in columns
        more, join = (", i.digest", " LEFT JOIN item AS i ON i.idx = t.idx") if has_item else ("", "")
        rows = self._database.execute_sql(
            f"SELECT {names}{more} FROM {table} AS t{join} WHERE t.number BETWEEN ? AND ? ORDER BY t.number",  # noqa: S608
            (first, last),
        )
        every = (*columns, _ITEM) if has_item else columns
        lines = [{name: _plain(value) for name, value in zip(every, row, strict=True)} for row in rows]
        for line in lines:
            line.pop("idx", None)
        return lines

    def _columns(self, table: str) -> tuple[str, ...]:
        return tuple(row[1] for row in self._database.execute_sql(f"PRAGMA main.table_info({table})"))

    def _up_to(self, table: str, number: int) -> int:
        rows = self._database.execute_sql(f"SELECT count(*) FROM {table} WHERE number <= ?", (number,))  # noqa: S608
        return int(rows.fetchone()[0])

    def _last_in(self, table: str) -> int:
        return int(self._database.execute_sql(f"SELECT coalesce(max(number), 0) FROM {table}").fetchone()[0])  # noqa: S608


def _same(row: Mapping[str, Any], line: Mapping[str, Any] | None) -> bool:
    """Whether a line says of a row what it is; a column that came later is in no older line, and says nothing yet."""
    return line is not None and all(line[name] == value if name in line else not value for name, value in row.items())


def _plain(value: Any) -> Any:
    return {"x": value.hex()} if isinstance(value, bytes) else value


def _value(value: Any, *, is_real: bool) -> Any:
    """A value of a line as a column holds it. Raises ValueError, TypeError for what no column of ours does."""
    if isinstance(value, dict):
        return bytes.fromhex(value["x"])
    if isinstance(value, str):
        return to_sql(value)
    if value is None or (type(value) is int and abs(value) < _MOST):
        return value
    if is_real and type(value) is float and abs(value) < _MOST_REAL:  # also False for NaN
        return value
    raise ValueError(json.dumps(value)[:40])
