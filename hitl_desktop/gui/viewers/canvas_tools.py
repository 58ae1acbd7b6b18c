"""What can be added to the pane of an image: a tool for the mouse, and a layer painted over the picture.

Both speak in image coordinates: pixels of the upright, unflipped picture, (0, 0) at the top left corner of its first
pixel, as in exports. `ImageCanvas` turns them into places on the screen and back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from hitl_desktop.gui.viewers.projection import Point, Projection
from hitl_desktop.gui.viewers.viewer import ToolAction


@dataclass(frozen=True, slots=True)
class CanvasView:
    """How the picture lies in the pane now. `ratio` is device pixels per logical pixel.

    `frame` is the frame shown of `frames` (0-based; 0 of 1 for an ordinary picture). `spacing` is the size of a
    picture pixel (across, down) in millimetres, None where it is not known.
    """

    projection: Projection
    ratio: float = 1.0
    frame: int = 0
    frames: int = 1
    spacing: tuple[float, float] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """The picture's (width, height) in its pixels."""
        return int(self.projection.picture[0]), int(self.projection.picture[1])

    @property
    def scale(self) -> float:
        """Logical pixels on the screen per picture pixel."""
        return self.projection.scale / self.ratio

    def to_widget(self, place: Point) -> QPointF:
        """Where a place in the picture lies in the widget, in logical pixels: for painting."""
        x, y = self.projection.to_pane(place)
        return QPointF(x / self.ratio, y / self.ratio)

    def to_image(self, position: QPointF) -> Point:
        """The place in the picture at a position in the widget. It may lie outside the picture."""
        return self.projection.to_picture((position.x() * self.ratio, position.y() * self.ratio))

    def inside(self, place: Point) -> Point:
        """The place, moved to the nearest one within the picture."""
        width, height = self.projection.picture
        return max(0.0, min(width, place[0])), max(0.0, min(height, place[1]))


@dataclass(frozen=True, slots=True)
class Pointer:
    """The mouse over the picture: `at` in image coordinates (perhaps outside it), `position` in the widget.

    `view` is the pane as it was at that moment.
    """

    at: Point
    position: QPointF
    view: CanvasView
    button: Qt.MouseButton = Qt.MouseButton.NoButton
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier


class CanvasTool(Protocol):
    """What the left button does while this tool is in the hand (`ImageCanvas.set_tool`). One press, some moves, one
    release; `hover` tells where the mouse is in between. The other buttons and the wheel keep their meaning.
    """

    @property
    def cursor(self) -> Qt.CursorShape:
        """The shape of the cursor over the picture."""
        ...

    def press(self, pointer: Pointer) -> None:
        """The left button went down."""
        ...

    def move(self, pointer: Pointer) -> None:
        """The mouse moved with the left button down."""
        ...

    def release(self, pointer: Pointer) -> None:
        """The left button came up."""
        ...

    def hover(self, pointer: Pointer) -> None:
        """The mouse moved with no button down."""
        ...

    def cancel(self) -> None:
        """Esc, another picture, or another tool: drop what is half done."""
        ...


class CanvasLayer(Protocol):
    """Something painted over the picture and below the text in the corners (`ImageCanvas.add_layer`)."""

    def paint(self, painter: QPainter, view: CanvasView) -> None:
        """Paint in the widget's logical pixels; `view.to_widget` says where. The painter is given back as it came."""
        ...


class ViewerPart(Protocol):
    """What extends the image viewer from outside: tools in the row, keys, and word of the item (`add_part`)."""

    def tool_actions(self) -> Sequence[ToolAction]:
        """Its tools, after those of the viewer."""
        ...

    def handle_key(self, event: QKeyEvent) -> bool:
        """Asked before the viewer's own keys, while a picture is shown. True when the key was used up."""
        ...

    def item_shown(self, digest: str | None) -> None:
        """Another picture is on the canvas; None: none is."""
        ...
