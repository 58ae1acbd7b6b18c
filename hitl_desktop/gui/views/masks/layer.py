"""Boxes of a mask on a picture: painted as they will be in the copies, drawn, moved, pulled and taken away."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from hitl_desktop.domain.evidence import NO_EVIDENCE, Evidence, Shape
from hitl_desktop.domain.evidence import Box as BoxMark
from hitl_desktop.domain.mark_shapes import bounds
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.canvas_tools import CanvasView
from hitl_desktop.gui.viewers.image_marks import ImageMarks
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.store.masks import Box

_BLACK: Final = "#000000"


class MaskLayer:
    """The boxes of one viewer. `changed(boxes)` tells what they are to be; they come back by `show`.

    A mask is over every frame of a stack, so it is shown in whichever is on screen.
    """

    def __init__(self, viewer: ImageViewer, theme: Theme, changed: Callable[[tuple[Box, ...]], None]) -> None:
        self._viewer = viewer
        self._changed = changed
        self.boxes: tuple[Box, ...] = ()
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
        viewer.frame_changed.connect(lambda: self.show(self.boxes))

    @property
    def selected(self) -> int | None:
        """The place of the box that is selected; None without one."""
        return self.marks.selected

    def take_tool(self) -> None:
        """Have the left button draw."""
        if self.marks.tool_in_hand() != "box":
            self.marks.take("box")

    def show(self, boxes: Sequence[Box], selected: int | None = None) -> None:
        """Show these boxes."""
        self.boxes = tuple(boxes)
        frame = self._viewer.frame
        marks = tuple(BoxMark(float(x), float(y), float(w), float(h), frame) for x, y, w, h in self.boxes)
        self.marks.show(Evidence(marks) if marks else NO_EVIDENCE, selected)

    def remove(self) -> None:
        """Take the selected box away, or the last one that was drawn."""
        if self.boxes:
            place = len(self.boxes) - 1 if self.selected is None else self.selected
            self._changed(self.boxes[:place] + self.boxes[place + 1 :])

    def paint(self, painter: QPainter, view: CanvasView) -> None:
        """Black, as it will be."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_BLACK))
        shapes = [shape for _, shape in self.marks.shapes(view.frame)]
        if self.marks.preview is not None and self.marks.preview[0] is None:
            shapes.append(self.marks.preview[1])
        for shape in shapes:
            x, y, width, height = bounds(shape)
            painter.drawRect(QRectF(view.to_widget((x, y)), view.to_widget((x + width, y + height))).normalized())

    def _drawn(self, shape: Shape, size: tuple[int, int]) -> None:
        self._changed((*self.boxes, whole_pixels(shape, size)))

    def _moved(self, place: int, shape: Shape, size: tuple[int, int]) -> None:
        self._changed((*self.boxes[:place], whole_pixels(shape, size), *self.boxes[place + 1 :]))

    def _select(self, place: int | None) -> None:
        self.show(self.boxes, place)


def whole_pixels(shape: Shape, size: tuple[int, int]) -> Box:
    """Every pixel that a shape touches, within a picture of that size: at least one."""
    x, y, width, height = bounds(shape)
    left, top = min(max(0, math.floor(x)), size[0] - 1), min(max(0, math.floor(y)), size[1] - 1)
    right = min(max(left + 1, math.ceil(x + width)), size[0])
    bottom = min(max(top + 1, math.ceil(y + height)), size[1])
    return left, top, right - left, bottom - top
