"""A mask on a picture: boxes and strokes painted as they will be in the copies, drawn, moved, pulled and taken away,
boxes by keys as well.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from hitl_desktop.domain.evidence import NO_EVIDENCE, Evidence, Shape
from hitl_desktop.domain.evidence import Box as BoxMark
from hitl_desktop.domain.mark_shapes import bounds
from hitl_desktop.domain.mask_strokes import Stroke
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.canvas_tools import CanvasView
from hitl_desktop.gui.viewers.image_marks import ImageMarks
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.views.masks.brush import Brush, paint_stroke
from hitl_desktop.store.masks import Box

_BLACK: Final = "#000000"
_NEW: Final = (0.2, 0.08)
"""Width and height of a box that a key makes, of those of the picture."""
Changed = Callable[[tuple[Box, ...], tuple[Stroke, ...]], None]


class MaskLayer:
    """The mask of one viewer. `changed(boxes, strokes)` tells what it is to be; it comes back by `show`.

    A mask is over every frame of a stack, so it is shown in whichever is on screen.
    """

    def __init__(self, viewer: ImageViewer, theme: Theme, changed: Changed) -> None:
        self._viewer = viewer
        self._changed = changed
        self.boxes: tuple[Box, ...] = ()
        self.strokes: tuple[Stroke, ...] = ()
        self.is_pending = False
        """True while keys have changed a box that `settle` has not told of yet."""
        self.brush = Brush(viewer.canvas, lambda stroke: self._changed(self.boxes, (*self.strokes, stroke)))
        self.marks = ImageMarks(
            viewer.canvas,
            theme,
            on_drawn=self._drawn,
            on_changed=self._moved,
            on_selected=self._select,
            named=lambda _: (0, ""),
        )
        viewer.canvas.add_layer(self)
        viewer.canvas.add_layer(self.marks)
        viewer.frame_changed.connect(lambda: self.show(self.boxes, self.strokes, self.selected))

    @property
    def selected(self) -> int | None:
        """The place of the box that is selected; None without one."""
        return self.marks.selected

    @property
    def has_brush(self) -> bool:
        """True while the left button draws with the brush."""
        return self._viewer.canvas.tool is self.brush

    def take_tool(self, *, brush: bool = False) -> None:
        """Have the left button draw boxes, or with the brush."""
        if brush:
            self._viewer.canvas.set_tool(self.brush)
        elif self.marks.tool_in_hand() != "box":
            self.marks.take("box")

    def show(self, boxes: Sequence[Box], strokes: Sequence[Stroke] = (), selected: int | None = None) -> None:
        """Show these boxes and strokes."""
        self.boxes, self.strokes, self.is_pending = tuple(boxes), tuple(strokes), False
        frame = self._viewer.frame
        marks = tuple(BoxMark(float(x), float(y), float(w), float(h), frame) for x, y, w, h in self.boxes)
        self.marks.show(Evidence(marks) if marks else NO_EVIDENCE, selected if len(marks) > (selected or 0) else None)

    def remove(self) -> None:
        """Take the selected box away; else what was drawn last with what is in the hand, else what is there."""
        self.settle()
        if self.strokes and (self.has_brush or not self.boxes):
            self._changed(self.boxes, self.strokes[:-1])
        elif self.boxes:
            place = len(self.boxes) - 1 if self.selected is None else self.selected
            self._changed(self.boxes[:place] + self.boxes[place + 1 :], self.strokes)

    def add_box(self) -> None:
        """A box in the middle of the picture, selected: keys move it and change its size."""
        view = self._viewer.canvas.view
        if view is not None:
            self.settle()
            width, height = (max(1, round(side * share)) for side, share in zip(view.size, _NEW, strict=True))
            place = ((view.size[0] - width) // 2, (view.size[1] - height) // 2)
            self.marks.selected = len(self.boxes)
            self._changed((*self.boxes, (*place, width, height)), self.strokes)

    def select_next(self) -> None:
        """The next box, around the end; the first where none is selected."""
        self.settle()
        if self.boxes:
            place = 0 if self.selected is None else (self.selected + 1) % len(self.boxes)
            self.show(self.boxes, self.strokes, place)

    def deselect(self) -> None:
        """No box is selected."""
        self.settle()
        self.show(self.boxes, self.strokes)

    def adjust(self, across: int, down: int, *, size: bool, finely: bool) -> None:
        """Move the selected box, or change its `size`, by a pixel or a hundredth of the picture; `settle` tells."""
        view, place = self._viewer.canvas.view, self.selected
        if view is None or place is None:
            return
        step = 1 if finely else max(1, round(max(view.size) / 100))
        x, y, width, height = self.boxes[place]
        if size:
            width, height = (max(1, side + step * by) for side, by in ((width, across), (height, down)))
            box = (x, y, min(width, view.size[0] - x), min(height, view.size[1] - y))
        else:
            x, y = (max(0, at + step * by) for at, by in ((x, across), (y, down)))
            box = (min(x, view.size[0] - width), min(y, view.size[1] - height), width, height)
        self.show((*self.boxes[:place], box, *self.boxes[place + 1 :]), self.strokes, place)
        self.is_pending = True

    def settle(self) -> None:
        """Tell of what keys have changed: one step, however many keys it took."""
        if self.is_pending:
            self.is_pending = False
            self._changed(self.boxes, self.strokes)

    def paint(self, painter: QPainter, view: CanvasView) -> None:
        """Black, as it will be."""
        for stroke in self.strokes:
            paint_stroke(painter, view, stroke)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_BLACK))
        shapes = [shape for _, shape in self.marks.shapes(view.frame)]
        if self.marks.preview is not None and self.marks.preview[0] is None:
            shapes.append(self.marks.preview[1])
        for shape in shapes:
            x, y, width, height = bounds(shape)
            painter.drawRect(QRectF(view.to_widget((x, y)), view.to_widget((x + width, y + height))).normalized())
        if self.has_brush:
            self.brush.paint(painter, view)

    def _drawn(self, shape: Shape, size: tuple[int, int]) -> None:
        self._changed((*self.boxes, whole_pixels(shape, size)), self.strokes)

    def _moved(self, place: int, shape: Shape, size: tuple[int, int]) -> None:
        self._changed((*self.boxes[:place], whole_pixels(shape, size), *self.boxes[place + 1 :]), self.strokes)

    def _select(self, place: int | None) -> None:
        self.settle()
        self.show(self.boxes, self.strokes, place)


def whole_pixels(shape: Shape, size: tuple[int, int]) -> Box:
    """Every pixel that a shape touches, within a picture of that size: at least one."""
    x, y, width, height = bounds(shape)
    left, top = min(max(0, math.floor(x)), size[0] - 1), min(max(0, math.floor(y)), size[1] - 1)
    right = min(max(left + 1, math.ceil(x + width)), size[0])
    bottom = min(max(top + 1, math.ceil(y + height)), size[1])
    return left, top, right - left, bottom - top
