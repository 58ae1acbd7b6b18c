"""A layout that sets widgets one after another, in the middle of their line, and begins a new line where room ends."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QStyle, QWidget


class Flow(QLayout):
    """Lines of widgets at their own size, from the leading edge; its height follows its width."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._heights: dict[int, int] = {}
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        # Kept: Qt asks hundreds of times while it lays out a page anew.
        if width not in self._heights:
            margins = self.contentsMargins()
            inner = width - margins.left() - margins.right()
            height = self._set_out(QRect(0, 0, inner, 0), move=False) + margins.top() + margins.bottom()
            self._heights[width] = height
        return self._heights[width]

    def invalidate(self) -> None:
        """What stands in it has changed its size, or is shown or hidden."""
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._set_out(rect.marginsRemoved(self.contentsMargins()), move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size.grownBy(self.contentsMargins())

    def _set_out(self, rect: QRect, *, move: bool) -> int:
        """Place the widgets in `rect`; returns the height they need."""
        x, y, high = 0, 0, 0
        line: list[tuple[QLayoutItem, int, QSize]] = []
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if x and x + size.width() > rect.width():
                if move:
                    self._place(line, rect, y, high)
                x, y, high, line = 0, y + high + self.spacing(), 0, []
            line.append((item, x, size))
            x += size.width() + self.spacing()
            high = max(high, size.height())
        if move:
            self._place(line, rect, y, high)
        return y + high

    def _place(self, line: list[tuple[QLayoutItem, int, QSize]], rect: QRect, y: int, high: int) -> None:
        parent = self.parentWidget()
        direction = parent.layoutDirection() if parent is not None else Qt.LayoutDirection.LeftToRight
        for item, x, size in line:
            corner = rect.topLeft() + QPoint(x, y + (high - size.height()) // 2)
            wanted = QRect(corner, QSize(min(size.width(), rect.width()), size.height()))
            item.setGeometry(QStyle.visualRect(direction, rect, wanted))
