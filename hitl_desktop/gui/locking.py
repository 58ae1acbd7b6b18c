"""Lock after idle minutes: a reviewer with a password signs in again once nobody has touched key or mouse for so long.

Off unless it was asked for; then the application's events are looked at, for nothing but that there were some.
"""

import time
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal

from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.workflow.settings import SettingsFile

MINUTES: Final = (0, 1, 2, 5, 10, 15, 30)
"""What can be chosen; 0 never."""
_LOOK_MS: Final = 5_000
_SIGNS: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletMove,
    }
)


class IdleLock(QObject):
    """`idle()` once so many minutes have passed without a sign of anybody."""

    idle = Signal()

    def __init__(self, bridge: Bridge, settings: SettingsFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._settings = settings
        self._last = time.monotonic()
        self._is_watching = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self.follow()

    def follow(self) -> None:
        """Watch, or stop, as is wanted now."""
        wanted = self._settings.value.lock_minutes > 0 and self._bridge.is_open and self._bridge.reviewers.can_lock
        application = QCoreApplication.instance()
        if wanted == self._is_watching or application is None:
            return
        self._is_watching = wanted
        self._last = time.monotonic()
        if wanted:
            application.installEventFilter(self)
            self._timer.start()
        else:
            application.removeEventFilter(self)
            self._timer.stop()

    def stop(self) -> None:
        """Watch no longer."""
        application = QCoreApplication.instance()
        if self._is_watching and application is not None:
            application.removeEventFilter(self)
        self._is_watching = False
        self._timer.stop()

    def look(self, now: float | None = None) -> None:
        """Whether it has been long enough, at `now` of the monotonic clock."""
        idle = (time.monotonic() if now is None else now) - self._last
        if self._is_watching and idle >= 60 * self._settings.value.lock_minutes:
            self.stop()
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS:
            self._last = time.monotonic()
        return False
