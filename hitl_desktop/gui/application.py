"""The QApplication: fonts, theme, hooks for errors; and one window."""

import faulthandler
import logging
import sys
import threading
from dataclasses import replace
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from PySide6.QtCore import Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from hitl_desktop import paths
from hitl_desktop.gui.bridge import Bridge, Message
from hitl_desktop.gui.browsing import Browsing
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.key_bindings import keymap_in_force
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.speaking import speak
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views import VIEWS
from hitl_desktop.language import tr
from hitl_desktop.workflow.settings import SettingsFile

_log = logging.getLogger(__name__)
_LOG_BYTES = 1_000_000


def run(project: Path | None = None, sample: str | None = None) -> int:
    """Open the window, on a project or a sample if one is given, and run until it is closed."""
    _log_to_file()
    application = QApplication(sys.argv[:1])
    window = build_window(application)
    install_hooks(window)
    window.show()
    if project is not None:
        window.open_when_shown(lambda: window.bridge.open_project(project))
    elif sample is not None:
        window.open_when_shown(lambda: window.commands.use_sample(sample))
    return application.exec()


def build_window(application: QApplication, theme_mode: Any = None) -> MainWindow:
    """Everything a window needs, wired together; not shown yet. `theme_mode` overrides the user's setting."""
    application.setApplicationName(paths.APP_NAME)
    application.setQuitOnLastWindowClosed(True)
    settings = SettingsFile(paths.user_config())
    speak(application, settings.value.language)
    theme = Theme(theme_mode or settings.value.theme, settings.value.text_scale)  # type: ignore[arg-type]
    theme.apply(application)
    application.setWindowIcon(theme.icon("app", 64))
    bridge = Bridge(settings)
    return _window(Context(theme, bridge, settings, Media(), keymap_in_force(settings.value), Browsing(bridge)))


def renew(window: MainWindow) -> MainWindow:
    """Another window in the place of this one, for another language or other keys.

    The open project, what runs for it, the page and the item on screen stay as they are.
    """
    before = window.context
    page = window.page_id
    window.retire()
    for source in (before.bridge, before.theme, before.media):
        source.forget_listeners()
    speak(cast(QApplication, QApplication.instance()), before.settings.value.language)
    keymap = keymap_in_force(before.settings.value)
    successor = _window(replace(before, keymap=keymap, browsing=before.browsing.for_next_window()))
    successor.restoreGeometry(window.saveGeometry())
    if window.isVisible():
        successor.show()
    successor.show_what_is_open()
    if before.bridge.is_open:
        successor.review.go_on_from(window.review)
    if page and VIEWS[page].of_project:
        successor.show_page(page)
    elif page:
        successor.show_settings(page)
    window.successor = successor
    window.hide()
    window.deleteLater()
    return successor


def _window(context: Context) -> MainWindow:
    window = MainWindow(context)
    window.renewal_wanted.connect(lambda: renew(window), Qt.ConnectionType.QueuedConnection)
    return window


def install_hooks(window: MainWindow) -> None:
    """Every error that nobody caught is logged with its trace and told once; the program lives on."""

    def told(error: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        if issubclass(error, KeyboardInterrupt):
            QApplication.quit()
            return
        _log.error("Not caught", exc_info=(error, value, trace))
        window.bridge.notified.emit(
            Message(tr("Something went wrong in this window. Your work is saved; the log has the details."), "danger")
        )

    sys.excepthook = told
    threading.excepthook = lambda args: told(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)
    qInstallMessageHandler(_qt_message)


def _qt_message(sort: QtMsgType, _context: object, text: str) -> None:
    level = logging.WARNING if sort in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg) else logging.DEBUG
    logging.getLogger("qt").log(level, "%s", text)


def _log_to_file() -> None:
    """A local log without personal data; a folder that cannot be written costs the log, never the start."""
    try:
        folder = paths.user_logs()
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / "hitl-desktop.log", maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.getLogger().addHandler(handler)
        logging.getLogger().setLevel(logging.INFO)
        faulthandler.enable((folder / "faults.log").open("a"))
    except OSError:
        return
