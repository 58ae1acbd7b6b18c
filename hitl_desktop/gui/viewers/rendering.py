"""Paint the visible part of a picture at the size of the pane, sampled from no more pixels than needed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from hitl_desktop.gui.media import Decoded, Sampled, as_image
from hitl_desktop.gui.viewers.projection import Point, Projection

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SMOOTH_BELOW: Final = 4.0
"""From this scale on each pixel is a square, so that it can be seen as it is stored. Not while the picture is fitted:
a tiny picture is recognised better when it is smooth."""
_REACH: Final = 4


def render(picture: Decoded, projection: Projection, size: QSize, ground: QColor) -> QPixmap:
    """The whole pane of `size` device pixels: the ground, and on it what is visible of the picture."""
    pane = QPixmap(size)
    pane.fill(ground)
    ahead = picture.sampled
    shown = ahead if ahead is not None and ahead.projection == projection else sample(picture, projection)
    if shown is not None:
        painter = QPainter(pane)
        painter.drawImage(QPoint(*shown.at), shown.image)
        painter.end()
    return pane


def sample(picture: Decoded, projection: Projection) -> Sampled | None:
    """What is visible of the picture in the projection's pane; None when it is out of sight. For any thread."""
    left, top = round(projection.origin[0]), round(projection.origin[1])
    scale = projection.scale
    wide, high = projection.shown
    right = left + max(1, round(wide * scale))
    bottom = top + max(1, round(high * scale))
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(int(projection.pane[0]), right), min(int(projection.pane[1]), bottom)
    if x1 <= x0 or y1 <= y0:
        return None
    per_x, per_y = wide / (right - left), high / (bottom - top)
    one = projection.unturned(((x0 - left) * per_x, (y0 - top) * per_y))
    other = projection.unturned(((x1 - left) * per_x, (y1 - top) * per_y))
    box = (min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1]))
    return Sampled(projection, (x0, y0), _sampled(picture, box, (x1 - x0, y1 - y0), projection))


def fitted_ahead(pane: Point, margin: float) -> Callable[[Decoded], Decoded]:
    """Work for the thread that decodes: sample each picture as a pane of this size will show it first, fitted."""

    def finish(picture: Decoded) -> Decoded:
        return replace(picture, sampled=sample(picture, Projection.fitted(picture.size, pane, margin)))

    return finish


def _sampled(
    picture: Decoded, box: tuple[float, float, float, float], size: tuple[int, int], projection: Projection
) -> QImage:
    """The part `box` (left, top, right, bottom in picture pixels) as an image of this size, turned as it is shown."""
    import numpy as np
    from PIL import Image

    level = _level(picture, projection.scale)
    across, down = level.shape[1] / picture.size[0], level.shape[0] / picture.size[1]
    inner = (box[0] * across, box[1] * down, box[2] * across, box[3] * down)
    # Room for the filter at the edges, and no copy of what is out of sight.
    x, y = max(0, math.floor(inner[0]) - _REACH), max(0, math.floor(inner[1]) - _REACH)
    part = level[y : math.ceil(inner[3]) + _REACH, x : math.ceil(inner[2]) + _REACH]
    height, width = part.shape[:2]
    local = (inner[0] - x, inner[1] - y, min(inner[2] - x, width), min(inner[3] - y, height))
    upright = (size[1], size[0]) if projection.turns % 2 else size
    sampled = np.asarray(Image.fromarray(np.ascontiguousarray(part)).resize(upright, _filter(projection), box=local))
    if not projection.is_upright:
        sampled = np.rot90(sampled[:, ::-1] if projection.flipped else sampled, -projection.turns)
    return as_image(np.ascontiguousarray(sampled))


def _level(picture: Decoded, scale: float) -> npt.NDArray[np.uint8]:
    """The smallest level that still has a pixel for each pixel of the screen."""
    fine_enough = [level for level in picture.levels if level.shape[0] >= picture.size[1] * scale]
    return fine_enough[-1] if fine_enough else picture.levels[0]


def _filter(projection: Projection) -> int:
    from PIL import Image

    scale = projection.scale
    if scale == 1.0 or (scale >= SMOOTH_BELOW and not projection.fits):
        return Image.Resampling.NEAREST
    return Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.HAMMING
