"""One project folder on disk: the database, the journal beside it and the lock."""

import logging
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import peewee

from hitl_desktop.domain.decisions import Decision, Slot
from hitl_desktop.domain.errors import DiskTrouble, KnownError, ProjectRefused
from hitl_desktop.domain.evidence import Evidence
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.domain.responses import Response
from hitl_desktop.domain.reviewers import Reviewer, Sitting
from hitl_desktop.domain.sentences import say
from hitl_desktop.store import database as db
from hitl_desktop.store.automation import AutomationTable
from hitl_desktop.store.batches import BatchTable
from hitl_desktop.store.certificates import AuditTable
from hitl_desktop.store.classes import ClassTable
from hitl_desktop.store.connection import ProjectDatabase
from hitl_desktop.store.database import DATABASE
from hitl_desktop.store.decisions import DecisionLog
from hitl_desktop.store.event_columns import EventColumns
from hitl_desktop.store.facts import FactTable
from hitl_desktop.store.first_answers import FirstAnswers
from hitl_desktop.store.history import HistorySearch
from hitl_desktop.store.item_files import ItemFileTable
from hitl_desktop.store.item_search import ItemSearch
from hitl_desktop.store.items import ItemTable
from hitl_desktop.store.known import Known
from hitl_desktop.store.lock import ProjectLock
from hitl_desktop.store.masks import MaskTable
from hitl_desktop.store.migrate import current_version, migrate
from hitl_desktop.store.models import ModelTable
from hitl_desktop.store.notes_beside import take_notes
from hitl_desktop.store.own_schema import check_own
from hitl_desktop.store.parted import Parted
from hitl_desktop.store.policies import PolicyTable
from hitl_desktop.store.record import Recorder
from hitl_desktop.store.record_search import RecordSearch
from hitl_desktop.store.refusals import DiskFailing, told, understood
from hitl_desktop.store.replaying import Replayed, Replaying
from hitl_desktop.store.reviewers import ReviewerTable, Seat
from hitl_desktop.store.second_record import SecondRecord
from hitl_desktop.store.second_tables import SecondTables
from hitl_desktop.store.signatures import SignatureTable
from hitl_desktop.store.standing_file import StandingFile
from hitl_desktop.store.steering import SteeringTable

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_SUBFOLDERS = ("models", "features", "scores", "backups")


