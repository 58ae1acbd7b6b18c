"""The question of the run guard: a bar above the item, not a dialog; the key that ran does not answer it."""

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import NOTICE, SPACE_8, SPACE_16
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_icon, draw_text, text_width
from hitl_desktop.language import tr, trn

_ICON = 16


class RunGuardBar(Painted):
    """`go_on` when the decisions were meant, `take_back` when they were not."""

    go_on = Signal()
    take_back = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._words = ""
        self.go_on_button = Button(context.theme, tr("Go on"), key=context.keymap.caption("leave"), size="small")
        self.take_back_button = Button(context.theme, "", key=context.keymap.caption("undo"), size="small")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_16, 0, SPACE_16, 0)
        row.setSpacing(SPACE_8)
        row.addStretch(1)
        row.addWidget(self.go_on_button)
        row.addWidget(self.take_back_button)
        self.go_on_button.clicked.connect(self.go_on)
        self.take_back_button.clicked.connect(self.take_back)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def ask(self, decisions: int) -> None:
        """Ask about so many decisions."""
        self._words = trn(
            "{n} decision in under a second. Go on, or undo it?",
            "{n} decisions in under a second each. Go on, or undo the last {n}?",
            decisions,
        )
        self.take_back_button.set_label(trn("Undo the last {n}", "Undo the last {n}", decisions))
        self.describe(self._words)
        self.show()

    def sizeHint(self) -> QSize:
        width = SPACE_16 + _ICON + SPACE_8 + text_width(self._words, self.theme.font("body"))
        buttons = self.go_on_button.sizeHint().width() + self.take_back_button.sizeHint().width()
        return QSize(width + buttons + 3 * SPACE_16, self.theme.px(NOTICE))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.colour("warn_soft"))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), self.theme.colour("line"))
        icon = self.placed(QRect(SPACE_16, 0, _ICON, self.height()))
        draw_icon(painter, self.theme, icon, "triangle-alert", "warn")
        left = SPACE_16 + _ICON + SPACE_8
        text = self.placed(QRect(left, 0, self.width() - left, self.height()))
        draw_text(painter, text, self._words, self.theme.font("body"), self.theme.colour("text"))
