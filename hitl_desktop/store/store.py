"""One project folder on disk: the database, the journal beside it and the lock."""

import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee

from hitl_desktop.domain.decisions import Decision, Slot
from hitl_desktop.domain.errors import KnownError, ProjectRefused
from hitl_desktop.domain.evidence import Evidence
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.sentences import say
from hitl_desktop.store import database as db
from hitl_desktop.store.classes import ClassTable
from hitl_desktop.store.decisions import DecisionLog
from hitl_desktop.store.event_columns import EventColumns
from hitl_desktop.store.history import HistorySearch
from hitl_desktop.store.item_files import ItemFileTable
from hitl_desktop.store.item_search import ItemSearch
from hitl_desktop.store.items import ItemTable
from hitl_desktop.store.journal import Journal, entry
from hitl_desktop.store.lock import ProjectLock
from hitl_desktop.store.migrate import current_version, migrate, version_of
from hitl_desktop.store.models import ModelTable
from hitl_desktop.store.policies import PolicyTable
from hitl_desktop.store.record_search import RecordSearch

_log = logging.getLogger(__name__)
DATABASE = "project.sqlite3"
_SUBFOLDERS = ("models", "features", "scores", "backups")


class Store:
    """The only place that speaks SQL. Use `create` or `open`; belongs to the thread that made it.

    `items`, `item_files`, `decisions`, `classes`, `models` and `policies` are the tables, `search` looks for items,
    `records` in their columns, `history` for past decisions, `events` reads these as columns; facts about the project
    are read with `fact` and written with `set_fact`; every change runs inside `transaction`.
    """

    def __init__(self, folder: Path, lock: ProjectLock | None, database: peewee.SqliteDatabase) -> None:
        self.folder = folder
        self._lock = lock
        self._database = database
        self._path = folder / DATABASE
        self.items = ItemTable(database)
        self.item_files = ItemFileTable(database)
        self.search = ItemSearch(database)
        self.records = RecordSearch(database)
        self.history = HistorySearch(database)
        self.decisions = DecisionLog(database, self.items)
        self.events = EventColumns(database)
        self.models = ModelTable(database)
        self.classes = ClassTable(database)
        self.policies = PolicyTable(database)
        # Facts are asked for with every row that is painted; a transaction that fails forgets them.
        self._known_facts: dict[str, Any] | None = None
        self._journal = Journal(folder / "decisions.jsonl")
        self._journal_is_behind = False

    @classmethod
    def create(cls, folder: Path) -> "Store":
        """Make a new project folder. Raises KnownError when something is already there or it cannot be written."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise KnownError(
                    say("{name} already exists and is not empty.", name=folder.name),
                    say("Choose another name for the project."),
                )
            for name in _SUBFOLDERS:
                (folder / name).mkdir()
        except OSError as error:
            raise KnownError(
                say(
                    "The project cannot be made in {folder}: {why}.", folder=str(folder.parent), why=str(error.strerror)
                ),
                say("Choose a place where you may write."),
            ) from error
        return cls._start(folder, is_new=True)

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """Open a project. Raises ProjectRefused (missing, damaged, in use, newer) and leaves it as it was."""
        db.check_is_ours(folder / DATABASE, current_version())
        return cls._start(folder, is_new=False)

    @classmethod
    def reader(cls, folder: Path) -> "Store":
        """A connection that only reads, beside the one writer: it takes no lock and never checkpoints.

        Raises ProjectRefused.
        """
        path = folder / DATABASE
        with db.told(path):
            connection = db.connect_for_reading(path)
        try:
            db.check_read(connection, path, current_version())
        except BaseException:
            connection.close()
            raise
        with db.told(path):
            return cls(folder, None, connection)

    @classmethod
    def _start(cls, folder: Path, *, is_new: bool) -> "Store":
        lock = ProjectLock(folder)
        path = folder / DATABASE
        connection: peewee.SqliteDatabase | None = None
        try:
            with db.told(path):
                connection = db.connect(path)
                db.check_sound(connection, path)
                if not is_new and version_of(connection) == 0:
                    raise db.not_ours(path)
                migrate(connection, path)
            store = cls(folder, lock, connection)
            with db.told(path):
                store._catch_up_journal()
        except BaseException:
            if connection is not None:
                connection.close()
            lock.release()
            raise
        return store

    @property
    def is_writer(self) -> bool:
        """False for a connection that only reads."""
        return self._lock is not None

    def close(self) -> None:
        """Checkpoint, close and let others in."""
        if self._lock is None:
            self._database.close()
            return
        if not self._database.is_closed():
            try:
                self._database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            except (peewee.DatabaseError, sqlite3.Error):  # the log is safe in the WAL; the next open replays it
                pass
            finally:
                self._database.close()
        self._lock.release()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when it returns. Raises KnownError for what the disk refuses."""
        try:
            with db.told(self._path), self._database.atomic():
                yield
        except BaseException:
            self._known_facts = None
            raise

    def fact(self, key: str, default: Any = None) -> Any:
        """A fact about the project (JSON value)."""
        if self._known_facts is None:
            rows = self._database.execute_sql("SELECT key, value FROM project")
            self._known_facts = {name: json.loads(value) for name, value in rows}
        return self._known_facts.get(key, default)

    def set_fact(self, key: str, value: Any) -> None:
        """Write a fact; inside a transaction when it belongs to a larger change."""
        self._database.execute_sql("INSERT OR REPLACE INTO project(key, value) VALUES (?, ?)", (key, json.dumps(value)))
        if self._known_facts is not None:
            self._known_facts[key] = value

    def labels(self) -> list[Label]:
        """The classes in their order, retired ones too."""
        return self.classes.all()

    def add_labels(self, names: Sequence[str]) -> list[Label]:
        """Add classes at the end of the order; returns the new ones. Names already there are left alone."""
        return self.classes.add(names)

    def record(self, decision: Decision, *, current: int | None, slot: Slot | None = None) -> Decision:
        """Make one decision durable, together with the item to show next and why; then write it to the journal.

        Raises KnownError when the disk refuses: then nothing was saved. A journal that cannot be written is no
        such refusal, as the decision is saved: it is caught up with the next one, or when the project is opened.
        """
        return self.record_step([decision], current=current, slot=slot)[-1]

    def record_step(
        self,
        decisions: Sequence[Decision],
        *,
        current: int | None,
        slot: Slot | None = None,
        note: str = "",
        evidence: Evidence | None = None,
    ) -> list[Decision]:
        """As `record`, for events on one item that belong together: all of them are saved, or none.

        `note` and `evidence` stay as the item's draft: what was taken back and can be used again.
        """
        with self.transaction():
            before = self.decisions.count()
            stored = [self.decisions.append(decision) for decision in decisions]
            self.items.set_draft(stored[-1].item_index, note, evidence)
            self.set_fact("current", current)
            self.set_fact("current_slot", slot.value if slot else None)
        new = [decision for decision in stored if decision.number > before]
        if new:
            self._follow_in_journal(new)
        return stored

    def record_many(self, decisions: Sequence[Decision], *, current: int | None, slot: Slot | None) -> None:
        """As `record`, for one step over many items: all events are saved, or none."""
        with self.transaction():
            self.decisions.append_many(decisions)
            self.set_fact("current", current)
            self.set_fact("current_slot", slot.value if slot else None)
        self.follow_journal()

    def _follow_in_journal(self, decisions: Sequence[Decision]) -> None:
        try:
            if self._journal_is_behind:
                self._catch_up_journal()
            else:
                self._write_journal(decisions)
            self._journal_is_behind = False
        except OSError as error:
            self._journal_is_behind = True
            _log.warning("The journal could not be written after decision %d: %s", decisions[-1].number, error)

    def follow_journal(self) -> None:
        """Bring the journal up to the log after several decisions; if it cannot be written, it is caught up later."""
        try:
            self._catch_up_journal()
            self._journal_is_behind = False
        except OSError as error:
            self._journal_is_behind = True
            _log.warning("The journal could not be written: %s", error)

    def _catch_up_journal(self) -> None:
        """Write decisions that are in the database and not in the journal (a crash between the two)."""
        missing = self.decisions.all(after=self._journal.last_number())
        if missing:
            self._write_journal(missing)

    def catch_up_journal(self) -> None:
        """Bring the journal up to the log, after decisions were added in bulk."""
        self._catch_up_journal()

    def _write_journal(self, decisions: Sequence[Decision]) -> None:
        names = {label.id: label.name for label in self.labels()}
        digests = {item.index: item.digest for item in self.items.many([d.item_index for d in decisions])}
        self._journal.append(
            entry(d, digests[d.item_index], lambda i: names.get(i) if i is not None else None) for d in decisions
        )


def is_project(folder: Path) -> bool:
    """True when the folder looks like one of our projects."""
    return (folder / DATABASE).is_file()


__all__ = ["DATABASE", "ProjectRefused", "Store", "is_project"]
