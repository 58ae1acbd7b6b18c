"""Goes through decisions in step with the events about them, fast where each has an event of its own.

Such an event is known by its text: all that it says of its decision follows from the row that comes next, so that text
is put together and looked for in the event. Between the time at its beginning and the milliseconds at its end nothing
is left that would have to be read. Events that say anything else are read, and looked at as those of any table.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final

import peewee

from hitl_desktop.domain.record_events import Part
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.decision_texts import Classes, DecisionTexts
from hitl_desktop.store.record_faults import Faults
from hitl_desktop.store.record_lines import Lines
from hitl_desktop.store.record_table_check import Event, TableCheck, WidthOf, said_in
from hitl_desktop.store.record_tables import ADDED

_TABLE: Final = next(table for table in ADDED if table.name == "decision")
_MARK: Final = '"of":"decision"'
_BEGIN: Final = '{"at":"'
_TIME: Final = len(_BEGIN + "2026-11-29T04:50:00.123456+00:00")
_LONGEST: Final = 18
"""Digits of milliseconds, which are more than the world will have."""

Row = tuple[int, str, bytes]
"""An event as it is stored: number, body, hash."""


class DecisionCheck(TableCheck):
    """The decisions that events tell of, from the first of them on. With `lines`, they are compared with their lines
    in the second record.
    """

    def __init__(self, database: peewee.SqliteDatabase, faults: Faults, lines: Lines | None = None) -> None:
        super().__init__(database, _TABLE, faults)
        self._lines = lines
        self._source: DecisionTexts | None = None
        self._heads: list[str] = []
        self._classes: list[Classes] = []
        self._session: object = None
        self._after = ""
        self._first: int | None = None
        self._told = 0

    @property
    def told(self) -> tuple[int, int, int] | None:
        """The first and the last number that events told of, and of how many decisions; None before there was one."""
        return None if self._first is None else (self._first, self._upto, self._told)

    def go_through(self, piece: Sequence[Row], width_of: WidthOf, other: Callable[[int, dict[str, Any]], None]) -> None:
        """Check what the events of a piece, which are chained, tell of decisions; `other` gets all that tell of
        something else, each in its turn.
        """
        times, ends = list[str](), list[str]()
        sha256, begin, keys, texts = hashlib.sha256, self._begin, self._keys, self._texts
        for number, body, _ in piece:
            if _MARK in body and (self._place < len(keys) or self._has_more()):
                key = keys[self._place]
                row = texts[self._place].removesuffix(self._after).encode("ascii")
                said = (
                    f'","do":"rows","first":{key},"in":{self._session},"last":{key},"n":{number},{_MARK},'
                    f'"sha":"{sha256(begin + row + b"]]").hexdigest()}","up":'
                )
                end = body[_TIME + len(said) :]
                if body.startswith(said, _TIME) and self._upto < key and end[-1:] == "}" and end[:-1].isdecimal():
                    times.append(body[:_TIME])
                    ends.append(end)
                    self._place, self._upto = self._place + 1, key
                    continue
            self._read(number, body, width_of, other)
        self._told += len(times)
        self._drop()
        if not _are_plain(times, ends):
            self._is_none(piece[0][0])

    def _read(self, number: int, body: str, width_of: WidthOf, other: Callable[[int, dict[str, Any]], None]) -> None:
        said = said_in(body)
        if said.get("n") != number:
            self._is_none(number)
        elif said.get("do") != "rows" or said.get("of") != _TABLE.name:
            other(number, said)
        else:
            width, first, rows = width_of(said.get("in"), _TABLE.name), said.get("first"), said.get("rows", 1)
            if not (type(first) is type(rows) is int):
                self._is_none(number)
                return
            self._session, self._after = said.get("in"), self._later(width or self._width)
            self._first = first if self._first is None else self._first
            self._source = self._source or DecisionTexts(self._database, first)
            self._told += rows
            self._look_closer(Event(number, said), width)

    def _is_none(self, number: int) -> None:
        what = say("Event {number} is not what was recorded, or not in its place.", number=str(number))
        self._faults.add(Part.CHAIN, number, "", what)

    def _has_more(self) -> bool:
        if self._source is None:
            return False
        self._drop()
        self._fill()
        return bool(self._keys)

    def _drop(self) -> None:
        place = self._place
        if self._lines is not None and place:
            self._lines.compare(self._keys[:place], self._heads[:place], self._classes[:place])
        del self._heads[:place], self._classes[:place]
        super()._drop()

    def _next(self) -> tuple[list[int], list[str]]:
        keys, texts, heads, classes = self._source.next() if self._source is not None else ([], [], [], [])
        self._heads += heads
        self._classes += classes
        return keys, texts


def _are_plain(times: Sequence[str], ends: Sequence[str]) -> bool:
    """Whether all events of which these are left begin with nothing but a time, and end with nothing but a number."""
    begun, up = "".join(times), "".join(ends)
    return (
        {time[: len(_BEGIN)] for time in times} == {_BEGIN}
        and begun.count('"') == len(times) * _BEGIN.count('"')
        and "\\" not in begun
        and begun.isascii()
        and begun.isprintable()
        and up.isascii()
        and max(map(len, ends), default=0) <= _LONGEST
        and not any(end[0] == "0" and end != "0}" for end in ends)
    ) or not times
