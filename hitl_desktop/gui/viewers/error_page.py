"""What stands in place of something that cannot be shown: its name, the reason, and what can be done."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_16, STRONG
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_icon

_ICON: Final = 32
_COLUMN: Final = 420


class ErrorPage(Painted):
    """A centred column on a ground of the theme: icon, name, plain reason, buttons."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, icon: str = "file-warning", ground: str = "surface"
    ) -> None:
        super().__init__(theme, parent)
        self._icon, self._ground = icon, ground
        self._title = PlainLabel(token="lead", weight=STRONG, elide=True)  # noqa: S106 - a step of the type scale
        self._reason = PlainLabel(tone="text2", wrap=True)
        for label in (self._title, self._reason):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE_8)
        column = QWidget(self)
        column.setMaximumWidth(_COLUMN)
        inner = QVBoxLayout(column)
        inner.setContentsMargins(SPACE_16, _ICON + SPACE_16, SPACE_16, 0)
        inner.setSpacing(SPACE_4)
        inner.addWidget(self._title)
        inner.addWidget(self._reason)
        inner.addSpacing(SPACE_16)
        inner.addLayout(self._buttons)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(column, 100)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(3)
        self._column = column

    @property
    def reason(self) -> str:
        """The reason shown."""
        return self._reason.text()

    @property
    def title(self) -> str:
        """The name shown."""
        return self._title.text()

    def show_reason(self, title: str, reason: str) -> None:
        """Show the name of the item and why it cannot be shown."""
        self._title.setText(title)
        self._reason.setText(reason)

    def set_buttons(self, buttons: Sequence[tuple[str, str, Callable[[], None]]]) -> None:
        """Replace the buttons: words, key shown on it, what a click does."""
        while (entry := self._buttons.takeAt(0)) is not None:
            if (widget := entry.widget()) is not None:
                widget.deleteLater()
        self._buttons.addStretch(1)
        for words, key, callback in buttons:
            button = Button(self.theme, words, key=key)
            button.clicked.connect(callback)
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.colour(self._ground))
        area = self._column.geometry()
        icon = QRect(area.x(), area.y(), area.width(), _ICON)
        draw_icon(painter, self.theme, icon, self._icon, "warn", _ICON)
