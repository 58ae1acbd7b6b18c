"""Tells what went wrong in the program itself: a notice with what is safe, and the report behind it."""

import os
import sys
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import QLocale, QObject, qVersion
from PySide6.QtGui import QGuiApplication

from hitl_desktop import language, paths
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.language import tr, trn
from hitl_desktop.workflow.troubles import BACKGROUND, Trouble

if TYPE_CHECKING:
    from hitl_desktop.gui.main_window import MainWindow

_PLACES_KEPT = 200
_LIBRARIES = ("numpy", "scipy", "sklearn", "PIL", "pydicom", "onnxruntime")


class TroubleTeller(QObject):
    """Belongs to a window; hears of troubles through the bridge."""

    def __init__(self, window: "MainWindow", context: Context) -> None:
        super().__init__(window)
        self._window = window
        self._context = context
        context.bridge.troubles.facts = facts
        context.bridge.troubled.connect(self.tell)

    def tell(self, trouble: Trouble) -> None:
        """Show the notice; the same words are shown once, however often they are told."""
        words = tr("Something went wrong in this window. Your work is saved.")
        if trouble.where == BACKGROUND:
            words = tr("Something went wrong in the background. Your work is safe.")
        self._notice(words, "danger")

    def tell_of_run_before(self, *, crashed: bool, hangs: int) -> None:
        """Say how the program ended last time, where that was not as it should be."""
        if crashed:
            self._notice(tr("The program ended by a crash last time. What was shown as saved is on the disk."), "warn")
        if hangs:
            words = trn(
                "The window did not answer for a while, {n} time. Where it was busy is in the log.",
                "The window did not answer for a while, {n} times. Where it was busy is in the log.",
                hangs,
            )
            self._notice(words, "warn")

    def tell_of_place(self) -> None:
        """Say once what it means where the open project lies, and, each time, that it is only read."""
        from hitl_desktop.workflow.places import place_of

        bridge, settings = self._context.bridge, self._context.settings
        project = bridge.desk.project
        if not project.store.is_writer:
            words = tr("This project is open to read only: its folder takes no changes, or another program has it.")
            bridge.notified.emit(Message(words, "info", of_project=True))
            return
        words_of_place = place_of(project.folder).words()
        mark = sha256(os.fsencode(project.folder)).hexdigest()[:16]
        if words_of_place is not None and mark not in settings.value.told_places:
            settings.change(told_places=(*settings.value.told_places, mark)[-_PLACES_KEPT:])
            bridge.notified.emit(Message(str(words_of_place), "warn", of_project=True))

    def show_report(self) -> None:
        """The report, to read and to copy."""
        from hitl_desktop.gui.views.trouble_sheet import TroubleSheet

        bridge = self._context.bridge
        title = tr("What went wrong")
        TroubleSheet(self._context.theme, title, bridge.troubles.report(), paths.user_logs(), self._window).open()

    def _notice(self, words: str, tone: str) -> None:
        self._context.bridge.notified.emit(Message(words, tone, tr("Show report"), self.show_report))


def facts() -> Mapping[str, str]:
    """What a report says of the machine and the libraries; nothing that would be imported for it alone."""
    known = {
        "Qt": f"{qVersion()}, PySide6 {PySide6.__version__}",
        "Language": f"{language.in_use().code}, system {QLocale.system().name()}",
    }
    application = QGuiApplication.instance()
    if isinstance(application, QGuiApplication):
        known["Platform"] = application.platformName()
        known["Screens"] = ", ".join(
            f"{screen.size().width()}x{screen.size().height()} at {screen.devicePixelRatio():g}"
            for screen in application.screens()
        )
    for name in _LIBRARIES:
        module = sys.modules.get(name)
        if module is not None:
            known[name] = str(getattr(module, "__version__", "?"))
    if "sqlite3" in sys.modules:
        from hitl_desktop.store.library import sqlite_version

        known["SQLite"] = sqlite_version()
    return known
