"""A wide part and a narrow one beside it; one below the other where the window or the text size leaves no room."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_16

_UNBOUNDED = (1 << 24) - 1


class TwoColumns(QWidget):
    """`main` takes what `side` (of the width `side_width` at the usual text size) leaves, but at least `least`."""

    def __init__(
        self,
        theme: Theme,
        main: QWidget,
        side: QWidget,
        *,
        side_width: int,
        least: int = 520,
        gap: int = SPACE_16,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._main, self._side = main, side
        self._side_width, self._least, self._gap = side_width, least, gap
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(gap)
        self._layout.addWidget(main, 1)
        self._layout.addWidget(side)
        theme.changed.connect(self._arrange)
        self._arrange()

    def is_stacked(self) -> bool:
        """True while one part stands below the other."""
        return self._layout.direction() == QBoxLayout.Direction.TopToBottom

    def minimumSizeHint(self) -> QSize:
        """What it can be made as narrow as: its parts then stand below each other."""
        side = min(self._theme.px(self._side_width), self._side.minimumSizeHint().width())
        width = max(self._main.minimumSizeHint().width(), side)
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        side = self._theme.px(self._side_width)
        least = max(self._theme.px(self._least), self._main.minimumSizeHint().width())
        if self.width() < side + self._gap + least:
            self._layout.setDirection(QBoxLayout.Direction.TopToBottom)
            self._side.setMinimumWidth(0)
            self._side.setMaximumWidth(_UNBOUNDED)
        else:
            self._layout.setDirection(QBoxLayout.Direction.LeftToRight)
            self._side.setFixedWidth(side)
