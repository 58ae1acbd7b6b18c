"""The rail: one button per page, always in the same order."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RAIL, REGULAR, STRONG
from hitl_desktop.gui.widgets.painted import Painted, PaintedButton
from hitl_desktop.gui.widgets.painting import CENTRE, draw_icon, draw_text, text_width
from hitl_desktop.language import tr

_HEIGHT: Final = 52
_ICON: Final = 20
_MARK: Final = 3
_BESIDE: Final = 3
"""What stays free at either side of a word."""
_MARK_HEIGHT: Final = 36


class Rail(Painted):
    """The vertical rail, 56 wide or as its longest word. `page_chosen` carries the id of the page a person chose."""

    page_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._buttons: dict[str, _RailButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 1, 4)
        self._layout.setSpacing(0)
        self._layout.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.describe(tr("Pages"))

    def add_page(self, page_id: str, icon: str, label: str, *, bottom: bool = False) -> None:
        """Add a page below the others, or in the section at the bottom."""
        button = _RailButton(self.theme, icon, label, self)
        button.clicked.connect(lambda: self.page_chosen.emit(page_id))
        self._group.addButton(button)
        if bottom:
            self._layout.addWidget(button)
        else:
            above = sum(1 for known in self._buttons.values() if not known.is_bottom)
            self._layout.insertWidget(above, button)
        button.is_bottom = bottom
        self._buttons[page_id] = button

    def set_current(self, page_id: str) -> None:
        """Mark this page as the current one, or none for a page without a button; `page_chosen` is not sent."""
        if page_id in self._buttons:
            self._buttons[page_id].setChecked(True)
            return
        self._group.setExclusive(False)
        for button in self._buttons.values():
            button.setChecked(False)
        self._group.setExclusive(True)

    def current(self) -> str:
        """The id of the current page, "" before any is."""
        return next((page_id for page_id, button in self._buttons.items() if button.isChecked()), "")

    def button(self, page_id: str) -> PaintedButton:
        """The button of a page, for example to disable it."""
        return self._buttons[page_id]

    def sizeHint(self) -> QSize:
        return QSize(self._wide(), self._layout.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._wide(), self._layout.minimumSize().height())

    def _wide(self) -> int:
        return max((button.sizeHint().width() + 1 for button in self._buttons.values()), default=self.theme.px(RAIL))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.colour("sunken"))
        line = self.placed(QRect(self.width() - 1, 0, 1, self.height()))
        painter.fillRect(line, self.theme.colour("line"))


class _RailButton(PaintedButton):
    """Icon above caption; an accent bar at the leading edge when current."""

    def __init__(self, theme: Theme, icon: str, label: str, parent: QWidget) -> None:
        super().__init__(theme, label, parent)
        self._icon = icon
        self.is_bottom = False
        self.setCheckable(True)
        self.setProperty("focusRing", "inside")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        words = text_width(self.label(), self.theme.font("caption", STRONG)) + 2 * _BESIDE
        return QSize(max(self.theme.px(RAIL) - 1, words), self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height, width = self.height(), self.width()
        current = self.isChecked()
        ink = "accent" if current else "text2"
        if not self.isEnabled():
            ink = "text3"
        elif self.underMouse() and not current:
            painter.fillRect(self.rect(), self.theme.colour("window"))
            ink = "text"
        if current:
            mark = QRect(0, (height - self.theme.px(_MARK_HEIGHT)) // 2, _MARK, self.theme.px(_MARK_HEIGHT))
            painter.fillRect(self.placed(mark), self.theme.colour("accent"))
        draw_icon(painter, self.theme, QRect(0, height // 2 - 19, width, _ICON), self._icon, ink, _ICON)
        font = self.theme.font("caption", STRONG if current else REGULAR)
        caption = QRect(_BESIDE, height // 2 + 2, width - 2 * _BESIDE, self.theme.line("caption"))
        elide = Qt.TextElideMode.ElideRight
        draw_text(painter, caption, self.label(), font, self.theme.colour(ink), CENTRE, elide)
