"""Goes through one table of a project in step with the events about it, and says which rows are not as they tell."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import peewee

from hitl_desktop.domain.record_events import Part
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.record_faults import Faults, thing
from hitl_desktop.store.record_rows import COMMA, changed, digest, row_texts
from hitl_desktop.store.record_tables import Added, columns_of

_ROWS_AT_ONCE: Final = 2000
_MOST_NAMED: Final = 10**6  # an event that was changed may tell of any number of rows

Numbered = tuple[int, dict[str, Any]]
"""As `Event`: to make an object of each of a million events takes a second."""
WidthOf = Callable[[object, str], int | None]
"""How many columns a table had in a session; None where that is not known."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it was read: its number, and what it says."""

    number: int
    said: dict[str, Any]

    @property
    def at(self) -> str:
        """When, by its own words."""
        return str(self.said.get("at", ""))


class TableCheck:
    """Goes through one table in step with the events about it."""

    def __init__(
        self,
        database: peewee.SqliteDatabase,
        table: Added,
        faults: Faults,
        since: int | None = None,
    ) -> None:
        """With `since`, from the rows with that key on."""
        self._table = table
        self._faults = faults
        columns = columns_of(database, table)
        self._width = len(columns)
        info = {row[1]: row[4] for row in database.execute_sql(f"PRAGMA main.table_info({table.name})")}
        self._defaults = tuple(_default(database, info[name]) for name in columns)
        order = f"{table.key}, {table.order}" if table.order else table.key
        names = ", ".join(f'"{name}"' for name in columns)
        where, given = ("", ()) if since is None else (f"WHERE {table.key} >= ?", (since,))
        self._ask = (f"SELECT {names} FROM {table.name} {where} ORDER BY {order}", given)  # noqa: S608 - our own names
        self._database = database
        self._cursor: Any = None
        self._key = columns.index(table.key)
        self._keys: list[int] = []
        self._texts: list[str] = []
        self._done = False
        self._upto = -1
        self._place = 0
        self._begin = f"hitl-rows-v1\0{table.name}\0[[".encode("ascii")
        self.rows = 0

    def take(self, events: Sequence[Numbered], width_of: WidthOf) -> None:
        """Check the rows that these events are about, in their order."""
        self._place = 0
        usual = next(
            (said.get("in") for _, said in events if width_of(said.get("in"), self._table.name) == self._width), 0
        )
        begin, sha256 = self._begin, hashlib.sha256
        for number, said in events:
            place, keys = self._place, self._keys
            try:  # nearly all of them: one row, which comes next, and another behind it
                first = said["first"]
                if (
                    first == said["last"] == keys[place] < keys[place + 1]
                    and said["in"] == usual
                    and self._upto < first
                ):
                    row = self._texts[place].encode("ascii")
                    if sha256(begin + row + b"]]").hexdigest() == said["sha"]:
                        self._place, self._upto = place + 1, first
                        continue
            except (KeyError, IndexError, TypeError):
                pass
            self._look_closer(Event(number, said), width_of(said.get("in"), self._table.name))
        self._drop()

    def _look_closer(self, event: Event, width: int | None) -> None:
        first, last = event.said.get("first"), event.said.get("last")
        if not (isinstance(first, int) and isinstance(last, int) and self._upto < first <= last):
            what = say("It speaks of rows that others have told of, or of none.")
            self._faults.add(Part.CHAIN, event.number, event.at, what)
            return
        self._upto = last
        self._read_to(last)
        while self._place < len(self._keys) and self._keys[self._place] < first:
            self._stray(self._keys[self._place], event)
            self._place += 1
        start = self._place
        self._place = bisect_right(self._keys, last, start)
        if width == self._width:
            texts = self._texts[start : self._place]
        else:
            texts = self._narrow(start, self._place, width or self._width, event)
        self._compare(event, self._keys[start : self._place], texts)

    def finish(self, at_utc: str) -> None:
        """What no event tells of was added afterwards."""
        count, first = 0, None
        while True:
            self._fill()
            if not self._keys:
                break
            first = self._keys[0] if first is None else first
            count += len(self._keys)
            del self._keys[:], self._texts[:]
        if first is not None:
            what = say("{thing} and later ones are on no record.", thing=thing(self._table.name, first))
            self._faults.add(Part.ROWS, None, at_utc, what, times=count)

    def _read_to(self, last: int) -> None:
        """Have all rows up to a key in memory, and one behind it where there is one."""
        if self._keys and self._keys[-1] > last:
            return
        self._drop()
        while not self._done and (not self._keys or self._keys[-1] <= last):
            self._fill()

    def _drop(self) -> None:
        """Let go of the rows that are done with."""
        place = self._place
        del self._keys[:place], self._texts[:place]
        self._place = 0

    def _fill(self) -> None:
        if self._done:
            return
        keys, texts = self._next()
        self._done = not keys
        self.rows += len(keys)
        self._keys += keys
        self._texts += texts

    def _next(self) -> tuple[list[int], list[str]]:
        """The keys and texts of the rows that follow; none at the end."""
        self._cursor = self._cursor or self._database.execute_sql(*self._ask)
        key, piece = self._key, self._cursor.fetchmany(_ROWS_AT_ONCE)
        return [row[key] for row in piece], row_texts(piece)

    def _narrow(self, start: int, stop: int, width: int, event: Event) -> list[str]:
        """Rows as they were before later columns were added; in those they hold what is written where nothing is."""
        later = self._later(width)
        texts = []
        for key, text in zip(self._keys[start:stop], self._texts[start:stop], strict=True):
            values = text.split(COMMA)
            if not text.endswith(later) and tuple(map(json.loads, values[width:])) != self._defaults[width:]:
                what = say("{thing} is not as it was recorded.", thing=thing(self._table.name, key))
                self._faults.add(Part.ROWS, event.number, event.at, what)
            texts.append(COMMA.join(values[:width]))
        return texts

    def _later(self, width: int) -> str:
        """How a row ends that holds, in the columns from `width` on, what is written where nothing is."""
        return "".join(f"{COMMA}{text}" for text in row_texts([self._defaults])[0].split(COMMA)[width:])

    def _compare(self, event: Event, keys: Sequence[int], texts: Sequence[str]) -> None:
        said, name = event.said, self._table.name
        if digest(name, texts) == said.get("sha"):
            return
        told, marks = said.get("rows", 1), said.get("marks")
        expected = told if isinstance(told, int) else 1  # an event that was changed may say anything
        if len(texts) == expected and isinstance(marks, str) and (places := changed(texts, marks)):
            for place in places:
                what = say("{thing} is not as it was recorded.", thing=thing(name, keys[place]))
                self._faults.add(Part.ROWS, event.number, event.at, what)
        elif len(texts) == expected == 1:
            what = say("{thing} is not as it was recorded.", thing=thing(name, keys[0]))
            self._faults.add(Part.ROWS, event.number, event.at, what)
        elif not texts:
            what = say("{thing} is missing.", thing=thing(name, _span(said["first"], said["last"])))
            self._faults.add(Part.ROWS, event.number, event.at, what, times=max(1, expected))
        else:
            self._uneven(event, keys)

    def _uneven(self, event: Event, keys: Sequence[int]) -> None:
        """More or fewer rows than there were, or such that the marks do not tell which of them changed."""
        said, name = event.said, self._table.name
        first, last, there = said["first"], said["last"], set(keys)
        if len(there) < last - first + 1 == said.get("rows", 1) <= _MOST_NAMED:
            for key in (key for key in range(first, last + 1) if key not in there):
                self._faults.add(Part.ROWS, event.number, event.at, say("{thing} is missing.", thing=thing(name, key)))
            return
        what = say("{thing}: not the rows that were recorded.", thing=thing(name, _span(first, last)))
        self._faults.add(Part.ROWS, event.number, event.at, what)

    def _stray(self, key: int, event: Event) -> None:
        what = say("{thing} is on no record.", thing=thing(self._table.name, key))
        self._faults.add(Part.ROWS, event.number, event.at, what)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _default(database: peewee.SqliteDatabase, written: str | None) -> Any:
    if written is None:
        return None
    return database.execute_sql(f"SELECT {written}").fetchone()[0]  # S608: as our own migrations wrote it


def said_in(body: Any) -> dict[str, Any]:
    """What an event says; empty where that cannot be read."""
    try:
        said = json.loads(body)
    except (ValueError, TypeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
