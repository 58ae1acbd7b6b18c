"""Marks in a picture: painted over it, drawn, moved, pulled by their handles, always in image coordinates."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from hitl_desktop.domain.evidence import NO_EVIDENCE, Area, Arrow, Ellipse, Evidence, Shape
from hitl_desktop.domain.mark_shapes import Point, at, bounds, drawn, handles, moved_inside, pulled
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import DARK, OVERLAY_MARK, OVERLAY_OUTLINE, OVERLAY_TEXT
from hitl_desktop.gui.viewers.canvas_tools import CanvasView, Pointer
from hitl_desktop.gui.viewers.image_canvas import ImageCanvas
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.painting import draw_text, text_width
from hitl_desktop.language import tr

_REACH: Final = 7.0
"""So far from a line, in logical pixels, a press still means it."""
_HANDLE: Final = 8.0
_HANDLE_REACH: Final = 8.0
_LINE: Final = 2.0
_OUTLINE: Final = 4.0
_HEAD: Final = 12.0
_TAG_HEIGHT: Final = 18
_TAG_PADDING: Final = 5
_GLYPH: Final = 10

Drawn = Callable[[Shape, tuple[int, int]], None]
Changed = Callable[[int, Shape, tuple[int, int]], None]
Selected = Callable[[int | None], None]


class ImageMarks:
    """A layer of the canvas that paints the shapes of an item's evidence, and what its tools do to them.

    `on_drawn(shape, size)`, `on_changed(place, shape, size)` and `on_selected(place)` tell what a hand did: `place` is
    the mark's among the evidence, `size` that of the picture. Nothing is changed here: the evidence comes by `show`.
    `named(label_id)` gives the position and the name of a class.
    """

    def __init__(
        self,
        canvas: ImageCanvas,
        theme: Theme,
        *,
        on_drawn: Drawn,
        on_changed: Changed,
        on_selected: Selected,
        named: Callable[[int], tuple[int, str]],
    ) -> None:
        self.canvas = canvas
        self._theme = theme
        self._named = named
        self.on_drawn, self.on_changed, self.on_selected = on_drawn, on_changed, on_selected
        self.evidence: Evidence = NO_EVIDENCE
        self.selected: int | None = None
        self.preview: tuple[int | None, Shape] | None = None
        """What is being drawn (None) or changed (its place), before the button is let go."""
        self.tools = {kind: MarkTool(self, kind) for kind in ("box", "ellipse", "arrow")}

    def show(self, evidence: Evidence, selected: int | None) -> None:
        """Show this evidence, one of its marks selected or none."""
        self.evidence, self.selected = evidence, selected
        self.canvas.update()

    def shapes(self, frame: int) -> list[tuple[int, Shape]]:
        """The shapes of a frame with their places, as they are seen now."""
        marks = [(place, m) for place, m in enumerate(self.evidence.marks) if isinstance(m, Shape)]
        if self.preview is not None and self.preview[0] is not None:
            marks = [(place, self.preview[1] if place == self.preview[0] else m) for place, m in marks]
        return [(place, mark) for place, mark in marks if mark.frame == frame]

    def tool_in_hand(self) -> str:
        """The kind of mark that the tool in the hand draws; empty without one of ours."""
        tool = self.canvas.tool
        return tool.kind if isinstance(tool, MarkTool) and tool.owner is self else ""

    def take(self, kind: str) -> None:
        """Take the tool of a kind of mark into the hand, or put it away when it is there."""
        self.canvas.set_tool(None if self.tool_in_hand() == kind else self.tools[kind])

    def paint(self, painter: QPainter, view: CanvasView) -> None:
        """All shapes of the frame, and what is being drawn."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as the picture, in every language
        for place, shape in self.shapes(view.frame):
            self._paint(painter, view, shape, is_selected=place == self.selected)
        if self.preview is not None and self.preview[0] is None:
            self._paint(painter, view, self.preview[1], is_selected=False)

    def _paint(self, painter: QPainter, view: CanvasView, shape: Shape, *, is_selected: bool) -> None:
        path = outline_path(shape, view)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        dark = QColor(OVERLAY_OUTLINE)
        dark.setAlphaF(0.7)
        for colour, width in ((dark, _OUTLINE), (self._colour(shape), _LINE)):
            pen = QPen(colour, width + is_selected)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            if isinstance(shape, Area) and shape.counts is False:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawPath(path)
        if shape.label_id is not None or (isinstance(shape, Area) and shape.counts is not None):
            self._paint_name(painter, view, shape)
        if is_selected:
            painter.setPen(QPen(QColor(OVERLAY_OUTLINE), 1))
            painter.setBrush(QColor(OVERLAY_TEXT))
            for place in handles(shape).values():
                painter.drawRect(_square(view.to_widget(place)))

    def _colour(self, shape: Shape) -> QColor:
        if shape.label_id is None:
            return QColor(OVERLAY_MARK)
        return QColor(DARK.class_colour(self._named(shape.label_id)[0]))

    def _paint_name(self, painter: QPainter, view: CanvasView, shape: Shape) -> None:
        """The class beside the mark, and whether it counts, on a dark ground: above it where there is room."""
        position, name = (-1, "") if shape.label_id is None else self._named(shape.label_id)
        counts = shape.counts if isinstance(shape, Area) else None
        said = "" if counts is None else tr("should count") if counts else tr("should not count")
        name = " · ".join(part for part in (name, said) if part)
        glyph_room = _GLYPH + _TAG_PADDING if position >= 0 else 0
        font = self._theme.font("small")
        height = self._theme.px(_TAG_HEIGHT)
        width = 2 * _TAG_PADDING + glyph_room + text_width(name, font)
        corners = [view.to_widget(corner) for corner in _corners(shape)]
        left, top = min(c.x() for c in corners), min(c.y() for c in corners)
        rect = QRectF(left, top - height - 4 if top > height + 4 else top + 4, width, height)
        ground = QColor(OVERLAY_OUTLINE)
        ground.setAlphaF(0.72)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, 3, 3)
        if position >= 0:
            glyph = QRectF(rect.left() + _TAG_PADDING, rect.top() + (height - _GLYPH) / 2, _GLYPH, _GLYPH)
            paint_glyph(painter, glyph, position, DARK)
        words = rect.adjusted(_TAG_PADDING + glyph_room, 0, 0, 0).toAlignedRect()
        draw_text(painter, words, name, font, QColor(OVERLAY_TEXT))


