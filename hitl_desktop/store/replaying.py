"""What the second record has beyond the database: taken back into it when a project is opened.

The database is durable before the second record is written, so a record that is ahead tells of a database that was put
back: from a backup, or by hand.
"""

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import peewee

from hitl_desktop.domain.decisions import Decision
from hitl_desktop.store.classes import ClassTable
from hitl_desktop.store.decisions import DecisionLog
from hitl_desktop.store.facts import FactTable
from hitl_desktop.store.items import ItemTable
from hitl_desktop.store.journal import Journal
from hitl_desktop.store.second_record import SecondRecord, classes_in, decision_in, operation_in
from hitl_desktop.store.second_tables import STEERED_ELSEWHERE, STEERING

_log = logging.getLogger(__name__)
_AT_ONCE = 2000
UNFIT: Final = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    OverflowError,
    peewee.IntegrityError,
    peewee.ProgrammingError,
    peewee.InterfaceError,
)
"""What a table refuses rows with that somebody else wrote."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was taken from the second record: decisions, operations on classes, and `further` rows: profiles,
    signatures, masks, steering. `unplaced` are decisions that could not be, `left` such rows: their items are not in
    this project, or their lines are damaged.
    """

    decisions: int = 0
    operations: int = 0
    unplaced: int = 0
    further: int = 0
    left: int = 0

    def __bool__(self) -> bool:
        return any((self.decisions, self.operations, self.unplaced, self.further, self.left))


class Replaying:
    """Brings database and second record to the same. Runs inside a transaction that the caller holds."""

    def __init__(
        self,
        database: peewee.SqliteDatabase,
        record: SecondRecord,
        decisions: DecisionLog,
        classes: ClassTable,
        items: ItemTable,
    ) -> None:
        self._database = database
        self._record = record
        self._decisions = decisions
        self._classes = classes
        self._items = items

    def reconcile(self) -> Replayed:
        """Take what only the second record has. One that tells of something else is set aside, and made anew.

        Raises OSError where the files cannot be read; nothing is lost then.
        """
        replayed = Replayed()
        if self._fits(self._record.decisions):
            replayed = self.replay()
        decisions = self._record.decisions
        if not self._fits(decisions) or self._ends_in_rubbish(decisions) or self._lacks_some():
            self._record.decisions.set_aside()
        if self._ends_in_rubbish(self._record.classes) or self._has_gap(self._record.classes):
            self._record.classes.set_aside()
        further, left = self._record.tables.reconcile()
        if STEERING in self._record.tables.taken:
            FactTable(self._database).put(STEERED_ELSEWHERE, True)
        return replace(replayed, further=further, left=left)

    def replay(self) -> Replayed:
        """Add the events that come after the last one of the database, each with its number and id."""
        operations = self._replay_classes()
        after = self._decisions.count()
        if self._last_number() <= after:
            return Replayed(operations=operations)
        index_of = {digest: index for index, digest in enumerate(self._items.digests())}
        made, unplaced, placed = 0, 0, set[int]()
        pending: list[Decision] = []
        for line in self._record.decisions.lines():
            if line["number"] <= after:
                continue
            after = line["number"]
            decision = self._placed(line, index_of, placed)
            if decision is None:
                unplaced += 1
                continue
            placed.add(decision.number)
            pending.append(decision)
            if len(pending) == _AT_ONCE:
                made, pending = made + self._add(pending), []
        made += self._add(pending)
        unplaced += len(placed) - made
        _log.info("Taken from the second record: %d decisions, %d not placed", made, unplaced)
        return Replayed(made, operations, unplaced)

    def _add(self, events: Sequence[Decision]) -> int:
        """Add events without those that the tables refuse, as they name a class or a decision that is not there.

        Returns how many were added. Somebody may have changed the file.
        """
        try:
            with self._database.atomic():
                self._decisions.append_as_numbered(events)
            return len(events)
        except UNFIT:
            return 0 if len(events) == 1 else sum(self._add([event]) for event in events)

    def _placed(self, line: Mapping[str, object], index_of: Mapping[str, int], placed: set[int]) -> Decision | None:
        """The decision of a line, if its item and the decisions that it refers to are there."""
        decision = decision_in(line, index_of)
        if decision is None:
            return None
        first = min(placed, default=decision.number)
        for number in (decision.retracts, decision.follows):
            if number is not None and number >= first and number not in placed:
                return None
        return decision

    def _replay_classes(self) -> int:
        last = self._classes.last_operation()
        lines = [line for line in self._record.classes.lines() if line["number"] > last]
        if not lines:
            return 0
        try:
            operations = [operation_in(line) for line in lines]
            with self._database.atomic():
                self._classes.put(classes_in(lines[-1]))
                for operation in operations:
                    if operation is not None:
                        self._classes.append(operation)
        except (ValueError, *UNFIT):  # what it names cannot be: the database is sound, and opens without it
            self._record.classes.set_aside()
            return 0
        return len(operations)

    def _last_number(self) -> int:
        """The highest number in the second record, also where its last line is damaged."""
        last = self._record.decisions.last()
        if last is not None:
            return int(last["number"])
        return max((int(line["number"]) for line in self._record.decisions.lines()), default=0)

    def _fits(self, journal: Journal) -> bool:
        """True unless the last event that both have is not the same."""
        count = self._decisions.count()
        last = journal.last()
        if last is not None and last["number"] > count:
            last = next((line for line in journal.lines() if line["number"] == count), None)
        if last is None or last["number"] == 0:
            return True
        known = self._decisions.numbered([int(last["number"])])
        return bool(known) and known[0].event_id == last.get("event_id")

    def _ends_in_rubbish(self, journal: Journal) -> bool:
        return journal.path.exists() and journal.path.stat().st_size > 0 and journal.last() is None

    def _has_gap(self, journal: Journal) -> bool:
        """True where numbers are missing of a file that has every number; a short one, as it is read whole."""
        numbers = [line["number"] for line in journal.lines()]
        return any(after != before + 1 for before, after in pairwise(numbers))

    def _lacks_some(self) -> bool:
        """True where a file in which somebody deleted, or which was put back from a copy, has a gap."""
        return self._record.decisions.lacks(self._decisions.count_up_to(self._last_number()))
