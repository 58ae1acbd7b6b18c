"""The map on screen: dots to look at, a line drawn around some of them chooses these."""

from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.map.colours import NOTHING, Looks
from hitl_desktop.gui.views.map.picture import MARGIN, Bytes, Drawing, Wanted, Window, from_screen
from hitl_desktop.gui.views.map.places import Area, View, items_inside, nearest_to
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.workflow.looking import Looking

AT_ONCE: Final = 4_000
"""So many dots are drawn while the window waits; more of them beside it."""
_NEAR: Final = 8.0
_SHORT: Final = 4
_STEP: Final = 0.15
_ZOOM: Final = 1.25
_MOVES: Final = {
    Qt.Key.Key_Left: (-_STEP, 0.0),
    Qt.Key.Key_Right: (_STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -_STEP),
    Qt.Key.Key_Down: (0.0, _STEP),
}
_Places = npt.NDArray[np.float32]
_Mask = npt.NDArray[np.bool_]


class MapCanvas(Painted):
    """`chosen(mask, adds)`: a line was drawn around these items (n,), and they are to be added to what was chosen.
    `opened(int)`: an item is wanted. `pointed(int)`: the pointer is over an item, −1 for none.
    """

    chosen = Signal(object, bool)
    opened = Signal(int)
    pointed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.window_shown = Window()
        self._places: _Places = np.empty((0, 2), np.float32)
        self._looks = NOTHING
        self._mask: _Mask = np.empty(0, bool)
        self._image = QImage()
        self._line: list[QPointF] = []
        self._panned: QPointF | None = None
        self._beside, self._choosing = Beside(self), Beside(self)
        self._adds = False
        self._beside.answered.connect(self._drawn)
        self._choosing.answered.connect(self._found)
        self.setProperty("focusRing", "inside")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 240)
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    def is_busy(self) -> bool:
        """True while a picture is drawn beside the window, or it is found out what a line surrounds."""
        return self._beside.is_busy or self._choosing.is_busy

    def show_items(self, places: _Places, looks: Looks, mask: _Mask) -> None:
        """Show items at places (n, 2), in their colours and shapes; those in the mask (n,) are chosen."""
        self._places, self._looks, self._mask = places, looks, mask
        self.redraw()

    def redraw(self) -> None:
        """Draw the picture anew."""
        ratio = self.devicePixelRatioF()
        ground = self.theme.colour("surface")
        wanted = Wanted(
            self._places,
            self._looks,
            self._mask,
            self.window_shown,
            max(1, round(self.width() * ratio)),
            max(1, round(self.height() * ratio)),
            ratio,
            np.array([ground.red(), ground.green(), ground.blue()], np.uint8),
        )
        drawing = Drawing()
        if len(self._places) <= AT_ONCE:
            self._beside.stop()
            self._drawn(drawing.draw(wanted))
        else:
            self._beside.look(drawing, lambda: drawing.draw(wanted))

    def close_drawing(self) -> None:
        """Stop drawing, and wait for the threads."""
        self._beside.close()
        self._choosing.close()

    def item_at(self, at: QPointF) -> int:
        """The item nearest to a place on the screen, within a few pixels; −1 for none."""
        return nearest_to(self._places, self._view(), at.x(), at.y(), _NEAR)

    def inside(self, line: list[QPointF]) -> _Mask:
        """The items inside a line around them, which is closed from its end to its beginning: a mask (n,)."""
        return items_inside(self._places, self._view(), *self._surrounded(line))

    def _view(self) -> View:
        return View(self.window_shown, self.width(), self.height())

    def _surrounded(self, line: list[QPointF]) -> tuple[Bytes, Area]:
        """The pixels of the canvas, those inside the line above 0; and what part of the canvas it spans."""
        mask = QImage(self.size(), QImage.Format.Format_Grayscale8)
        mask.fill(0)
        path = QPainterPath()
        path.addPolygon(QPolygonF(line))
        path.closeSubpath()
        painter = QPainter(mask)
        painter.fillPath(path, QColor("white"))
        painter.end()
        pixels = np.frombuffer(mask.constBits(), np.uint8).reshape(mask.height(), mask.bytesPerLine()).copy()
        spans = path.boundingRect().intersected(QRectF(mask.rect()).adjusted(0, 0, -1, -1))
        return pixels, (spans.left(), spans.top(), spans.right(), spans.bottom())

    def _choose(self, line: list[QPointF], adds: bool) -> None:
        """Of many items it is found out beside the window which are inside."""
        if len(self._places) <= AT_ONCE:
            self.chosen.emit(self.inside(line), adds)
            return
        places, view, surrounded = self._places, self._view(), self._surrounded(line)
        self._adds = adds
        self._choosing.look(Looking(), lambda: items_inside(places, view, *surrounded))

    def _found(self, answer: object) -> None:
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, np.ndarray) and len(answer) == len(self._places):
            self.chosen.emit(answer, self._adds)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.colour("surface"))
        if not self._image.isNull():
            painter.drawImage(QPoint(0, 0), self._image)
        if len(self._line) > 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.theme.colour("accent"), 1.5, Qt.PenStyle.DashLine))
            painter.drawPolyline(QPolygonF(self._line))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.redraw()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._line = [event.position()]
        elif event.button() in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
            self._panned = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._line:
            self._line.append(event.position())
            self.update()
        elif self._panned is not None:
            step = self._panned - event.position()
            self._panned = event.position()
            side = max(1.0, min(self.width(), self.height()) - 2.0 * MARGIN)
            self._go(self.window_shown.moved(step.x() / side, step.y() / side))
        else:
            self.pointed.emit(self.item_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._panned = None
        line, self._line = self._line, []
        if event.button() != Qt.MouseButton.LeftButton or not line:
            return
        self.update()
        adds = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if len(line) >= _SHORT:
            self._choose(line, adds)
            return
        mask = np.zeros(len(self._places), bool)
        nearest = self.item_at(event.position())
        if nearest >= 0:
            mask[nearest] = True
        self.chosen.emit(mask, adds)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        nearest = self.item_at(event.position())
        if nearest >= 0:
            self.opened.emit(nearest)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        at = event.position()
        x, y = from_screen(at.x(), at.y(), self.window_shown, self.width(), self.height(), MARGIN)
        self._go(self.window_shown.enlarged(_ZOOM**steps, x, y))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, + and − enlarge, Home shows everything."""
        key, window = Qt.Key(event.key()), self.window_shown
        if key in _MOVES:
            self._go(window.moved(*_MOVES[key]))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._go(window.enlarged(_ZOOM, window.x, window.y))
        elif key == Qt.Key.Key_Minus:
            self._go(window.enlarged(1 / _ZOOM, window.x, window.y))
        elif key == Qt.Key.Key_Home:
            self._go(Window())
        else:
            super().keyPressEvent(event)

    def say(self, words: str) -> None:
        """Say what the pointer is over."""
        self.setToolTip(plain_tooltip(words) if words else "")

    def _go(self, window: Window) -> None:
        if window != self.window_shown:
            self.window_shown = window
            self.redraw()

    def _drawn(self, answer: object) -> None:
        if isinstance(answer, Exception):
            raise answer
        pixels = np.ascontiguousarray(answer)
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBX8888).copy()
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self._image = image
        self.update()

    def _theme_changed(self) -> None:
        super()._theme_changed()
        self.redraw()
