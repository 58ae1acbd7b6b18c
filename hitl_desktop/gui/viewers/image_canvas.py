"""The pane of an image: the picture, and what the mouse does to it."""

from enum import Enum
from typing import Final

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.decoded import Decoded
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.canvas_tools import CanvasTool, CanvasView, Pointer
from hitl_desktop.gui.viewers.magnifier import paint_lens
from hitl_desktop.gui.viewers.picture_canvas import CANVAS_COLOURS, Overlays, PictureCanvas
from hitl_desktop.gui.viewers.projection import Point
from hitl_desktop.gui.viewers.rendering import Tone

__all__ = ["CANVAS_COLOURS", "ZOOM_STEP", "ImageCanvas", "Overlays"]

ZOOM_STEP: Final = 1.25
_NOTCH: Final = 120


class _Drag(Enum):
    """What the button that is down does."""

    MOVE = "move"
    WINDOW = "window"
    TOOL = "tool"


class ImageCanvas(PictureCanvas):
    """A picture that the mouse moves, zooms and windows.

    Other parts take the left button (`set_tool`); `tool_changed` says that another tool, or none, is in the hand.
    `window_gripped`, `window_dragged` (logical pixels right and down from there) and `window_released` tell of the
    right button, `scrolled` of the wheel over a stack (frames, forward counts), `pointer_moved` of the mouse.
    """

    tool_changed = Signal()
    window_gripped = Signal()
    window_dragged = Signal(float, float)
    window_released = Signal()
    scrolled = Signal(int)
    pointer_moved = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._drag: _Drag | None = None
        self._dragged_from = QPointF()
        self._pointer: QPointF | None = None
        self._wheel = 0
        self._tool: CanvasTool | None = None
        self._magnifies = False
        self.setMouseTracking(True)

    @property
    def tool(self) -> CanvasTool | None:
        """The tool that has the left button; None when it moves the picture."""
        return self._tool

    @property
    def place(self) -> Point | None:
        """Where in the picture the mouse is, in its pixels; None while it is not over the picture."""
        view = self.view
        if view is None or self._pointer is None:
            return None
        x, y = view.to_image(self._pointer)
        return (x, y) if 0 <= x < view.size[0] and 0 <= y < view.size[1] else None

    def set_tool(self, tool: CanvasTool | None) -> None:
        """Put a tool in the hand in place of the one before; None lets the left button move the picture again."""
        if tool is self._tool:
            return
        self._drop_tool()
        self._tool = tool
        self._show_cursor()
        self.tool_changed.emit()

    @property
    def magnifies(self) -> bool:
        """True while a lens is under the mouse."""
        return self._magnifies

    def show_picture(self, picture: Decoded, tone: Tone) -> None:
        self._drop_tool()
        super().show_picture(picture, tone)

    def show_nothing(self, message: str = "") -> None:
        self._drop_tool()
        self._drag = None
        super().show_nothing(message)

    def set_magnifies(self, magnifies: bool) -> None:
        """Show a lens under the mouse, or take it away."""
        self._magnifies = magnifies
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Over a stack the frames go by; over one picture, and with Ctrl always, it zooms where the mouse is."""
        turned, view = event.angleDelta().y(), self.view
        event.accept()
        if not turned or view is None:
            return
        if view.frames == 1 or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP ** (turned / _NOTCH), self._device(event.position()))
            return
        self._wheel -= turned
        frames = int(self._wheel / _NOTCH)
        if frames:
            self._wheel -= frames * _NOTCH
            self.scrolled.emit(frames)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        view = self.view
        # One button at a time: while one is down, the others wait.
        if view is None or self._drag is not None:
            return
        self._dragged_from = event.position()
        if event.button() == Qt.MouseButton.LeftButton and self._tool is not None:
            self._drag = _Drag.TOOL
            self._tool.press(self._at(event, view))
        elif event.button() == Qt.MouseButton.RightButton:
            if self._tone.window is not None:
                self._drag = _Drag.WINDOW
                self.window_gripped.emit()
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drag = _Drag.MOVE
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        # Not accepted, so that the viewer takes the focus.
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        view = self.view
        if view is None:
            return
        self._pointer = event.position()
        way = event.position() - self._dragged_from
        if self._drag is _Drag.MOVE:
            self._dragged_from = event.position()
            ratio = self.devicePixelRatioF()
            self._set(view.projection.moved(way.x() * ratio, way.y() * ratio))
        elif self._drag is _Drag.WINDOW:
            self.window_dragged.emit(way.x(), way.y())
        elif self._drag is _Drag.TOOL and self._tool is not None:
            self._tool.move(self._at(event, view))
        elif self._tool is not None:
            self._tool.hover(self._at(event, view))
        if self._magnifies:
            self.update()
        self.pointer_moved.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is _Drag.TOOL and self._tool is not None and (view := self.view) is not None:
            self._tool.release(self._at(event, view))
        elif drag is _Drag.WINDOW:
            self.window_released.emit()
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """From fitted to one pixel for one, at the place that was clicked, and back; with a tool, one more press."""
        if self._tool is not None or event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
        elif self._projection is not None and self._projection.fits:
            self.zoom_to(1.0, self._device(event.position()))
        else:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()
        self.pointer_moved.emit()
        super().leaveEvent(event)

    def paint_above(self, painter: QPainter, view: CanvasView) -> None:
        if self._magnifies and not self._cover and self._shot is not None and self._pointer is not None:
            paint_lens(painter, self._shot, view, self._pointer, self._tone, self.ground())

    def _at(self, event: QMouseEvent, view: CanvasView) -> Pointer:
        position = event.position()
        return Pointer(view.to_image(position), position, view, event.button(), event.modifiers())

    def _drop_tool(self) -> None:
        """Have the tool forget what is half done."""
        if self._drag is _Drag.TOOL:
            self._drag = None
        if self._tool is not None:
            self._tool.cancel()

    def _show_cursor(self) -> None:
        if self._tool is not None:
            self.setCursor(self._tool.cursor)
        else:
            self.unsetCursor()

    def _device(self, position: QPointF) -> Point:
        ratio = self.devicePixelRatioF()
        return position.x() * ratio, position.y() * ratio