class Store(Parted):
    """The only place that speaks SQL. Use `create` or `open`; belongs to the thread that made it.

    `items`, `item_files`, `batches`, `decisions`, `classes`, `models`, `policies` and `audits` are the tables, `search`
    looks for items, `answers` for what reviewers first said, `records` in their columns, `history` for past decisions,
    `events` reads these as columns, `automation` for what nobody decided, `reviewers` and `signatures` are who did and
    who signed, `masks` what is painted over in copies; `chain` puts every change on record; facts about the project are
    read with `fact` and written with `set_fact`; every change runs inside `transaction`.
    """

    def __init__(self, folder: Path, lock: ProjectLock | None, database: peewee.SqliteDatabase) -> None:
        self.folder = folder
        self._lock = lock
        self._database = database
        self._path = folder / DATABASE
        self._known = known = Known(database, keeps=lock is not None)
        self.items = ItemTable(database, known)
        self.item_files = ItemFileTable(database)
        self.batches = BatchTable(database)
        self.search = ItemSearch(database)
        self.records = RecordSearch(database)
        self.steering = SteeringTable(database)
        self.history = HistorySearch(database)
        self.decisions = DecisionLog(database, self.items, known)
        self.answers = FirstAnswers(database)
        self.events = EventColumns(database)
        self.automation = AutomationTable(database, self.decisions, known)
        self.models = ModelTable(database)
        self.classes = ClassTable(database, known)
        self.policies = PolicyTable(database)
        self.audits = AuditTable(database)
        self.reviewers = ReviewerTable(database)
        self._seat = Seat(self.reviewers)
        self.signatures = SignatureTable(database)
        self.masks = MaskTable(database)
        self._facts = FactTable(database)
        self._remembered: dict[str, tuple[tuple[int, Hashable], object]] = {}
        self.chain = Recorder(database, folder)
        self.second_tables = SecondTables(folder, database, self.chain.last_of)
        self._record = SecondRecord(folder, self.decisions, self.classes, self.items, self.second_tables)
        self._must_settle, self._stands = False, StandingFile(self._path) if lock else None
        self.is_refused = False
        """True from a step that the disk refused until one is saved."""
        self.replayed = Replayed()
        """What the second record had beyond the database when it was opened."""
        self.changed_at: float | None = None
        """When the first change was made that no backup has (`time.monotonic`)."""

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
        db.check_is_there(folder / DATABASE)
        return cls._start(folder, is_new=False)

    @classmethod
    def reader(cls, folder: Path) -> "Store":
        """A connection that only reads, beside the one writer: no lock, no checkpoints. Raises ProjectRefused."""
        return cls.reader_of(folder / DATABASE)

    @classmethod
    def reader_of(cls, path: Path) -> "Store":
        """The same for any file that is a project's database, as a backup is."""
        with told(path, is_reading=True):
            connection = db.connect_for_reading(path)
        try:
            db.check_read(connection, path, current_version())
        except BaseException:
            connection.close()
            db.tidy(path)
            raise
        with told(path, is_reading=True):
            return cls(path.parent, None, connection)

    @classmethod
    def _start(cls, folder: Path, *, is_new: bool) -> "Store":
        lock = ProjectLock(folder)
        path = folder / DATABASE
        connection: ProjectDatabase | None = None
        try:
            if not is_new:
                db.check_is_ours(path, current_version())
            with understood(path), told(path, is_reading=True):
                connection = db.connect(path, is_opening=True)
                db.check_sound(connection, path)
                if not is_new:
                    check_own(connection, path)
                migrate(connection, path)
            store = cls(folder, lock, connection)
            with understood(path), told(path, is_reading=True):
                store.chain.start()
                store._reconcile()
                connection.begins_to_save()
            take_notes(store)
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
        """Checkpoint, close and let others in; one that read leaves nothing behind."""
        if self._lock is None:
            self._database.close()
            db.tidy(self._database.path)
            return
        if not self._database.is_closed():
            try:
                self._end_record()
                self._database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            except KnownError:  # what is saved is safe in the log beside the file; the next open takes it over
                pass
            finally:
                self._database.close()
        self._lock.release()

    def _end_record(self) -> None:
        """The last event of a session, anchored. One that changed nothing has none."""
        if self._must_settle:
            return
        with self.transaction():  # rows that were written outside of the store's own transactions, as rebuilding does
            pass
        take_notes(self)
        if self.chain.is_open:
            self.note(Happening.CLOSED)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when it returns; inside another one, a part of that. The second record follows.

        Raises DiskTrouble for what the disk refuses: then nothing was saved, and the same can be tried again as soon as
        the disk is well.
        """
        self.check_writable()
        if self._database.in_transaction():
            yield
            return
        self._get_well()
        connection = self._database.connection()
        before, self._facts.passing = connection.total_changes, 0
        try:
            with told(self._path), self._database.atomic():
                yield
                is_change = connection.total_changes - before > self._facts.passing
                if is_change:
                    self._seat.note()
                self.chain.follow()
                if self._stands:
                    self._stands.check()
        except BaseException as error:
            self.chain.forget()
            self._facts.forget()
            self._remembered.clear()
            self.batches.forget()
            self.audits.forget()
            self._must_settle = self._must_settle or isinstance(error, DiskFailing)
            self.is_refused = self.is_refused or isinstance(error, DiskTrouble)
            raise
        self.is_refused = False
        self.chain.committed()
        self._seat.noted(is_change)
        if self.changed_at is None and is_change:
            self.changed_at = time.monotonic()
        if not self._lags:
            self.follow_journal()

    def _get_well(self) -> None:
        """After the disk failed, or the log was taken away: open the database anew and check it. Raises DiskTrouble."""
        if self._must_settle or (self._stands and not self._stands.has_log()):
            if db.settle(self._database, self._path) and self._stands:
                self._stands.forget_log()
            self._known.forget()  # it counts changes from the beginning
            self.chain.start()
            self._must_settle = False

    def remembered(self, name: str, asked: Hashable, work: Callable[[], _T]) -> _T:
        """What `work` answered to the same question before, where nothing has been written since: after a decision
        several views ask for the same. `work` reads of this project only what the database holds.
        """
        if self._database.in_transaction():  # what was written may be undone without leaving a trace
            return work()
        now = (self._database.connection().total_changes, asked)
        known = self._remembered.get(name)
        if known is None or known[0] != now:
            known = self._remembered[name] = (now, work())
        return cast("_T", known[1])

    def understood(self) -> AbstractContextManager[None]:
        """While the project is opened: contents that make no sense raise ProjectDamaged."""
        return understood(self._path)

    def fact(self, key: str, default: Any = None) -> Any:
        """A fact about the project (JSON value)."""
        return self._facts.get(key, default)

    def set_fact(self, key: str, value: Any) -> None:
        """Write a fact; inside a transaction when it belongs to a larger change."""
        self.check_writable()
        self._facts.put(key, value)

    @property
    def sitting(self) -> Sitting | None:
        """Who is at work, in whose name events are written; None before anybody sat down."""
        return self.decisions.sitting

    def sit(self, sitting: Sitting, reviewer: Reviewer | None = None) -> None:
        """From now on events are written in this name; on record, with `reviewer`, from the first change on."""
        self.decisions.sitting, self.chain.by = sitting, sitting.name
        self._seat.take(sitting, reviewer, self.decisions.count())

    def note(self, do: Happening, **facts: Any) -> None:
        """Put on record what happened beside changes of rows: with the transaction under way, or in one of its own.

        `facts` are values of JSON, without personal text. Nothing happens where the project is only read.
        """
        if not self.is_writer:
            return
        self.chain.note(do, **facts)
        if not self._database.in_transaction():
            with self.transaction():
                pass

    def record_head(self) -> tuple[int, str]:
        """The number and the hash (hex) of the last event on record: what a signature refers to."""
        return self.chain.head

    def check_writable(self) -> None:
        """Raise KnownError, with what to do, where nothing can be changed. What is made in parts is finished first."""
        self._let_finish()
        if not self.is_writer:
            raise KnownError(
                say("This project is open to read only: nothing was changed."),
                say("To decide, open it where nobody else has it open and where you may write."),
            )

    def remember_shown(self, current: int | None, slot: Slot) -> None:
        """Keep which item is on screen and why, for the next opening; not where the project is only read."""
        if not self.is_writer:
            return
        with self.transaction():
            self.set_fact("current", current)
            self.set_fact("current_slot", slot.value)

    def labels(self) -> list[Label]:
        """The classes in their order, retired ones too."""
        return self.classes.all()

    def add_labels(self, names: Sequence[str]) -> list[Label]:
        """Add classes at the end of the order; returns the new ones. Names already there are left alone."""
        return self.classes.add(names)

    def record(self, decision: Decision, *, current: int | None, slot: Slot | None = None) -> Decision:
        """Make one decision durable, together with the item to show next and why; then write it to the journal.

        One whose `event_id` is there already is returned as stored. Raises DiskTrouble when the disk refuses: then
        nothing was saved. A journal that cannot be written is no such refusal: it is caught up later.
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
        response: Response | None = None,
    ) -> list[Decision]:
        """As `record`, for events on one item that belong together: all of them are saved, or none.

        `note`, `evidence` and `response` stay as the item's draft: what was taken back and can be used again.
        """
        with self._known.following(), self.transaction():
            stored = [self.decisions.append(decision) for decision in decisions]
            self.items.set_draft(stored[-1].item_index, note, evidence, response)
            self.set_fact("current", current)
            self.set_fact("current_slot", slot.value if slot else None)
        return stored

    def record_many(self, decisions: Sequence[Decision], *, current: int | None, slot: Slot | None) -> None:
        """As `record`, for one step over many items: all events are saved, or none."""
        with self.transaction():
            self.decisions.append_many(decisions)
            self.set_fact("current", current)
            self.set_fact("current_slot", slot.value if slot else None)

    def record_automatic(self, decisions: Sequence[Decision]) -> None:
        """Make automatic decisions on items to do durable: what a person has on screen stays as it is."""
        with self.transaction():
            self.automation.decide(decisions)

    def _reconcile(self) -> None:
        """Take what only the second record has, then bring it up to the database."""
        replaying = Replaying(self._database, self._record, self.decisions, self.classes, self.items)
        try:
            with self._database.atomic():
                self.chain.via = "second record"
                self.replayed = replaying.reconcile()
                self.chain.follow()
            self.chain.committed()
        except OSError as error:
            self.chain.forget()
            _log.warning("The second record cannot be read: %s", type(error).__name__)
        finally:
            self.chain.via = ""
        self.follow_journal()


def is_project(folder: Path) -> bool:
    """True when the folder looks like one of our projects."""
    return (folder / DATABASE).is_file()


__all__ = ["DATABASE", "ProjectRefused", "Store", "is_project"]
