"""Backups beside the window: every half hour of change and whenever a project is left, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QObject, QThreadPool, QTimer, Signal, SignalInstance

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.gui.bridge import Bridge, Message
from hitl_desktop.gui.on_record import put_on_record
from hitl_desktop.language import tr, trn

if TYPE_CHECKING:  # the store comes with the first project, not with the first paint
    from hitl_desktop.domain.protocols import CancelCheck, Progress

_LOOKS_EVERY_MS: Final = 60_000


class BackupKeeper(QObject):
    """`moved(done, total)` while one is made, `idle()` when nothing is being made any more.

    `restored(folder, result)` after `restore`: what it gave, or the KnownError that hindered it. To be used from the
    window's thread only; `close` must be called before the program ends.
    """

    moved = Signal(int, int)
    idle = Signal()
    restored = Signal(Path, object)
    _ended = Signal(object, object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._leaving: Path | None = None
        self._told_behind = False
        self._items = 0
        self._stop = threading.Event()
        self._waiting = 0
        self._threads = QThreadPool(self)
        self._threads.setMaxThreadCount(1)
        self._ended.connect(self._take)
        bridge.closing.connect(self._note_leaving)
        bridge.project_changed.connect(self.left)
        bridge.changed.connect(self._look_at_the_second_record)
        timer = QTimer(self)
        timer.timeout.connect(self.look)
        timer.start(_LOOKS_EVERY_MS)

    @property
    def is_busy(self) -> bool:
        """True while a backup is made or restored."""
        return self._waiting > 0

    def look(self) -> None:
        """Begin a backup of the open project if one is due; tell once when its second record cannot be written."""
        if not self._bridge.is_open or self.is_busy:
            return
        self._look_at_the_second_record()
        from hitl_desktop.workflow.backing_up import BackedUp, back_up, backup_is_due

        store = self._bridge.desk.project.store
        has_grown = store.items.count() > self._items  # items are in no second record
        self._items = store.items.count()
        if backup_is_due(store) or (has_grown and store.changed_at is not None):
            changed, store.changed_at = store.changed_at, None

            def ended(result: object) -> None:
                if isinstance(result, BackedUp):
                    put_on_record(self._bridge, store.folder, Happening.BACKED_UP, file=result.backup.file.name)
                else:
                    store.changed_at = changed

            self._start(partial(back_up, store.folder), ended)

    def _look_at_the_second_record(self) -> None:
        is_behind = self._bridge.is_open and self._bridge.desk.project.store.second_record_is_behind
        if is_behind and not self._told_behind:
            words = tr("The second record cannot be written. Your decisions are saved in the database. Check the disk.")
            self._bridge.notified.emit(Message(words, "warn"))
        self._told_behind = is_behind

    def left(self) -> None:
        """The project that was open may have been left: what was changed in it is backed up."""
        self._items = self._bridge.desk.project.store.items.count() if self._bridge.is_open else 0
        folder, self._leaving = self._leaving, None
        if folder is None:
            return
        if self._bridge.is_open and self._bridge.desk.project.folder == folder:  # it was not left after all
            return
        from hitl_desktop.workflow.backing_up import COMPARED_ON_LEAVING, back_up

        self._start(partial(back_up, folder, compared_at_most=COMPARED_ON_LEAVING))

    def restore(self, folder: Path, file: Path) -> None:
        """Put a backup in the place of a project's database; the project must be closed. `restored` tells the end."""
        from hitl_desktop.workflow.backing_up import restore

        self._start(lambda _progress, _cancelled: restore(folder, file), partial(self.restored.emit, folder))

    def finish(self, patience_ms: int) -> bool:
        """Wait a moment for what is being made; False when it takes longer. Then `idle` tells when it is done."""
        return not self.is_busy or bool(self._threads.waitForDone(patience_ms))

    def stop(self) -> None:
        """Make no backup after all; nothing is left of it. What is being restored comes to its end."""
        self._stop.set()

    def close(self) -> None:
        """Stop, wait for the thread, and hear how it ended. Twice does no harm."""
        self.stop()
        self._threads.waitForDone()
        QCoreApplication.sendPostedEvents(self)

    def _note_leaving(self) -> None:
        store = self._bridge.desk.project.store
        self._leaving = store.folder if store.changed_at is not None else None

    def _start(
        self, work: Callable[[Progress, CancelCheck], object], ended: Callable[[object], None] = lambda _: None
    ) -> None:
        self._stop.clear()
        self._waiting += 1
        self._threads.start(lambda: self._work(work, ended))

    def _work(self, work: Callable[[Progress, CancelCheck], object], ended: Callable[[object], None]) -> None:
        """In the thread. Nothing that goes wrong may leave the window waiting."""
        result: object
        try:
            result = work(lambda done, total, _: self._say(self.moved, done, total), self._stop.is_set)
        except Cancelled as error:
            result = error
        except Exception as error:
            result = error
        self._say(self._ended, ended, result)

    @staticmethod
    def _say(signal: SignalInstance, *what: object) -> None:
        """From the thread; the window may have gone meanwhile, and then nobody waits."""
        with suppress(RuntimeError):
            signal.emit(*what)

    def _take(self, ended: Callable[[object], None], result: object) -> None:
        self._waiting -= 1
        ended(result)
        if differing := getattr(result, "differing", 0):
            words = trn(
                "{n} decision is not the same in the database and in the second record. See the command rebuild.",
                "{n} decisions are not the same in the database and in the second record. See the command rebuild.",
                differing,
            )
            self._bridge.notified.emit(Message(words, "danger"))
        if isinstance(result, KnownError):
            self._bridge.notified.emit(Message(str(result), "warn"))
        elif isinstance(result, Exception) and not isinstance(result, Cancelled):
            self._bridge.notified.emit(Message(tr("The backup failed. Your decisions are saved."), "warn"))
        if not self.is_busy:
            self.idle.emit()