class MarkTool:
    """Draws one kind of mark; over a mark that is there it takes that one: by a handle, or by its line."""

    def __init__(self, owner: ImageMarks, kind: str) -> None:
        self.owner = owner
        self.kind = kind
        self._from: Point | None = None
        self._taken: tuple[int, Shape, str] | None = None

    @property
    def cursor(self) -> Qt.CursorShape:
        """A cross: the place counts."""
        return Qt.CursorShape.CrossCursor

    def press(self, pointer: Pointer) -> None:
        """Take what is under the pointer, or begin to draw."""
        view = pointer.view
        shapes = self.owner.shapes(view.frame)
        self._taken = self._handle_at(shapes, pointer) or self._line_at(shapes, pointer)
        self._from = pointer.at if self._taken else view.inside(pointer.at)
        self.owner.on_selected(self._taken[0] if self._taken else None)

    def move(self, pointer: Pointer) -> None:
        """Show what it would be."""
        found = self._now(pointer)
        self.owner.preview = None if found is None else (self._taken[0] if self._taken else None, found)
        self.owner.canvas.update()

    def release(self, pointer: Pointer) -> None:
        """That is it."""
        found, taken = self._now(pointer), self._taken
        size = pointer.view.size
        self.cancel()
        if found is None:
            return
        if taken is None:
            self.owner.on_drawn(found, size)
        elif found != taken[1]:
            self.owner.on_changed(taken[0], found, size)

    def hover(self, pointer: Pointer) -> None:
        """Say by the cursor what a press would take."""
        shapes = self.owner.shapes(pointer.view.frame)
        over = Qt.CursorShape.SizeAllCursor
        if self._handle_at(shapes, pointer) is not None:
            over = Qt.CursorShape.PointingHandCursor
        elif self._line_at(shapes, pointer) is None:
            over = self.cursor
        self.owner.canvas.setCursor(over)

    def cancel(self) -> None:
        """Nothing was begun."""
        self._from, self._taken, self.owner.preview = None, None, None
        self.owner.canvas.update()

    def _now(self, pointer: Pointer) -> Shape | None:
        if self._from is None:
            return None
        view = pointer.view
        if self._taken is None:
            return drawn(self.kind, self._from, view.inside(pointer.at), view.frame)
        _, shape, handle = self._taken
        if handle:
            return pulled(shape, handle, view.inside(pointer.at))
        return moved_inside(shape, pointer.at[0] - self._from[0], pointer.at[1] - self._from[1], *view.size)

    def _handle_at(self, shapes: Sequence[tuple[int, Shape]], pointer: Pointer) -> tuple[int, Shape, str] | None:
        """A handle of the selected mark: only it shows them."""
        shape = dict(shapes).get(-1 if self.owner.selected is None else self.owner.selected)
        if shape is None or self.owner.selected is None:
            return None
        for name, place in handles(shape).items():
            away = pointer.view.to_widget(place) - pointer.position
            if max(abs(away.x()), abs(away.y())) <= _HANDLE_REACH:
                return self.owner.selected, shape, name
        return None

    @staticmethod
    def _line_at(shapes: Sequence[tuple[int, Shape]], pointer: Pointer) -> tuple[int, Shape, str] | None:
        """The mark whose line is under the pointer. What lies inside a mark is free to be drawn on."""
        found = at(shapes, pointer.at, _REACH / pointer.view.scale, inside=False)
        return None if found is None else (found, dict(shapes)[found], "")


def outline_path(shape: Shape, view: CanvasView) -> QPainterPath:
    """The line of a shape in the widget's logical pixels, whichever way the picture is turned."""
    path = QPainterPath()
    if isinstance(shape, Arrow):
        tail, tip = view.to_widget((shape.x, shape.y)), view.to_widget((shape.tip_x, shape.tip_y))
        path.moveTo(tail)
        path.lineTo(tip)
        for side in _barbs(tail, tip):
            path.moveTo(tip)
            path.lineTo(side)
        return path
    corners = [view.to_widget(corner) for corner in _corners(shape)]
    # Turned by quarters only, so that the sides stay level.
    area = QRectF(corners[0], corners[2]).normalized()
    if isinstance(shape, Ellipse):
        path.addEllipse(area)
    else:
        path.addRect(area)
    return path


def _barbs(tail: QPointF, tip: QPointF) -> Iterator[QPointF]:
    """The ends of the two strokes of an arrow's head."""
    way = tail - tip
    length = max(1e-6, (way.x() ** 2 + way.y() ** 2) ** 0.5)
    along, across = way / length, QPointF(-way.y(), way.x()) / length
    size = min(_HEAD, length)
    yield tip + along * size + across * size * 0.5
    yield tip + along * size - across * size * 0.5


def _corners(shape: Shape) -> list[Point]:
    x, y, width, height = bounds(shape)
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _square(middle: QPointF) -> QRectF:
    return QRectF(middle.x() - _HANDLE / 2, middle.y() - _HANDLE / 2, _HANDLE, _HANDLE)
