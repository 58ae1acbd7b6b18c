"""Looks through the record: whether its events hang together, and whether every row is as they say.

Everything is read in order and in large pieces, the events and beside them the rows they are about, so a million of
either takes seconds and little memory.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import peewee

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.record_events import BEFORE_THE_FIRST, CHAIN_MARK, Happening, Part
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.record_faults import Faults, thing
from hitl_desktop.store.record_rows import changed, digest, row_texts
from hitl_desktop.store.record_tables import ADDED, KEPT, Added, columns_of

_EVENTS_AT_ONCE: Final = 4000
_ROWS_AT_ONCE: Final = 2000
_MOST_NAMED: Final = 10**6  # an event that was changed may tell of any number of rows
_PASSING: Final = frozenset(
    {
        *(Happening.CLOSED, Happening.CLOCK, Happening.ZONE, Happening.EXPORTED, Happening.REPORTED, Happening.COPIED),
        Happening.NOT_TRAINED,
    }
)
"""What there may be any number of, and nothing follows from."""


Passed = Callable[[Sequence[int], Sequence[str]], None]
Numbered = tuple[int, dict[str, Any]]
"""As `Event`: to make an object of each of a million events takes a second."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it was read: its number, and what it says."""

    number: int
    said: dict[str, Any]

    @property
    def at(self) -> str:
        """When, by its own words."""
        return str(self.said.get("at", ""))


