"""Notices when the window does not answer, and has Python write down where every thread was at that moment.

A timer of the window re-arms faulthandler's own; a window that hangs cannot, so that fires, beside the interpreter.
"""

import faulthandler
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TextIO

from PySide6.QtCore import QObject, QTimer

from hitl_desktop.workflow.logbook import Written, take_dump

HANG_SECONDS: Final = 5.0
FILE: Final = "hangs.log"
_BEAT_MS: Final = 1000
_UNREAD: Final = "(what was written down cannot be read)"
_log = logging.getLogger(__name__)


class HangWatch(QObject):
    """Watches from `start` to `stop`. `hung()` is called, on the window's thread, after each hang that it saw end.

    `left`: what a run before wrote and could not clear away, as it was ended while it hung; "" for nothing.
    """

    def __init__(
        self, folder: Path, hung: Callable[[], None], seconds: float = HANG_SECONDS, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._path = folder / FILE
        self._hung = hung
        self._seconds = seconds
        self._file: TextIO | None = None
        self._last = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(min(_BEAT_MS, int(seconds * 250)))
        self._timer.timeout.connect(self._beat)
        self.left = ""

    def start(self) -> None:
        """Begin. A folder that cannot be written costs the watch, nothing else."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self.left = take_dump(self._path)
            self._file = self._path.open("a", encoding="utf-8")
        except OSError:
            return
        if self.left:
            _log.warning("The run before was ended while the window did not answer:\n%s", Written(self.left))
        self._last = time.monotonic()
        self._arm()
        self._timer.start()

    def stop(self) -> None:
        """Watch no longer: before the program ends. Twice does no harm."""
        self._timer.stop()
        if self._file is not None:
            faulthandler.cancel_dump_traceback_later()
            self._file.close()
            self._file = None

    def _arm(self) -> None:
        if self._file is not None:
            faulthandler.dump_traceback_later(self._seconds, repeat=False, file=self._file)

    def _beat(self) -> None:
        now = time.monotonic()
        silent, self._last = now - self._last, now
        self._arm()
        if silent <= self._seconds:
            return
        try:
            dump = take_dump(self._path)
        except OSError:
            dump = _UNREAD
        if not dump:
            # On some systems this clock runs on while the machine sleeps; the timer of faulthandler never does. Nothing
            # written down means that there was no time awake in which the window could have answered.
            return
        _log.warning("The window did not answer for %.1f s:\n%s", silent, Written(dump))
        self._hung()
