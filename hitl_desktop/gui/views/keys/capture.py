"""A field that takes the next key press as a key, whatever it means elsewhere."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.key_bindings import is_modifier
from hitl_desktop.gui.keymaps import portable, printed
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import CONTROL_CONFIRM, RADIUS_CONTROL
from hitl_desktop.gui.widgets.key_cap import key_cap_width, paint_key_cap
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import CENTRE, draw_frame, draw_text
from hitl_desktop.language import tr


class KeyCapture(Painted):
    """`pressed(key)` in Qt's portable words for every key; `left` on Esc, which is never taken."""

    pressed = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._key = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("focusRing", "inside")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_key("")

    def show_key(self, key: str) -> None:
        """Show a key as it was pressed; "" asks for one."""
        self._key = key
        words = tr("Key {key}", key=printed(key)) if key else tr("Press the new key")
        self.describe(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.theme.px(CONTROL_CONFIRM))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the window's own shortcuts do not get it
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self.keyPressEvent(event)  # Tab too, which would move the focus
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif not is_modifier(event.key()) and not event.isAutoRepeat():
            self.pressed.emit(portable(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = self.theme.colour
        draw_frame(
            painter, self.rect(), RADIUS_CONTROL, colour("line_strong"), colour("sunken"), width=self.theme.border
        )
        if not self._key:
            draw_text(painter, self.rect(), tr("Press the new key"), self.theme.font("body"), colour("text2"), CENTRE)
            return
        words = printed(self._key)
        width = key_cap_width(words, self.theme)
        paint_key_cap(painter, QRect((self.width() - width) // 2, 0, width, self.height()), words, self.theme)