class RecordReading:
    """Reads the events of a project in order, checks the chain, and checks rows against it. `hashes` of the events
    whose numbers are `wanted` are kept, and all events of `Happening` but those of `_PASSING`.
    """

    def __init__(self, database: peewee.SqliteDatabase, faults: Faults, wanted: frozenset[int] = frozenset()) -> None:
        self._database = database
        self._faults = faults
        self._wanted = wanted
        self.hashes: dict[int, bytes] = {}
        self.kept: list[Event] = []
        self.signed = frozenset[int]()
        """The numbers of the anchors in the database whose signature was looked at on the way."""
        self.last = 0
        self.head = BEFORE_THE_FIRST
        self.last_at = ""
        self._columns_in: dict[int, dict[str, int]] = {}
        self._rows: dict[str, TableCheck] = {}
        self.states: dict[tuple[str, Any], Event] = {}
        """The last event about each row that may change."""

    @property
    def decisions(self) -> int:
        """How many decisions were looked at."""
        return self._rows["decision"].rows

    def run(self, progress: Progress, cancelled: CancelCheck) -> None:
        """Read everything once. Raises Cancelled."""
        self._rows = {table.name: TableCheck(self._database, table, self._faults) for table in ADDED}
        total = int(self._database.execute_sql("SELECT coalesce(max(number), 0) FROM record_event").fetchone()[0])
        rows = self._database.execute_sql("SELECT number, body, hash FROM record_event ORDER BY number")
        while piece := rows.fetchmany(_EVENTS_AT_ONCE):
            if cancelled():
                raise Cancelled
            self._take(piece)
            progress(self.last, total, "")
        self._check_ends()

    def _check_ends(self) -> None:
        for check in self._rows.values():
            check.finish(self.last_at)
        self.check_states()

    def _take(self, piece: Sequence[tuple[Any, Any, Any]]) -> None:
        said = _parsed([body for _, body, _ in piece])
        sha256, mark, wanted = hashlib.sha256, CHAIN_MARK, self._wanted
        head, last = self.head, self.last
        by_table: dict[str, list[Numbered]] = {}
        for (number, body, digest_), words in zip(piece, said, strict=True):
            if number != last + 1:
                self._missing(last + 1, number - 1)
            try:
                is_sound = sha256(mark + head + body.encode()).digest() == digest_ and words["n"] == number
            except (TypeError, AttributeError, KeyError, UnicodeError):
                is_sound = False
            if not is_sound:
                what = say("Event {number} is not what was recorded, or not in its place.", number=str(number))
                self._faults.add(Part.CHAIN, number, str(words.get("at", "")), what)
                digest_ = digest_ if isinstance(digest_, bytes) else head
            head, last = digest_, number
            if number in wanted:
                self.hashes[number] = head
            if words.get("do") == "rows":
                by_table.setdefault(str(words.get("of")), []).append((number, words))
            else:
                self._happened(Event(number, words))
        self.head, self.last, self.last_at = head, last, str(said[-1].get("at", self.last_at))
        self._check_rows(by_table)

    def _check_rows(self, by_table: Mapping[str, Sequence[Numbered]]) -> None:
        for name, events in by_table.items():
            check = self._rows.get(name)
            if check is None:
                event = Event(*events[0])
                what = say("It speaks of {table}, which is not there.", table=name)
                self._faults.add(Part.CHAIN, event.number, event.at, what)
                continue
            check.take(events, self._width_of)

    def _happened(self, event: Event) -> None:
        do = event.said.get("do")
        if do == "row":
            self.states[str(event.said.get("of")), _plain(event.said.get("key"))] = event
        elif do == Happening.OPENED:
            columns = event.said.get("columns")
            self._columns_in[event.number] = columns if isinstance(columns, dict) else {}
        elif do not in _PASSING:
            self.kept.append(event)
            begins = do == Happening.BEGUN
            if begins and (event.number != 1 or event.said.get("again")):
                self._faults.add(Part.CHAIN, event.number, event.at, say("The record was begun again."))
            elif event.number == 1 and not begins:
                self._faults.add(Part.CHAIN, event.number, event.at, say("Its first event is missing."))

    def _width_of(self, session: object, table: str) -> int | None:
        """How many columns a table had in a session, by its `opened` event; None where that does not say."""
        count = self._columns_in.get(session, {}).get(table) if isinstance(session, int) else None
        return count if isinstance(count, int) else None

    def _missing(self, first: int, last: int) -> None:
        what = say("Events {first} to {last} are missing.", first=str(first), last=str(last))
        self._faults.add(Part.CHAIN, first, self.last_at, what, times=max(1, last - first + 1))

    def check_states(self) -> None:
        """Every row that may change is as the last event about it says, and there is one about every row."""
        for kept in KEPT:
            columns = columns_of(self._database, kept)
            names = ", ".join(columns)
            place = columns.index(kept.key)
            there = set()
            for row in self._database.execute_sql(f"SELECT {names} FROM {kept.name}"):  # noqa: S608 - our own names
                key = row[place]
                there.add(key)
                if key in kept.but:
                    continue
                event = self.states.get((kept.name, key))
                if event is None:
                    what = say("{thing} is on no record.", thing=thing(kept.name, key))
                    self._faults.add(Part.ROWS, None, "", what)
                    continue
                count = self._width_of(event.said.get("in"), kept.name) or len(columns)
                if digest(kept.name, row_texts([row[:count]])) != event.said.get("sha"):
                    what = say("{thing} is not as it was recorded.", thing=thing(kept.name, key))
                    self._faults.add(Part.ROWS, event.number, event.at, what)
            for (name, key), event in self.states.items():
                if name == kept.name and key not in there and event.said.get("sha"):
                    what = say("{thing} is missing.", thing=thing(name, key))
                    self._faults.add(Part.ROWS, event.number, event.at, what)


