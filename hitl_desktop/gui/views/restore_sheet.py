"""Putting a backup back: which project, which of its backups, and what happens to what is there now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_12, SPACE_16, SPACE_24
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.moments import by_name, clock, local
from hitl_desktop.gui.widgets.sizes import size_in_words
from hitl_desktop.language import listed, tr, trn

if TYPE_CHECKING:  # the store comes with the first project, not with the first paint
    from hitl_desktop.workflow.backing_up import Backup

_WIDTH: Final = 560
_LIST_HEIGHT: Final = 232
_FILE: Final = Qt.ItemDataRole.UserRole


class RestoreSheet(QDialog):
    """`chosen(folder, file)` when a backup is to be put back; the other button and Esc leave everything as it is.

    `projects` are (folder, name) of those that can be chosen, the first of them first.
    """

    chosen = Signal(Path, Path)

    def __init__(self, context: Context, projects: Sequence[tuple[Path, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Restore a backup"))
        self.setAccessibleName(tr("Restore a backup"))
        self.setFixedWidth(_WIDTH)
        theme = context.theme
        self._projects = list(projects)
        self.project = QComboBox()
        self.project.setAccessibleName(tr("Project"))
        for _, name in self._projects:
            self.project.addItem(name)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Backups, the newest first"))
        self.list.setFixedHeight(theme.px(_LIST_HEIGHT))
        self._nothing = PlainLabel(tr("This project has no backups yet."), "body", "text2", wrap=True)
        self.restore_button = Button(theme, tr("Restore"))
        self.leave_button = Button(theme, tr("Cancel"), "primary")
        self._lay_out()
        self.project.currentIndexChanged.connect(self._fill)
        self.list.currentRowChanged.connect(lambda row: self.restore_button.setEnabled(row >= 0))
        self.list.itemActivated.connect(lambda _: self._choose())
        self.restore_button.clicked.connect(self._choose)
        self.leave_button.clicked.connect(self.reject)
        self._fill()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_12)
        column.addWidget(PlainLabel(tr("Restore a backup"), "title"))
        words = tr(
            "The database as it is now is kept beside it, nothing is deleted. Decisions made after the backup are "
            "taken from the second record of the project."
        )
        column.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        column.addWidget(self.project)
        column.addWidget(self.list)
        column.addWidget(self._nothing)
        row = QHBoxLayout()
        row.setContentsMargins(0, SPACE_12, 0, 0)
        row.setSpacing(SPACE_12)
        row.addStretch(1)
        row.addWidget(self.restore_button)
        row.addWidget(self.leave_button)
        column.addLayout(row)

    def _fill(self) -> None:
        from hitl_desktop.workflow.backing_up import backups_of

        self.list.clear()
        at = self.project.currentIndex()
        found = backups_of(self._projects[at][0]) if at >= 0 else []
        for backup in found:
            entry = QListWidgetItem(self._said(backup))
            entry.setData(_FILE, str(backup.file))
            self.list.addItem(entry)
        self.list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self.list.setCurrentRow(0 if found else -1)
        self.restore_button.setEnabled(bool(found))
        self.adjustSize()

    def _said(self, backup: Backup) -> str:
        day = by_name(backup.made.isoformat(), QDateTime.currentDateTime())
        time = local(backup.made.isoformat()).time()
        when = day if clock(time) in day else listed((day, clock(time)))
        size = size_in_words(backup.size)
        parts = [when, size]
        if backup.decisions is not None:
            parts.insert(1, trn("{n} decision", "{n} decisions", backup.decisions))
        if backup.before_migration:
            parts.append(tr("before an update of the program"))
        return " · ".join(parts)

    def _choose(self) -> None:
        entry = self.list.currentItem()
        if entry is not None:
            folder = self._projects[self.project.currentIndex()][0]
            self.accept()
            self.chosen.emit(folder, Path(entry.data(_FILE)))
