"""Looks through the record: whether its events hang together, and whether every row is as they say.

Everything is read in order and in large pieces, the events and beside them the rows they are about, so a million of
either takes seconds and little memory.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import peewee

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.record_events import BEFORE_THE_FIRST, CHAIN_MARK, Happening, Part
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.record_faults import Faults, thing
from hitl_desktop.store.record_rows import digest, row_texts
from hitl_desktop.store.record_table_check import Event, Numbered, TableCheck, said_in
from hitl_desktop.store.record_tables import ADDED, KEPT, columns_of

_EVENTS_AT_ONCE: Final = 4000
_PASSING: Final = frozenset(
    {
        *(Happening.CLOSED, Happening.CLOCK, Happening.ZONE, Happening.EXPORTED, Happening.REPORTED, Happening.COPIED),
        Happening.NOT_TRAINED,
    }
)
"""What there may be any number of, and nothing follows from."""


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
        self.models: list[Event] = []
        """Those that tell of the card of a model version."""
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
            if name == "model":
                self.models += [Event(number, said) for number, said in events if "card" in said]
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
        elif do == Happening.BESIDE:
            self.models.append(event)
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
        # An item at a time, from its last decision back: grouping all decisions at once takes twice as long.
        "SELECT i.idx, s.number FROM item AS i LEFT JOIN decision AS s ON s.number = ("  # noqa: S608 - our own words
        "SELECT d.number FROM decision AS d WHERE d.idx = i.idx AND d.verdict NOT IN ('retracted', 'repeated')"
        " AND d.number NOT IN (SELECT r.retracts FROM decision AS r WHERE r.retracts IS NOT NULL)"
        f" ORDER BY d.number DESC LIMIT 1) WHERE i.state IS NOT CASE s.verdict {states} ELSE 'todo' END"
        " OR i.label_id IS NOT s.label_id OR i.findings IS NOT s.findings ORDER BY i.idx LIMIT ?",
        (limit,),
    )
    yield from rows
