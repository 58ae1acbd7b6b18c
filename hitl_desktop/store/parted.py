"""One change of many rows, made in parts: its transaction stays open while others have their turn in between.

All of it is durable or none: until the commit nothing of it is there for anybody else who reads, nor after a kill.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import peewee

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.store.lock import ProjectLock
from hitl_desktop.store.record import Recorder
from hitl_desktop.store.second_record import SecondRecord

_PAGES: Final = 1000
"""SQLite's own: after a commit that leaves so many pages in the log beside the file, they are moved into it."""


class Parted:
    """The part of `Store` that this takes."""

    chain: Recorder
    _database: peewee.SqliteDatabase
    _record: SecondRecord
    _lock: ProjectLock | None

    finish_parts: Callable[[], object] | None = None
    """What makes such a change to its end: called when something else is to be changed while it is under way, so that
    nothing of others becomes a part of it.
    """
    _is_paused = False
    _lags = False

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Between two parts, inside the transaction: others may read, and whoever changes something waits for the rest.

        What was written so far is put on record now.
        """
        self.chain.follow()
        self._is_paused = True
        try:
            yield
        finally:
            self._is_paused = False

    @contextmanager
    def in_parts(self) -> Iterator[None]:
        """Around the transaction: what follows from its commit, the second record and the pages, is left to
        `follow_journal` and `settle_pages`, part by part. Where it fails there is nothing of it to follow.
        """
        self._lags = True
        self._database.execute_sql("PRAGMA wal_autocheckpoint = 0")
        try:
            yield
        except BaseException:
            self.settle_pages()
            raise
        finally:
            self._lags = False

    def settle_pages(self) -> None:
        """Move the pages of a large commit from the log into the file, as small ones do by themselves."""
        with suppress(KnownError):  # they are durable where they are, and the next commit tries again
            self._database.execute_sql(f"PRAGMA wal_autocheckpoint = {_PAGES}")
            self._database.execute_sql("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def follow_journal(self, most: int | None = None) -> bool:
        """Bring the second record up to the database: after every transaction, by itself. True when it is; with up to
        `most` decisions at once, more may be left.
        """
        return self._lock is None or self._record.follow(most)

    @property
    def second_record_is_behind(self) -> bool:
        """True while `decisions.jsonl` or `classes.jsonl` cannot be written: the database alone has the last steps."""
        return self._record.is_behind

    def _let_finish(self) -> None:
        if self._is_paused and self.finish_parts is not None:
            self.finish_parts()
