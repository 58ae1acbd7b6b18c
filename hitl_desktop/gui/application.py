"""The QApplication: fonts, theme, hooks for errors; and one window."""

import gc
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from hitl_desktop import paths
from hitl_desktop.gui.ahead import LoadAhead
from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.browsing import Browsing
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.cover import COVERS, NO_COVER
from hitl_desktop.gui.error_hooks import ErrorHooks
from hitl_desktop.gui.hang_watch import HangWatch
from hitl_desktop.gui.key_bindings import keymap_in_force
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.speaking import speak
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views import VIEWS
from hitl_desktop.workflow.logbook import keep_log, watch_for_crashes
from hitl_desktop.workflow.settings import Settings, SettingsFile
from hitl_desktop.workflow.start_marker import StartMarker

_log = logging.getLogger(__name__)
_THREADS_TAKE_TURNS_S: Final = 0.001
"""The window waits up to so long for a thread beside it, each time that it has let go of the interpreter: often while
it paints. With Python's 5 ms, frames took twice as long while a million items were looked through."""
_AHEAD_MS: Final = 200
"""So long after the window is there, and has opened what it was asked to, the code of what comes next is loaded."""
_GOOD_START_MS: Final = 5000
"""A window that has answered for so long has started well."""


def run(project: Path | None = None, sample: str | None = None, *, is_safe: bool = False) -> int:
    """Open the window, on a project or a sample if one is given, and run until it is closed.

    After two starts that failed, or when `is_safe`, it opens in safe mode: nothing is opened, nothing runs by itself.
    """
    marker = StartMarker(paths.user_config())
    marker.begun()
    logs = paths.user_logs()
    keep_log(logs)
    crash = watch_for_crashes(logs)
    is_safe = is_safe or marker.needs_safe_mode
    application = QApplication(sys.argv[:1])
    try:
        window = build_window(application, is_plain=is_safe)
    except Exception:
        _log.exception("The window could not be made")
        raise
    hooks = ErrorHooks(window.bridge.troubles, window.bridge.tell)
    hooks.install()
    hangs = HangWatch(logs, marker.hung)
    hangs.start()
    window.show()
    window.open_when_shown(gc.enable)
    QTimer.singleShot(_GOOD_START_MS, marker.went_well)
    # What is there by then, modules above all, stays: looking through it again and again for garbage takes the window
    # some 40 ms each time.
    QTimer.singleShot(_GOOD_START_MS, gc.freeze)
    for what, dump in (("a crash of the run before", crash), ("a hang of the run before", hangs.left)):
        if dump:
            window.bridge.troubles.remember(what, dump)
    window.teller.tell_of_run_before(crashed=bool(crash), hangs=marker.found.hangs + bool(hangs.left))
    if not is_safe and any(recent.kind == "image" for recent in window.context.settings.value.recent):
        window.open_when_shown(window.context.media.launch)  # whoever looks at pictures will open one soon
    if is_safe:
        window.open_safely(project or _last_of(window))
    elif project is not None:
        window.open_when_shown(lambda: window.bridge.open_project(project))
    elif sample is not None:
        window.open_when_shown(lambda: window.commands.use_sample(sample))
    if not is_safe:
        ahead = LoadAhead(window)
        QTimer.singleShot(_AHEAD_MS, ahead, ahead.start)
    result = application.exec()
    marker.went_well()
    hangs.stop()
    hooks.remove()
    return result


def _last_of(window: MainWindow) -> Path | None:
    recent = window.context.settings.value.recent
    return Path(recent[0].folder) if recent else None


def build_window(application: QApplication, theme_mode: Any = None, *, is_plain: bool = False) -> MainWindow:
    """Everything a window needs, wired together; not shown yet.

    `theme_mode` overrides the user's setting; `is_plain`: with the look and the keys of a new installation.
    """
    sys.setswitchinterval(_THREADS_TAKE_TURNS_S)
    application.setApplicationName(paths.APP_NAME)
    application.setQuitOnLastWindowClosed(True)
    settings = SettingsFile(paths.user_config())
    speak(application, settings.value.language)
    look = Settings() if is_plain else settings.value
    theme = Theme(theme_mode or look.theme, look.text_scale)  # type: ignore[arg-type]
    theme.apply(application)
    application.setWindowIcon(theme.icon("app", 64))
    bridge, media = Bridge(settings), Media()
    # From the first thumbnail on, wherever it is: in the wizard, or in the gallery of a project with nothing to review.
    media.set_cover(COVERS.get(settings.value.cover, NO_COVER))
    return _window(Context(theme, bridge, settings, media, keymap_in_force(look), Browsing(bridge)))


def renew(window: MainWindow) -> MainWindow:
    """Another window in the place of this one, for another language or other keys.

    The open project, what runs for it, the page and the item on screen stay as they are.
    """
    before = window.context
    page = window.page_id
    window.retire()
    for source in (before.bridge, before.theme, before.media):
        source.forget_listeners()
    window.drop_pages()
    speak(cast(QApplication, QApplication.instance()), before.settings.value.language)
    before.theme.follow_direction()
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
