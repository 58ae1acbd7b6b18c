"""Paint the visible part of a picture at the size of the pane, sampled from no more pixels than needed.

Grey values are sampled as they are stored; the window is applied to what was sampled. So a change of the window costs
the pixels of the pane, not those of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from hitl_desktop.gui.decoded import Decoded, Sampled, Shot, as_image
from hitl_desktop.gui.viewers.projection import SQUARE, Point, Projection, stretch_of

if TYPE_CHECKING:
    from PIL import Image

    from hitl_desktop.gui.decoded import Values
    from hitl_desktop.kinds.windows import Window

SMOOTH_BELOW: Final = 4.0
"""From this scale on each pixel is a square, so that it can be seen as it is stored. Not while the picture is fitted:
a tiny picture is recognised better when it is smooth."""
_REACH: Final = 4


@dataclass(frozen=True, slots=True)
class Tone:
    """How grey values become brightness: through `window`, None for colour; `inverted` shows low values bright."""

    window: Window | None = None
    inverted: bool = False


def render(shot: Shot, sampled: Sampled | None, tone: Tone, size: QSize, ground: QColor) -> QPixmap:
    """The whole pane of `size` device pixels: the ground, and on it what was sampled of the frame `shot`."""
    pane = QPixmap(size)
    pane.fill(ground)
    if sampled is not None:
        is_ready = sampled.image is not None and sampled.tone == tone
        image = sampled.image if is_ready and sampled.image is not None else toned(shot, sampled.values, tone)
        painter = QPainter(pane)
        painter.drawImage(QPoint(*sampled.at), image)
        painter.end()
    return pane


def render_quickly(
    shot: Shot, size: tuple[int, int], projection: Projection, tone: Tone, ground: QColor
) -> QPixmap | None:
    """As `sample` and `render` at once, scaled by Qt: a little less sharp and much faster, for what goes by.

    None where that saves nothing: then the picture has more pixels to show than the pane.
    """
    part = _visible(shot, size, projection)
    pane = QPixmap(int(projection.pane[0]), int(projection.pane[1]))
    if part is not None and part.values.size > pane.width() * pane.height() * 4:
        return None
    pane.fill(ground)
    if part is not None:
        shown = toned(shot, part.values, tone).convertToFormat(QImage.Format.Format_RGB32)
        painter = QPainter(pane)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, _is_smooth(projection))
        painter.drawImage(QRectF(part.target), shown, part.source)
        painter.end()
    return pane


def toned(shot: Shot, values: Values, tone: Tone) -> QImage:
    """Values of a frame in the brightness of the screen."""
    import numpy as np

    from hitl_desktop.kinds.windows import to_bytes

    if not shot.is_grey or tone.window is None:
        return as_image(values)
    levels = to_bytes(values, tone.window, shot.slope, shot.intercept)
    return as_image(np.bitwise_not(levels) if tone.inverted else levels)


def sample(shot: Shot, size: tuple[int, int], projection: Projection) -> Sampled | None:
    """What is visible of a frame of `size` (width, height) in the projection's pane; None when it is out of sight.

    For any thread.
    """
    import numpy as np

    part = _visible(shot, size, projection)
    if part is None:
        return None
    at, (width, height) = part.target.topLeft(), (part.target.width(), part.target.height())
    upright = (height, width) if projection.turns % 2 else (width, height)
    sampled = np.asarray(_picture(part.upright).resize(upright, _filter(projection), box=part.box))
    return Sampled(projection, (at.x(), at.y()), np.ascontiguousarray(_turned(sampled, projection)))


def fitted_ahead(pane: Point, margin: float) -> Callable[[Decoded], Decoded]:
    """Work for the thread that decodes: sample each picture as a pane of this size will show it first, fitted, and
    through its first window; in the pixels of the screen, into which Qt would turn it while it paints.
    """

    def finish(picture: Decoded) -> Decoded:
        shot = picture.shots.get(picture.shots.wanted) if picture.shots is not None else None
        if shot is None:
            return picture
        stretch = stretch_of(picture.description.proportion if picture.description is not None else None)
        sampled = sample(shot, picture.size, Projection.fitted(picture.size, pane, margin, stretch=stretch))
        if sampled is not None:
            is_inverted = picture.description is not None and picture.description.inverted
            tone = Tone(picture.presets[0].window if picture.presets else None, is_inverted)
            image = toned(shot, sampled.values, tone).convertToFormat(QImage.Format.Format_RGB32)
            sampled = replace(sampled, tone=tone, image=image)
        return replace(picture, sampled=sampled)

    return finish


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What is visible: `upright` are the pixels of a level, of which `box` (left, top, right, bottom) is seen in the
    pane at `target`.
    """

    target: QRect
    upright: Values
    box: tuple[float, float, float, float]
    projection: Projection

    @property
    def values(self) -> Values:
        """The pixels turned as they are shown."""
        import numpy as np

        return np.ascontiguousarray(_turned(self.upright, self.projection))

    @property
    def source(self) -> QRectF:
        """The box in `values`."""
        height, width = self.upright.shape[:2]
        size = (float(width), float(height))
        turned = replace(self.projection, picture=size, origin=(0.0, 0.0), scale=1.0, stretch=SQUARE)
        (x0, y0), (x1, y1) = turned.to_pane(self.box[:2]), turned.to_pane(self.box[2:])
        return QRectF(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))


def _visible(shot: Shot, whole: tuple[int, int], projection: Projection) -> _Part | None:
    """The part of a frame of size `whole` that is visible; None when it is out of sight."""
    import numpy as np

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
    level = _level(shot, whole, scale * max(projection.stretch))
    across, down = level.shape[1] / whole[0], level.shape[0] / whole[1]
    inner = (
        min(one[0], other[0]) * across,
        min(one[1], other[1]) * down,
        max(one[0], other[0]) * across,
        max(one[1], other[1]) * down,
    )
    # Room for the filter at the edges, and no copy of what is out of sight.
    x, y = max(0, math.floor(inner[0]) - _REACH), max(0, math.floor(inner[1]) - _REACH)
    part = np.ascontiguousarray(level[y : math.ceil(inner[3]) + _REACH, x : math.ceil(inner[2]) + _REACH])
    height, width = part.shape[:2]
    box = (inner[0] - x, inner[1] - y, min(inner[2] - x, width), min(inner[3] - y, height))
    return _Part(QRect(x0, y0, x1 - x0, y1 - y0), part, box, projection)


def _picture(values: Values) -> Image.Image:
    """The values as Pillow's picture: 8 bits stay, everything else is scaled as float."""
    import numpy as np
    from PIL import Image

    return Image.fromarray(values if values.dtype == np.uint8 else values.astype(np.float32))


def _turned(values: Values, projection: Projection) -> Values:
    import numpy as np

    if projection.is_upright:
        return values
    return np.rot90(values[:, ::-1] if projection.flipped else values, -projection.turns)


def _level(shot: Shot, whole: tuple[int, int], scale: float) -> Values:
    """The smallest level that still has a pixel for each pixel of the screen."""
    fine_enough = [level for level in shot.levels if level.shape[0] >= whole[1] * scale]
    return fine_enough[-1] if fine_enough else shot.levels[0]


def _is_smooth(projection: Projection) -> bool:
    is_resampled = projection.scale != 1.0 or projection.stretch != SQUARE
    return is_resampled and (projection.scale < SMOOTH_BELOW or projection.fits)


def _filter(projection: Projection) -> int:
    from PIL import Image

    if not _is_smooth(projection):
        return Image.Resampling.NEAREST
    return Image.Resampling.BICUBIC if projection.scale > 1 else Image.Resampling.HAMMING
