"""Changing a past decision: what it should be, and why."""

from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_12, SPACE_16, SPACE_24, STRONG
from hitl_desktop.gui.views.history.words import VERDICTS
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.class_glyph import glyph_icon
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_WIDTH: Final = 480
_ASIDE: Final = (Verdict.SKIPPED, Verdict.UNSURE, Verdict.FLAGGED)
_ROLE: Final = Qt.ItemDataRole.UserRole


class DecideAgain(QDialog):
    """`decided(verdict, label_id, findings, reason)`; the other button and Esc leave everything as it is."""

    decided = Signal(object, object, object, str)

    def __init__(
        self, context: Context, name: str, stands: str, labels: list[Label], task: Task, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Decide again"))
        self.setAccessibleName(tr("Decide {name} again", name=name))
        self.setFixedWidth(_WIDTH)
        self._is_several = task is Task.SEVERAL
        theme = context.theme
        self.choice = QListWidget()
        self.choice.setAccessibleName(tr("What it is"))
        self.choice.setIconSize(QSize(14, 14))
        for label in labels:
            self._add(label.name, glyph_icon(label.position, theme.tokens, 14), label.id)
        for verdict in _ASIDE:
            word, icon, colour = VERDICTS[verdict]
            self._add(tr(word), theme.icon(icon, 16, colour), verdict)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("For example: seen with a colleague"))
        self.reason.setAccessibleName(tr("Reason"))
        self.save_button = Button(theme, tr("Save the new decision"), "primary")
        self.leave_button = Button(theme, tr("Leave it"))
        self.choice.ensurePolished()  # else its rows are laid out once, without the room that the style gives them
        self._lay_out(name, stands)
        self.choice.currentRowChanged.connect(lambda _row: self._follow())
        self.choice.itemChanged.connect(lambda _entry: self._follow())
        self.reason.textChanged.connect(lambda _text: self._follow())
        self.reason.returnPressed.connect(self._save)
        self.save_button.clicked.connect(self._save)
        self.leave_button.clicked.connect(self.reject)
        self._follow()
        self.choice.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, text: str, icon: Any, value: object) -> None:
        entry = QListWidgetItem(icon, text)
        entry.setData(_ROLE, value)
        if self._is_several and isinstance(value, int):
            entry.setFlags(entry.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            entry.setCheckState(Qt.CheckState.Unchecked)
        self.choice.addItem(entry)

    def _lay_out(self, name: str, stands: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_12)
        column.addWidget(PlainLabel(tr("Decide again"), "title"))
        column.addWidget(PlainLabel(name, "body", weight=STRONG, elide=True))
        column.addWidget(PlainLabel(stands, "body", "text2", wrap=True))
        column.addWidget(self.choice)
        head = PlainLabel(tr("Why is it changed?"), "small", "text2", weight=STRONG)
        head.setContentsMargins(0, SPACE_4, 0, 0)
        column.addWidget(head)
        column.addWidget(self.reason)
        words = tr("The decision before stays in the history; this one is added to it.")
        column.addWidget(PlainLabel(words, "small", "text2", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addStretch(1)
        row.addWidget(self.leave_button)
        row.addWidget(self.save_button)
        column.addLayout(row)

    def _follow(self) -> None:
        has_choice = self.choice.currentRow() >= 0 or (self._is_several and bool(self._checked()))
        self.save_button.setEnabled(has_choice and bool(self.reason.text().strip()))

    def _checked(self) -> tuple[int, ...]:
        entries = [self.choice.item(row) for row in range(self.choice.count())]
        return tuple(entry.data(_ROLE) for entry in entries if entry.checkState() is Qt.CheckState.Checked)

    def _save(self) -> None:
        if not self.save_button.isEnabled():
            return
        entry = self.choice.currentItem()
        value = entry.data(_ROLE) if entry is not None else None
        reason = self.reason.text().strip()
        if isinstance(value, str):  # a verdict: setting it aside
            self.decided.emit(Verdict(value), None, None, reason)
        elif self._is_several:
            self.decided.emit(Verdict.CORRECTED, None, tuple(sorted(self._checked())), reason)
        else:
            self.decided.emit(Verdict.CORRECTED, value, None, reason)
        self.accept()
