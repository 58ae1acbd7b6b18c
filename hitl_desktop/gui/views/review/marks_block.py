"""The marks of the item on screen, below the actions: pick one, name its class, take it away."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_CONTROL
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.flow import Flow
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import draw_icon, draw_text, fill_rounded
from hitl_desktop.language import tr, trn

ROWS: Final = 3
_ROW: Final = 24
_ICON: Final = 14


class MarkRow(NamedTuple):
    """One mark: its icon, what it is in words, the position of its class (−1: none), and the class's name."""

    icon: str
    words: str
    class_index: int = -1
    class_name: str = ""


class MarksBlock(QWidget):
    """Shows up to three marks, those around the selected one. Hidden where nothing is marked.

    `selected(place)`, `class_wanted()`, `removal_wanted()`, `counting_wanted(counts)` are about the marks of the
    item on screen.
    """

    selected = Signal(int)
    class_wanted = Signal()
    removal_wanted = Signal()
    counting_wanted = Signal(bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme, keymap = context.theme, context.keymap
        self.setAccessibleName(tr("Marks on this item"))
        self._saved = PlainLabel(tr("saved with the decision"), "caption", "text3", elide=True, cut="end")
        self._saved.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        self._more = PlainLabel("", "caption", "text3")
        self.rows = [_MarkButton(theme) for _ in range(ROWS)]
        self.class_button = Button(theme, tr("Class…"), "link", key=keymap.caption("mark_class"), size="small")
        self.class_button.setAccessibleName(tr("Name the class of the selected mark"))
        self.remove_button = Button(theme, tr("Remove"), "link", key=keymap.caption("mark_remove"), size="small")
        self.remove_button.setAccessibleName(tr("Remove the selected mark"))
        self.class_button.clicked.connect(self.class_wanted)
        self.remove_button.clicked.connect(self.removal_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.addWidget(PlainLabel(tr("Marks on this item"), "small", "text2", weight=600))
        head.addWidget(self._saved, 1)
        column.addLayout(head)
        for row in self.rows:
            row.clicked.connect(lambda _checked=False, row=row: self.selected.emit(row.place))
            column.addWidget(row)
        column.addWidget(self._more)
        foot = Flow(spacing=4)
        foot.addWidget(self.class_button)
        foot.addWidget(self.remove_button)
        self.counts_buttons = []
        for name, words, said, counts in (
            ("mark_counts_not", tr("Does not count"), tr("The selected mark should not count"), False),
            ("mark_counts", tr("Counts"), tr("The selected mark should count"), True),
        ):
            button = Button(theme, words, "link", key=keymap.caption(name), size="small")
            button.setAccessibleName(said)
            button.clicked.connect(lambda _checked=False, counts=counts: self.counting_wanted.emit(counts))
            self.counts_buttons.append(button)
            foot.addWidget(button)
        column.addLayout(foot)
        self.hide()

    def show_marks(self, marks: Sequence[MarkRow], selected: int | None) -> None:
        """Show these marks; `selected` is the place of one, None for none."""
        self.setVisible(bool(marks))
        first = 0 if selected is None else min(max(0, selected - ROWS + 1), max(0, len(marks) - ROWS))
        for offset, row in enumerate(self.rows):
            place = first + offset
            row.show_mark(place, marks[place] if place < len(marks) else None, is_selected=place == selected)
        hidden = len(marks) - ROWS
        self._more.setVisible(hidden > 0)
        self._more.setText(trn("and {n} more", "and {n} more", hidden) if hidden > 0 else "")
        for button in (self.class_button, self.remove_button, *self.counts_buttons):
            button.setEnabled(selected is not None)


class _MarkButton(PaintedButton):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "")
        self.place = -1
        self._mark: MarkRow | None = None
        self.setCheckable(True)

    def show_mark(self, place: int, mark: MarkRow | None, *, is_selected: bool) -> None:
        self.place, self._mark = place, mark
        self.setVisible(mark is not None)
        self.setChecked(is_selected)
        if mark is not None:
            name = tr("{mark}, {name}", mark=mark.words, name=mark.class_name or tr("no class"))
            self.setAccessibleName(name)
            self.setToolTip(plain_tooltip(name))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.theme.px(_ROW))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.theme.px(_ROW))

    def nextCheckState(self) -> None:
        """What is selected is said from outside."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._mark is None:
            return
        painter = QPainter(self)
        theme, height = self.theme, self.height()
        if self.isChecked() or self.underMouse():
            fill_rounded(
                painter, self.rect(), RADIUS_CONTROL, theme.colour("accent_soft" if self.isChecked() else "sunken")
            )
        draw_icon(painter, theme, self.placed(QRect(4, 0, _ICON, height)), self._mark.icon, "text2", _ICON)
        right = self.width() - 4
        if self._mark.class_index >= 0:
            width = min(theme.metrics("small").horizontalAdvance(self._mark.class_name) + 2, self.width() // 2)
            rect = self.placed(QRect(right - width, 0, width, height))
            draw_text(painter, rect, self._mark.class_name, theme.font("small"), theme.colour("text"))
            glyph = self.placed(QRect(right - width - 16, (height - 10) // 2, 10, 10))
            paint_glyph(painter, glyph, self._mark.class_index, theme.tokens)
            right -= width + 22
        words = self.placed(QRect(26, 0, right - 26, height))
        draw_text(painter, words, self._mark.words, theme.font("small"), theme.colour("text"))
