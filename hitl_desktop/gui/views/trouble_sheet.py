"""What went wrong, in plain words; what is safe; and a report to copy that holds nothing personal."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16, SPACE_24
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_WIDTH = 720
_REPORT_HEIGHT = 300


class TroubleSheet(QDialog):
    """Esc and "Close" leave it. "Show log" shows the folder of the log in the system's file manager."""

    def __init__(self, theme: Theme, title: str, report: str, log: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumWidth(theme.px(_WIDTH))
        self._log = log
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_8)
        column.addWidget(PlainLabel(title, "title", wrap=True))
        for words in (
            tr("All decisions that were shown as saved are on the disk. You can go on; if something looks odd, close "
               "the program and open it again."),
            tr("The report below says where in the program it happened, and which versions are in use. Names, paths "
               "and texts are left out. Nothing is sent: you decide whom to give it to."),
        ):  # fmt: skip
            column.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        column.addSpacing(SPACE_8)
        self.report = QPlainTextEdit(report)
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.report.setAccessibleName(tr("Report"))
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.report.setProperty("mono", "true")
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.report.setMinimumHeight(theme.px(_REPORT_HEIGHT))
        self.report.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        column.addWidget(self.report, 1)
        column.addSpacing(SPACE_8)
        self.copy_button = Button(theme, tr("Copy report"), "primary", icon="copy")
        self.log_button = Button(theme, tr("Show log"), icon="folder-open")
        self.close_button = Button(theme, tr("Close"))
        self._copied = PlainLabel("", "small", "ok")
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self.log_button)
        row.addWidget(self._copied)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.copy_button)
        column.addLayout(row)
        self.copy_button.clicked.connect(self.copy)
        self.log_button.clicked.connect(self.show_log)
        self.close_button.clicked.connect(self.reject)
        self.copy_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def copy(self) -> None:
        """Put the report on the clipboard."""
        QApplication.clipboard().setText(self.report.toPlainText())
        self._copied.setText(tr("Copied"))

    def show_log(self) -> None:
        """Show the folder of the log."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log)))
