"""Closing takes a moment longer: the last backup is being made, and one can do without it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.backups import BackupKeeper
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_16, SPACE_24
from hitl_desktop.gui.widgets.busy_line import BusyLine
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import percent, tr

_WIDTH = 480


class ClosingSheet(QDialog):
    """Goes away by itself when the backup is there; its button, Esc and the cross do without the backup."""

    def __init__(self, theme: Theme, keeper: BackupKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._keeper = keeper
        title = tr("Making a backup before closing")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_16)
        column.addWidget(PlainLabel(title, "title", wrap=True))
        words = tr("Your decisions are saved. The backup is a second copy of them.")
        column.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        self.line = BusyLine(theme, can_cancel=False)
        self.line.show_progress(tr("Backup"))
        column.addWidget(self.line)
        row = QHBoxLayout()
        row.addStretch(1)
        self.without_button = Button(theme, tr("Close without it"))
        self.without_button.clicked.connect(keeper.stop)
        row.addWidget(self.without_button)
        column.addLayout(row)
        keeper.moved.connect(self._show)
        keeper.idle.connect(self.accept)

    def reject(self) -> None:
        self._keeper.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self._keeper.stop()

    def _show(self, done: int, total: int) -> None:
        self.line.show_progress(tr("Backup"), done, total, percent(done / total) if total else "")
