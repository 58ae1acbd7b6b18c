"""The watch list looked at while one works, whether or not anybody has opened the figures."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.bridge import Bridge, Message
from hitl_desktop.language import listed, tr

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.domain.event_table import EventTable

FIRST_LOOK_MS: Final = 15_000
"""After a project was opened: whoever opens one wants its first item, not its figures."""
SOON_MS: Final = 2_000
EVERY_STEPS: Final = 25


class Alerts(QObject):
    """Looks a while after opening, after each training, and every 25 steps of deciding, in a thread beside the window.

    What has newly left its limits goes into the log, and becomes a notice unless `is_seen()` says that the list itself
    is on screen. `wanted()`: somebody follows a notice.
    """

    wanted = Signal()

    def __init__(self, bridge: Bridge, is_seen: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._is_seen = bridge, is_seen
        self._known: EventTable | None = None
        self._outside: frozenset[str] = frozenset()
        self._since_last = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)
        self._beside = Beside(self)
        self._beside.answered.connect(self._take)
        bridge.project_changed.connect(self._begin)
        bridge.closing.connect(self._end)
        bridge.changed.connect(self._follow)
        self._begin()

    @property
    def is_busy(self) -> bool:
        """True while it looks."""
        return self._beside.is_busy

    def look(self) -> None:
        """Look now."""
        if not self._bridge.is_open:
            return
        from hitl_desktop.workflow.figures.asked import Beside as Answering
        from hitl_desktop.workflow.figures.asked import as_it_stands

        self._timer.stop()
        self._since_last = 0
        project, known, looking = as_it_stands(self._bridge.desk.project), self._known, Answering()

        def answer() -> object:
            from hitl_desktop.workflow.figures.compute import watched_of

            return looking.answer(project, lambda seen, check: watched_of(seen, known, check))

        self._beside.look(looking, answer)

    def close(self) -> None:
        """Stop, and wait for the thread."""
        self._end()
        self._beside.close()

    def _begin(self) -> None:
        self._end()
        self._known, self._outside, self._since_last = None, frozenset(), 0
        if self._bridge.is_open:
            self._timer.start(FIRST_LOOK_MS)

    def _end(self) -> None:
        self._timer.stop()
        self._beside.stop()

    def _follow(self, changes: "Changes") -> None:
        self._since_last += changes.decisions
        is_due = changes.model or self._since_last >= EVERY_STEPS
        if is_due and not 0 <= self._timer.remainingTime() <= SOON_MS:
            self._timer.start(SOON_MS)

    def _take(self, answer: Any) -> None:
        if isinstance(answer, KnownError):  # whoever opens the figures is told the same
            return
        if isinstance(answer, Exception):
            raise answer
        from hitl_desktop.workflow.figures.watching import WATCHED, log_alerts

        found, self._known = answer
        outside = log_alerts(found, self._outside)
        new, self._outside = outside - self._outside, outside
        if new and not self._is_seen():
            what = listed(tr(title) for name, title in WATCHED.items() if name in new)
            words = tr("Outside the limits of the watch list: {what}.", what=what)
            message = Message(words, "warn", tr("Look at it"), self.wanted.emit, of_project=True)
            self._bridge.notified.emit(message)