class TableCheck:
    """Goes through one table in step with the events about it."""

    def __init__(
        self,
        database: peewee.SqliteDatabase,
        table: Added,
        faults: Faults,
        since: int | None = None,
        passed: Passed | None = None,
    ) -> None:
        """With `since`, from the rows with that key on. `passed` is told of rows that are done with: keys and texts."""
        self._table = table
        self._faults = faults
        columns = columns_of(database, table)
        self._width = len(columns)
        info = {row[1]: row[4] for row in database.execute_sql(f"PRAGMA main.table_info({table.name})")}
        self._defaults = tuple(_default(database, info[name]) for name in columns)
        order = f"{table.key}, {table.order}" if table.order else table.key
        names = ", ".join(f'"{name}"' for name in columns)
        where, given = ("", ()) if since is None else (f"WHERE {table.key} >= ?", (since,))
        self._cursor = database.execute_sql(f"SELECT {names} FROM {table.name} {where} ORDER BY {order}", given)  # noqa: S608
        self._passed = passed
        self._key = columns.index(table.key)
        self._keys: list[int] = []
        self._texts: list[str] = []
        self._raw: list[Sequence[Any]] = []
        self._done = False
        self._upto = -1
        self._place = 0
        self._begin = f"hitl-rows-v1\0{table.name}\0[[".encode("ascii")
        self.rows = 0

    def take(self, events: Sequence[Numbered], width_of: Callable[[object, str], int | None]) -> None:
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
            del self._keys[:], self._texts[:], self._raw[:]
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
        if self._passed is not None and place:
            self._passed(self._keys[:place], self._texts[:place])
        del self._keys[:place], self._texts[:place], self._raw[:place]
        self._place = 0

    def _fill(self) -> None:
        if self._done:
            return
        piece = self._cursor.fetchmany(_ROWS_AT_ONCE)
        self._done = not piece
        self.rows += len(piece)
        key = self._key
        self._keys += [row[key] for row in piece]
        self._texts += row_texts(piece)
        self._raw += piece

    def _narrow(self, start: int, stop: int, width: int, event: Event) -> list[str]:
        """Rows as they were before later columns were added; in those they hold what is written where nothing is."""
        rows = self._raw[start:stop]
        for key, row in zip(self._keys[start:stop], rows, strict=True):
            if tuple(row[width:]) != self._defaults[width:]:
                what = say("{thing} is not as it was recorded.", thing=thing(self._table.name, key))
                self._faults.add(Part.ROWS, event.number, event.at, what)
        return row_texts([row[:width] for row in rows])

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


def _parsed(bodies: Sequence[Any]) -> list[dict[str, Any]]:
    """What events say; an empty one where that cannot be read."""
    try:
        found = json.loads(f"[{','.join(bodies)}]")
        if len(found) == len(bodies) and all(type(said) is dict for said in found):
            return list(found)
    except (ValueError, TypeError, RecursionError):
        pass
    return [said_in(body) for body in bodies]


def _plain(key: object) -> object:
    """What may stand as a key."""
    return key if isinstance(key, (str, int)) else repr(key)


def said_in(body: Any) -> dict[str, Any]:
    """What an event says; empty where that cannot be read."""
    try:
        said = json.loads(body)
    except (ValueError, TypeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def state_faults(database: peewee.SqliteDatabase, limit: int) -> Iterator[tuple[int, int | None]]:
    """Items that are not in the state that follows from their decisions, with the number of the decision that holds."""
    states = " ".join(
        f"WHEN '{verdict}' THEN '{state}'"
        for verdict, state in (
            ("confirmed", "decided"), ("corrected", "decided"), ("skipped", "skipped"), ("unsure", "unsure"),
            ("flagged", "flagged"), ("automatic", "automatic"),
        )
    )  # fmt: skip
    rows = database.execute_sql(
        "SELECT i.idx, s.number FROM item AS i LEFT JOIN ("  # noqa: S608 - our own words
        # With max() SQLite takes the other columns from the row that has it.
        "SELECT d.idx, max(d.number) AS number, d.verdict, d.label_id, d.findings FROM decision AS d"
        " WHERE d.verdict NOT IN ('retracted', 'repeated')"
        " AND NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = d.number)"
        f" GROUP BY d.idx) AS s ON s.idx = i.idx WHERE i.state IS NOT CASE s.verdict {states} ELSE 'todo' END"
        " OR i.label_id IS NOT s.label_id OR i.findings IS NOT s.findings ORDER BY i.idx LIMIT ?",
        (limit,),
    )
    yield from rows
