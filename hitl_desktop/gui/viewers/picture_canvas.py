"""A frame of a picture on its ground, with small text over it. What the mouse does is added by `ImageCanvas`."""

from collections.abc import Callable
from enum import Enum
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.cover import NO_COVER, Cover, covered_pane
from hitl_desktop.gui.decoded import Decoded, Sampled, Shot
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import LIGHT, OVERLAY_TEXT2, SPACE_8
from hitl_desktop.gui.viewers.canvas_corners import LIGHT_GROUND, CornerPainter, Corners, Letters
from hitl_desktop.gui.viewers.canvas_tools import CanvasLayer, CanvasView
from hitl_desktop.gui.viewers.projection import Point, Projection, stretch_of
from hitl_desktop.gui.viewers.rendering import Tone, fitted_ahead, render, render_quickly, sample
from hitl_desktop.gui.widgets.painted import Painted

CANVAS_COLOURS: Final[dict[str, str]] = {"black": "#000000", "grey": "#5A5A5A", "white": "#FFFFFF"}
_SETTLED_MS: Final = 80


class Overlays(Enum):
    """What is painted over the picture."""

    FULL = "full"
    CORNERS = "corners"
    NONE = "none"


class PictureCanvas(Painted):
    """Paints one frame of a picture and lets it be zoomed, moved and turned.

    `zoom_changed` follows every change of what is visible. Other parts paint over the picture (`add_layer`).
    """

    zoom_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._picture: Decoded | None = None
        self._shot: Shot | None = None
        self._index = 0
        self._projection: Projection | None = None
        self._tone = Tone()
        self._canvas = "theme"
        self._cover = NO_COVER
        self._sampled: Sampled | None = None
        self._frame: QPixmap | None = None
        self._layers: list[CanvasLayer] = []
        self._message = ""
        self._corners = Corners()
        self._letters = Letters()
        self._overlays = Overlays.FULL
        self._texts = CornerPainter(theme)
        self._taken = 0
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._redraw)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        # The picture and its corners stay where they are in right-to-left layouts too.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    @property
    def projection(self) -> Projection | None:
        """Where the picture lies now; None without a picture."""
        return self._projection

    @property
    def view(self) -> CanvasView | None:
        """How the picture lies in the pane, for tools and layers; None without a picture."""
        if self._projection is None or self._picture is None:
            return None
        said, shots = self._picture.description, self._picture.shots
        return CanvasView(
            self._projection,
            self.devicePixelRatioF(),
            self._index,
            len(shots) if shots is not None else 1,
            said.spacing if said is not None else None,
        )

    @property
    def frame(self) -> QPixmap | None:
        """What was painted last: the pane in device pixels, without the text over it. None when out of date."""
        picture, shot, projection = self._picture, self._shot, self._projection
        if self._frame is None and picture is not None and shot is not None and projection is not None:
            is_ahead = self._made_ahead(projection) is not None
            return self._rendered(picture, shot, projection) if is_ahead else None
        return self._frame

    @property
    def shot(self) -> Shot | None:
        """The frame on screen; None while it is not decoded."""
        return self._shot

    @property
    def overlays(self) -> Overlays:
        """What is painted over the picture."""
        return self._overlays

    @property
    def message(self) -> str:
        """The words in the middle of the pane."""
        return self._message

    @property
    def corners(self) -> Corners:
        """The text in the corners."""
        return self._corners

    @property
    def letters(self) -> Letters:
        """The letters at the edges."""
        return self._letters

    def add_layer(self, layer: CanvasLayer) -> None:
        """Paint this over the picture from now on, above the layers before. Call `update` when it looks different."""
        self._layers.append(layer)
        self.update()

    def show_picture(self, picture: Decoded, tone: Tone) -> None:
        """Show a picture: fitted, the right way round, at the frame that it is to be shown with first."""
        self._picture, self._message, self._tone = picture, "", tone
        self._index = picture.shots.wanted if picture.shots is not None else 0
        self._shot = picture.shots.get(self._index) if picture.shots is not None else None
        self._sampled = picture.sampled
        stretch = stretch_of(picture.description.proportion if picture.description is not None else None)
        self._set(Projection.fitted(picture.size, self._pane(), self._margin(), stretch=stretch))

    def show_frame(self, index: int, message: str = "", *, passing: bool = False) -> None:
        """Show another frame of the picture; with a `message` where it is not decoded, or cannot be.

        `passing`: others will follow at once, so it is painted quickly, and sharply when they have stopped.
        """
        if self._picture is None or self._picture.shots is None:
            return
        self._index, self._shot = index, self._picture.shots.get(index)
        self._message = message if self._shot is None else ""
        self._redraw()
        if passing and self._shot is not None and self._projection is not None:
            quick = render_quickly(self._shot, self._picture.size, self._projection, self._tone, self.ground())
            self._frame = self._under_cover(quick) if quick is not None else None
            self._settled.start()

    def set_tone(self, tone: Tone) -> None:
        """See grey values through another window."""
        if tone != self._tone:
            self._tone = tone
            self._frame = None
            self.update()

    @property
    def cover(self) -> Cover:
        """What lies over the picture now."""
        return self._cover

    def set_cover(self, cover: Cover) -> None:
        """Cover the picture, or reveal it."""
        if cover != self._cover:
            self._cover = cover
            self._frame = None
            self.update()

    def ahead(self) -> Callable[[Decoded], Decoded]:
        """Work for the thread that decodes, so that a picture shown in the pane as it is now is only painted."""
        return fitted_ahead(self._pane(), self._margin())

    def show_nothing(self, message: str = "") -> None:
        """Show the ground alone, perhaps with a word in the middle."""
        self._picture, self._shot, self._projection, self._message = None, None, None, message
        self._corners, self._letters = Corners(), Letters()
        self._redraw()

    def set_canvas(self, canvas: str) -> None:
        """Choose the ground: "black", "grey" or "white"; anything else means that of the theme."""
        self._canvas = canvas
        self._frame = None
        self.update()

    def set_overlays(self, shown: Overlays) -> None:
        """Choose what is painted over the picture."""
        self._overlays = shown
        self.update()

    def set_corners(self, corners: Corners, letters: Letters) -> None:
        """Change the text over the picture."""
        if (corners, letters) != (self._corners, self._letters):
            self._corners, self._letters = corners, letters
            self.update()

    def keep_free(self, width: int) -> None:
        """Write nothing on so many logical pixels at the right edge: something else lies there."""
        self._taken = width
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

    def move_by(self, right: float, down: float) -> None:
        """Move the picture by logical pixels."""
        if self._projection is not None:
            ratio = self.devicePixelRatioF()
            self._set(self._projection.moved(right * ratio, down * ratio))

    @property
    def middle(self) -> Point:
        """The place in the picture, in its pixels, that lies in the middle of the pane, or the nearest to it."""
        view = self.view
        if view is None:
            return 0.0, 0.0
        return view.inside(view.to_image(QPointF(self.width() / 2, self.height() / 2)))

    def ground(self) -> QColor:
        """The colour around the picture."""
        chosen = CANVAS_COLOURS.get(self._canvas)
        return QColor(chosen) if chosen is not None else self.theme.colour("canvas")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._projection is not None:
            self._set(self._projection.in_pane(self._pane()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        view = self.view
        if self._picture is None or view is None:
            painter.fillRect(self.rect(), self.ground())
            self._paint_message(painter)
            return
        self._follow_screen()
        if self._shot is None:
            painter.fillRect(self.rect(), self.ground())
            self._paint_message(painter)
        elif (ahead := self._made_ahead(view.projection)) is not None:
            at, image = ahead
            self._paint_ground(painter, QRect(at, image.size()))
            painter.drawImage(at, image)
        else:
            painter.drawPixmap(QPoint(0, 0), self._rendered(self._picture, self._shot, view.projection))
        self._paint_over(painter, view)
        self.paint_above(painter, view)

    def _paint_ground(self, painter: QPainter, around: QRect) -> None:
        """The ground on the four sides of what lies on it."""
        ground, width, height = self.ground(), self.width(), self.height()
        below, right = around.top() + around.height(), around.left() + around.width()
        painter.fillRect(0, 0, width, around.top(), ground)
        painter.fillRect(0, below, width, height - below, ground)
        painter.fillRect(0, around.top(), around.left(), around.height(), ground)
        painter.fillRect(right, around.top(), width - right, around.height(), ground)

    def _made_ahead(self, projection: Projection) -> tuple[QPoint, QImage] | None:
        """The pixels of the screen where they were made beside the window, and where they lie: painted as they are."""
        sampled = self._sampled
        if self._frame is not None or self._cover or sampled is None or sampled.image is None:
            return None
        if sampled.projection != projection or sampled.tone != self._tone or self.devicePixelRatioF() != 1.0:
            return None
        return QPoint(*sampled.at), sampled.image

    def paint_above(self, painter: QPainter, view: CanvasView) -> None:
        """For subclasses: paint above everything else."""

    def _paint_over(self, painter: QPainter, view: CanvasView) -> None:
        if self._overlays is Overlays.NONE:
            return
        for layer in self._layers:
            painter.save()
            layer.paint(painter, view)
            painter.restore()
        pane = self.rect().adjusted(0, 0, -self._taken, 0)
        letters = self._letters if self._overlays is Overlays.FULL else Letters()
        self._texts.paint(painter, pane, self.ground(), self._picture_area(), self._corners, letters)

    def _follow_screen(self) -> None:
        """A window moved to a screen with another device ratio has another number of device pixels, but no resize."""
        if self._projection is not None and self._projection.pane != self._pane():
            self._projection = self._projection.in_pane(self._pane())
            self._frame = None

    def _rendered(self, picture: Decoded, shot: Shot, projection: Projection) -> QPixmap:
        if self._frame is None:
            if self._sampled is None or self._sampled.projection != projection:
                self._sampled = sample(shot, picture.size, projection)
            width, height = self._pane()
            size = QSize(int(width), int(height))
            self._frame = self._under_cover(render(shot, self._sampled, self._tone, size, self.ground()))
        self._frame.setDevicePixelRatio(self.devicePixelRatioF())
        return self._frame

    def _under_cover(self, pane: QPixmap) -> QPixmap:
        if not self._cover or self._projection is None:
            return pane
        return covered_pane(pane, self._cover, max(self._projection.shown) * self._projection.scale)

    def _set(self, projection: Projection) -> None:
        is_kept = self._sampled is not None and self._sampled.projection == projection
        self._projection = projection
        self._frame = None
        if not is_kept:
            self._sampled = None
        self.update()
        self.zoom_changed.emit()

    def _redraw(self) -> None:
        self._settled.stop()
        self._frame = self._sampled = None
        self.update()

    def _theme_changed(self) -> None:
        self._frame = None
        super()._theme_changed()

    def _pane(self) -> Point:
        ratio = self.devicePixelRatioF()
        return float(max(1, round(self.width() * ratio))), float(max(1, round(self.height() * ratio)))

    def _margin(self) -> float:
        return SPACE_8 * self.devicePixelRatioF()

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
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), flags, self._message)
