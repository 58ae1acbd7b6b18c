"""One question at a time, answered in a thread beside the window: a newer one takes the place of the one before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QThreadPool, Signal

from hitl_desktop.domain.errors import Cancelled

if TYPE_CHECKING:  # the store comes with the first project, not with the first paint
    from hitl_desktop.workflow.looking import Looking


def close_all(*owners: QObject) -> None:
    """Stop whatever these, and what belongs to them, look for, and wait for the threads: before the program ends. One
    that asks for the interpreter once that has gone takes the program down with it.
    """
    for owner in owners:
        for beside in owner.findChildren(Beside):
            beside.close()


class Beside(QObject):
    """`answered(answer)`, the error itself where one was raised; nothing follows of what was stopped.

    `busy_changed()` when looking begins, and when it has ended and the answer was told. To be used from the window's
    thread only. `close` must be called before the program ends; it is also called at its end.
    """

    answered = Signal(object)
    busy_changed = Signal()
    _ended = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looking: Looking | None = None
        self._threads = QThreadPool(self)
        self._threads.setMaxThreadCount(1)
        self._ended.connect(self._take)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    @property
    def is_busy(self) -> bool:
        """True while an answer is being looked for."""
        return self._looking is not None

    def look(self, looking: Looking, answer: Callable[[], object]) -> None:
        """Have this answered; `looking` is what it is stopped by."""
        self.stop()
        self._looking = looking
        self._threads.start(lambda: self._answer(looking, answer))
        self.busy_changed.emit()

    def stop(self) -> None:
        """Look no longer."""
        if self._looking is not None:
            self._looking.stop()
            self._looking = None
            self.busy_changed.emit()

    def close(self) -> None:
        """Stop, and wait for the thread. Twice does no harm."""
        self.stop()
        self._threads.waitForDone()

    def _answer(self, looking: Looking, answer: Callable[[], object]) -> None:
        """In the thread that looks. Nothing that goes wrong may leave the window waiting."""
        try:
            found = answer()
        except Cancelled:
            return
        except Exception as error:
            found = error
        with suppress(RuntimeError):  # the page has gone meanwhile, and nobody waits
            self._ended.emit(looking, found)

    def _take(self, looking: Looking, answer: object) -> None:
        if looking is self._looking:
            self._looking = None
            self.answered.emit(answer)
            self.busy_changed.emit()
