"""The shapes of the dots on the map, as arrays: what of a few pixels around its place each covers, and how much."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from hitl_desktop.gui.theme.tokens import CLASS_SHAPES
from hitl_desktop.gui.widgets.class_glyph import paint_shape

DISC: Final = CLASS_SHAPES.index("circle")
RING: Final = CLASS_SHAPES.index("ring")
CROSS: Final = CLASS_SHAPES.index("cross")
STAR: Final = CLASS_SHAPES.index("star")
DOT: Final = -1
"""Shapes that do not stand for classes; a small dot is no shape of a class at all."""
_SMALL: Final = 0.5
LEVELS: Final = 15
"""A pixel that is covered whole."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """Of each shape (s): the pixels around its place that it writes, as steps down and right (s, k, 2), and how far
    each is covered (s, k), 0 to LEVELS. Zero is the ground: a seam around a shape, which keeps neighbours apart.
    `reach` is the furthest step. A shape of fewer pixels than others names its first one again.
    """

    steps: npt.NDArray[np.int32]
    levels: npt.NDArray[np.int32]
    reach: int


@lru_cache(maxsize=64)
def stamps_of(kinds: tuple[int, ...], radius: float) -> Stamps:
    """The shapes of these classes, or DOT, as high as twice this radius in pixels. May be called in any thread."""
    shapes, reach = len(kinds), int(np.ceil(radius)) + 1
    pictures = np.stack([_covered(kind, radius, reach) for kind in kinds])
    written = _with_seam(pictures)
    most = int(written.sum(axis=(1, 2)).max())
    steps, levels = np.empty((shapes, most, 2), np.int32), np.empty((shapes, most), np.int32)
    for index in range(shapes):
        at = np.argwhere(written[index])
        at = np.concatenate([at, np.repeat(at[:1], most - len(at), axis=0)])
        steps[index] = at - reach
        levels[index] = pictures[index][at[:, 0], at[:, 1]]
    return Stamps(steps, levels, reach)


def paint_kind(painter: QPainter, area: QRectF, kind: int, colour: QColor) -> None:
    """Paint the shape of a class, or DOT, into a square area."""
    if kind == DOT:
        inset = area.width() * (1 - _SMALL) / 2
        paint_shape(painter, area.adjusted(inset, inset, -inset, -inset), DISC, colour)
    else:
        paint_shape(painter, area, kind, colour)


def _covered(kind: int, radius: float, reach: int) -> npt.NDArray[np.uint8]:
    """How far each pixel of a square around the place is covered."""
    side = 2 * reach + 1
    image = QImage(side, side, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    middle = side / 2
    paint_kind(painter, QRectF(middle - radius, middle - radius, 2 * radius, 2 * radius), kind, QColor("white"))
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(side, image.bytesPerLine())[:, :side]
    return np.asarray(np.rint(rows.astype(np.float32) * (LEVELS / 255)), np.uint8)


def _with_seam(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """What is covered, and every pixel beside, above or below it."""
    there = pictures > 0
    wider = there.copy()
    wider[:, 1:] |= there[:, :-1]
    wider[:, :-1] |= there[:, 1:]
    wider[:, :, 1:] |= there[:, :, :-1]
    wider[:, :, :-1] |= there[:, :, 1:]
    return wider
