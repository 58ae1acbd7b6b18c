"""The pane of an image: nothing but the picture, its ground, and small text in the corners."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.media import Decoded
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import LIGHT, OVERLAY_TEXT2, SPACE_8
from hitl_desktop.gui.viewers.canvas_corners import LIGHT_GROUND, CornerPainter, Corners, Line
from hitl_desktop.gui.viewers.canvas_tools import CanvasLayer, CanvasTool, CanvasView, Pointer
from hitl_desktop.gui.viewers.projection import Point, Projection
from hitl_desktop.gui.viewers.rendering import fitted_ahead, render
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.language import number, percent, tr

CANVAS_COLOURS: Final[dict[str, str]] = {"black": "#000000", "grey": "#5A5A5A", "white": "#FFFFFF"}
ZOOM_STEP: Final = 1.25
_NOTCH: Final = 120


class ImageCanvas(Painted):
    """Paints one picture and lets it be zoomed, moved and turned.

    `zoom_changed` follows every change of what is visible. Other parts paint over the picture (`add_layer`) and take
    the left button (`set_tool`); `tool_changed` says that another tool, or none, is in the hand.
    """

    zoom_changed = Signal()
    tool_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._picture: Decoded | None = None
        self._projection: Projection | None = None
        self._canvas = "theme"
        self._frame: QPixmap | None = None
        self._dragged_from: QPointF | None = None
        self._tool: CanvasTool | None = None
        self._is_pressed = False
        self._layers: list[CanvasLayer] = []
        self._message = ""
        self._top: tuple[str, ...] = ()
        self._overlays = True
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        # The picture and its corners stay where they are in right-to-left layouts too.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    @property
    def projection(self) -> Projection | None:
        """Where the picture lies now; None without a picture."""
        return self._projection

    @property
    def view(self) -> CanvasView | None:
        """How the picture lies in the pane, for tools and layers; None without a picture."""
        return CanvasView(self._projection, self.devicePixelRatioF()) if self._projection is not None else None

    @property
    def tool(self) -> CanvasTool | None:
        """The tool that has the left button; None when it moves the picture."""
        return self._tool

    def set_tool(self, tool: CanvasTool | None) -> None:
        """Put a tool in the hand in place of the one before; None lets the left button move the picture again."""
        if tool is self._tool:
            return
        self._drop_tool()
        self._tool = tool
        self._show_cursor()
        self.tool_changed.emit()

    def add_layer(self, layer: CanvasLayer) -> None:
        """Paint this over the picture from now on, above the layers before. Call `update` when it looks different."""
        self._layers.append(layer)
        self.update()

    @property
    def frame(self) -> QPixmap | None:
        """What was painted last: the pane in device pixels, without the text in the corners. None when out of date."""
        return self._frame

    @property
    def overlays(self) -> bool:
        """True while the text in the corners is shown."""
        return self._overlays

    @property
    def message(self) -> str:
        """The words in the middle of the empty pane."""
        return self._message

    def show_picture(self, picture: Decoded, top: tuple[str, ...]) -> None:
        """Show a picture, fitted, with these lines at the top left."""
        self._drop_tool()
        self._picture, self._top, self._message = picture, top, ""
        self._set(Projection.fitted(picture.size, self._pane(), self._margin()))

    def ahead(self) -> Callable[[Decoded], Decoded]:
        """Work for the thread that decodes, so that a picture shown in the pane as it is now is only painted."""
        return fitted_ahead(self._pane(), self._margin())

    def show_nothing(self, message: str = "") -> None:
        """Show the ground alone, perhaps with a word in the middle."""
        self._drop_tool()
        self._picture, self._projection, self._message, self._top = None, None, message, ()
        self._dragged_from = None
        self._redraw()

    def set_canvas(self, canvas: str) -> None:
        """Choose the ground: "black", "grey" or "white"; anything else means that of the theme."""
        self._canvas = canvas
        self._redraw()

    def set_overlays(self, shown: bool) -> None:
        """Show or hide the text in the corners."""
        self._overlays = shown
        self.update()

    def fit(self) -> None:
        """Show the whole picture, as large as it fits, the way round it is."""
        if self._projection is not None:
            self._set(self._projection.fitted_again())

    def flip(self, *, upside_down: bool = False) -> None:
        """Mirror what is shown left to right, or top to bottom."""
        if self._projection is not None:
            self._set(self._projection.flip(upside_down=upside_down))

    def turn(self, quarters: int) -> None:
        """Turn what is shown clockwise by quarters."""
        if self._projection is not None:
            self._set(self._projection.turn(quarters))

    def show_like(self, other: Projection) -> None:
        """Show the same part as another canvas does, the same way round: for pictures side by side."""
        if self._projection is not None:
            self._set(self._projection.like(other))

    def reset_view(self) -> None:
        """The right way round, and fitted."""
        if self._projection is not None:
            self._set(self._projection.upright().fitted_again())

    def zoom_to(self, scale: float, anchor: Point | None = None) -> None:
        """Zoom to `scale` device pixels per picture pixel; what lies at `anchor` (default: the middle) stays there."""
        if self._projection is not None:
            pane = self._projection.pane
            self._set(self._projection.zoomed(scale, anchor or (pane[0] / 2, pane[1] / 2)))

    def zoom_by(self, factor: float, anchor: Point | None = None) -> None:
        """Zoom by a factor."""
        if self._projection is not None:
            self.zoom_to(self._projection.scale * factor, anchor)

    def ground(self) -> QColor:
        """The colour around the picture."""
        chosen = CANVAS_COLOURS.get(self._canvas)
        return QColor(chosen) if chosen is not None else self.theme.colour("canvas")

    def bottom_left(self) -> str:
        """What the grey values on the screen mean."""
        return (
            tr("Robust {low}–{high} %", low=number(1), high=number(99))
            if self._picture is not None and self._picture.window is not None
            else ""
        )

    def bottom_right(self) -> str:
        """The zoom: 100 % is one pixel of the screen for each pixel of the picture."""
        return tr("Zoom {share}", share=percent(self._projection.scale)) if self._projection is not None else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._projection is not None:
            self._set(self._projection.in_pane(self._pane()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned:
            self.zoom_by(ZOOM_STEP ** (turned / _NOTCH), self._device(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        view = self.view
        if view is None or self._is_busy:
            return
        if event.button() == Qt.MouseButton.LeftButton and self._tool is not None:
            self._is_pressed = True
            self._tool.press(self._pointer(event, view))
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._dragged_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        # Not accepted, so that the viewer takes the focus.
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        view = self.view
        if view is None:
            return
        if self._dragged_from is not None:
            way = (event.position() - self._dragged_from) * self.devicePixelRatioF()
            self._dragged_from = event.position()
            self._set(view.projection.moved(way.x(), way.y()))
        elif self._tool is not None:
            (self._tool.move if self._is_pressed else self._tool.hover)(self._pointer(event, view))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._is_pressed and self._tool is not None:
            self._is_pressed = False
            if (view := self.view) is not None:
                self._tool.release(self._pointer(event, view))
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._dragged_from = None
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """From fitted to one pixel for one, at the place that was clicked, and back; with a tool, one more press."""
        if self._tool is not None:
            self.mousePressEvent(event)
            return
        if self._projection is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._projection.fits:
            self.zoom_to(1.0, self._device(event.position()))
        else:
            self.fit()

    @property
    def _is_busy(self) -> bool:
        """True while one button is down already: the others wait."""
        return self._is_pressed or self._dragged_from is not None

    def _pointer(self, event: QMouseEvent, view: CanvasView) -> Pointer:
        position = event.position()
        return Pointer(view.to_image(position), position, view, event.button(), event.modifiers())

    def _drop_tool(self) -> None:
        """Have the tool forget what is half done."""
        self._is_pressed = False
        if self._tool is not None:
            self._tool.cancel()

    def _show_cursor(self) -> None:
        if self._tool is not None:
            self.setCursor(self._tool.cursor)
        else:
            self.unsetCursor()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._picture is None or self._projection is None:
            painter.fillRect(self.rect(), self.ground())
            self._paint_message(painter)
            return
        self._follow_screen()
        painter.drawPixmap(QPoint(0, 0), self._rendered(self._picture, self._projection))
        for layer in self._layers:
            painter.save()
            layer.paint(painter, CanvasView(self._projection, self.devicePixelRatioF()))
            painter.restore()
        if self._overlays:
            self._paint_corners(painter)

    def _follow_screen(self) -> None:
        """A window moved to a screen with another device ratio has another number of device pixels, but no resize."""
        if self._projection is not None and self._projection.pane != self._pane():
            self._projection = self._projection.in_pane(self._pane())
            self._frame = None

    def _rendered(self, picture: Decoded, projection: Projection) -> QPixmap:
        if self._frame is None:
            width, height = self._pane()
            self._frame = render(picture, projection, QSize(int(width), int(height)), self.ground())
            self._frame.setDevicePixelRatio(self.devicePixelRatioF())
        return self._frame

    def _set(self, projection: Projection) -> None:
        self._projection = projection
        self._redraw()
        self.zoom_changed.emit()

    def _redraw(self) -> None:
        self._frame = None
        self.update()

    def _theme_changed(self) -> None:
        self._frame = None
        super()._theme_changed()

    def _pane(self) -> Point:
        ratio = self.devicePixelRatioF()
        return float(max(1, round(self.width() * ratio))), float(max(1, round(self.height() * ratio)))

    def _margin(self) -> float:
        return SPACE_8 * self.devicePixelRatioF()

    def _device(self, position: QPointF) -> Point:
        ratio = self.devicePixelRatioF()
        return position.x() * ratio, position.y() * ratio

    def _picture_area(self) -> QRect:
        """Where the picture lies, in logical pixels."""
        if self._projection is None:
            return QRect()
        ratio = self.devicePixelRatioF()
        (left, top), scale = self._projection.origin, self._projection.scale
        width, height = (length * scale / ratio for length in self._projection.shown)
        return QRect(round(left / ratio), round(top / ratio), round(width), round(height))

    def _paint_message(self, painter: QPainter) -> None:
        if self._message:
            is_light = self.ground().lightness() > LIGHT_GROUND
            painter.setFont(self.theme.font("body"))
            painter.setPen(QColor(LIGHT.text2 if is_light else OVERLAY_TEXT2))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._message)

    def _paint_corners(self, painter: QPainter) -> None:
        shown = Corners(
            tuple(Line(text, quiet=row > 0) for row, text in enumerate(self._top)),
            bottom_left=(Line(self.bottom_left(), quiet=True),),
            bottom_right=(Line(self.bottom_right()),),
        )
        CornerPainter(painter, self.theme, self.ground(), self._picture_area()).corners(self.rect(), shown)
