"""Every place where an error that nobody caught can surface leads to `Troubles`; the program lives on.

Slots, timers, events and paint events, models, event filters, QThread and QRunnable come through `sys.excepthook`, as
PySide sends them there; Python's own threads and what fails while objects are cleaned up have hooks of their own; Qt's
messages have another. Jobs and the worker process bring theirs through the bridge.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Final

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.scrubbing import scrubbed
from hitl_desktop.workflow.disk_errors import known_trouble
from hitl_desktop.workflow.troubles import Troubles

WINDOW: Final = "the window"
THREAD: Final = "a thread"
CLEANING_UP: Final = "the cleaning up of an object"
QT: Final = "Qt"
_MOST_QT_LINES: Final = 200
_TOLD_AGAIN_SECONDS: Final = 60.0
_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")


class QtComplaint(Exception):  # noqa: N818 - what Qt itself calls critical
    """Qt reported something critical; the message is already scrubbed."""


class ErrorHooks:
    """Installed once per program; `remove` puts back what was there before.

    `tell` gets what is no bug: the disk refuses something in a timer or while a list is painted, where nobody asked.
    """

    def __init__(self, troubles: Troubles, tell: Callable[[KnownError], object] | None = None) -> None:
        self._troubles = troubles
        self._tell = tell
        self._told: tuple[str, float] = ("", 0.0)
        self._before: tuple[Any, Any, Any] | None = None
        self._said: set[str] = set()

    def install(self) -> None:
        """Take every error from now on."""
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._from_python
        threading.excepthook = self._from_thread
        sys.unraisablehook = self._from_cleaning_up
        qInstallMessageHandler(self._from_qt)

    def remove(self) -> None:
        """Put the hooks back that were there before. Twice does no harm."""
        if self._before is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
            qInstallMessageHandler(None)
            self._before = None

    def _from_python(
        self, error: type[BaseException], value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if issubclass(error, KeyboardInterrupt):
            QApplication.quit()
            return
        if value is not None and self._is_known(value):
            return
        self._take((value or error()).with_traceback(trace), WINDOW)

    def _from_thread(self, hook: threading.ExceptHookArgs) -> None:
        if not issubclass(hook.exc_type, SystemExit):
            self._take((hook.exc_value or hook.exc_type()).with_traceback(hook.exc_traceback), THREAD)

    def _from_cleaning_up(self, hook: Any) -> None:
        self._take((hook.exc_value or hook.exc_type()).with_traceback(hook.exc_traceback), CLEANING_UP)

    def _from_qt(self, sort: QtMsgType, _context: object, text: str) -> None:
        """Qt's warnings are logged once each; what it calls critical is told as well."""
        words = scrubbed(text, _qt_words(text))
        if sort in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
            self._take(QtComplaint(words), QT)
        elif sort is QtMsgType.QtWarningMsg and words not in self._said and len(self._said) < _MOST_QT_LINES:
            self._said.add(words)
            _qt_log.warning("%s", words)

    def _is_known(self, error: BaseException) -> bool:
        """Whether it is no bug, and is told as such: the same only now and then, as a list is painted ever again."""
        known = known_trouble(error)
        if known is None or self._tell is None or threading.current_thread() is not threading.main_thread():
            return False
        text, at = self._told
        if str(known) != text or time.monotonic() - at > _TOLD_AGAIN_SECONDS:
            self._told = str(known), time.monotonic()
            _guarded(partial(self._tell, known))
        return True

    def _take(self, error: BaseException, where: str) -> None:
        """A hook must never raise: what goes wrong in here is logged, and that is all."""
        _guarded(lambda: self._troubles.take(error, where))


def _guarded(act: Callable[[], object]) -> None:
    try:
        act()
    except Exception:
        _log.exception("A trouble could not be told")


def _qt_words(text: str) -> frozenset[str]:
    """Names of Qt's own classes and functions, such as `QObject::connect`."""
    return frozenset(
        part.casefold()
        for word in text.split()
        if word.startswith(("Q", "q")) and "/" not in word
        for part in word.strip("():,.'\"").split("::")
        if part.isidentifier() and word[1:2].isupper()
    )
