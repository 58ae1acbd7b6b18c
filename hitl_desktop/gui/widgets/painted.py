"""The two bases of all painted widgets: they repaint when the theme changes and know right-to-left layouts."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QEnterEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QStyle, QWidget

from hitl_desktop.gui.theme import Theme


class Painted(QWidget):
    """A widget that paints itself with the theme."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._hint = QSize()
        theme.changed.connect(self._theme_changed)

    def placed(self, rect: QRect) -> QRect:
        """`rect`, mirrored in right-to-left layouts."""
        if self.layoutDirection() is Qt.LayoutDirection.LeftToRight:
            return rect
        return QStyle.visualRect(Qt.LayoutDirection.RightToLeft, self.rect(), rect)

    def describe(self, name: str, description: str = "") -> None:
        """Set what a screen reader says."""
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)

    def setToolTip(self, text: str) -> None:
        """Say this; Qt would send an event for what it says already."""
        if text != self.toolTip():
            super().setToolTip(text)

    def say_size(self) -> None:
        """Have the layout look again, where another size is wanted than the last time: a layout takes its time."""
        hint = self.sizeHint()
        if hint != self._hint:
            self._hint = hint
            self.updateGeometry()

    def _theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


class PaintedButton(QAbstractButton):
    """A button that paints itself. Its label is kept apart from Qt's text, where '&' would mean a shortcut.

    It takes the focus by Tab only: a click must not move it away from the item.
    """

    def __init__(self, theme: Theme, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._label = label
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self._theme_changed)

    def label(self) -> str:
        """The words on the button."""
        return self._label

    def set_label(self, label: str) -> None:
        """Change the words on the button, and its accessible name with them."""
        if label != self._label:
            self._label = label
            self.setAccessibleName(label)
            self.updateGeometry()
            self.update()

    def placed(self, rect: QRect) -> QRect:
        """`rect`, mirrored in right-to-left layouts."""
        if self.layoutDirection() is Qt.LayoutDirection.LeftToRight:
            return rect
        return QStyle.visualRect(Qt.LayoutDirection.RightToLeft, self.rect(), rect)

    def setToolTip(self, text: str) -> None:
        """Say this; Qt would send an event for what it says already."""
        if text != self.toolTip():
            super().setToolTip(text)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button, as Space does; a held key presses it once."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)

    def _theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
