"""A step over thousands of items, made in turns of the event loop: the window answers in between."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError, ReasonNeeded

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.gui.bridge import Bridge
    from hitl_desktop.workflow.many_at_once import Made, Making

_TURN_SECONDS: Final = 0.008
"""A turn begins no further part after so long."""


class ManyAtOnce(QObject):
    """Belongs to the bridge, which has the step `finish` before anything else is done, so that nothing comes between
    its parts. It is published once, when all of it is durable.

    `progressed(done, of so many)` while it is being made, and once more, (0, 0), when it has ended.
    """

    progressed = Signal(int, int)

    def __init__(self, bridge: "Bridge") -> None:
        super().__init__(bridge)
        self._bridge = bridge
        self._making: Making | None = None
        self._made: Made | None = None
        self._ended: Callable[[Changes], None] = self._tell
        self._ask: Callable[[ReasonNeeded], object] | None = None
        self._refused: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)

    @property
    def is_busy(self) -> bool:
        """True while a step is being made."""
        return self._making is not None or self._made is not None

    def make(
        self,
        making: "Making",
        ended: Callable[[Changes], None] | None = None,
        ask: Callable[[ReasonNeeded], object] | None = None,
        refused: Callable[[], object] | None = None,
    ) -> None:
        """Make a step. `ended` gets what has changed, once that is published; without it, it is told. `ask` as in
        `Bridge.perform`; `refused` is called where nothing was saved, once it was told why.
        """
        self.finish()
        self._making, self._ended, self._ask, self._refused = making, ended or self._tell, ask, refused
        self._timer.start(0)

    def finish(self) -> None:
        """Make what is left of the step at once."""
        while self.is_busy:
            self._part()

    def _turn(self) -> None:
        if self._made is not None:
            self._part()
        until = time.perf_counter() + _TURN_SECONDS
        while self._making is not None and time.perf_counter() < until:
            self._part()

    def _part(self) -> None:
        if self._made is not None:
            self._end(self._made)
            return
        assert self._making is not None  # noqa: S101 - busy
        try:
            done, total = next(self._making)
            if total:
                self.progressed.emit(done, total)
        except StopIteration as ended:
            self._making, self._made = None, ended.value
        except KnownError as error:
            self._stop()
            if self._ask is not None and isinstance(error, ReasonNeeded):
                self._ask(error)
            else:
                self._bridge.tell(error)
            if self._refused is not None:
                self._refused()
        except BaseException:
            self._stop()
            raise

    def _end(self, made: "Made") -> None:
        """Publish it: a turn of its own, as much is shown anew."""
        self._stop()
        self._bridge.perform(lambda: made.changes, self)
        self._ended(made.changes)
        if made.error is not None:
            self._bridge.tell(made.error)
        self._bridge.prepare_when_idle()  # nothing began meanwhile

    def _stop(self) -> None:
        self._making = self._made = None
        self._timer.stop()
        self.progressed.emit(0, 0)

    def _tell(self, changes: Changes) -> None:
        from hitl_desktop.gui.bridge import Message

        self._bridge.notified.emit(Message(changes.told, "ok"))
