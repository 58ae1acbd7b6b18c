"""Which items of the map lie where: of a million only those are looked at that can be there."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.gui.views.map.picture import MARGIN, Bytes, Window, from_screen, on_screen

Places = npt.NDArray[np.float32]
Items = npt.NDArray[np.int64]
Area = tuple[float, float, float, float]
"""A part of the screen: left, top, right and bottom edge."""


@dataclass(frozen=True, slots=True)
class View:
    """What part of the map is shown, on how many pixels."""

    window: Window
    width: int
    height: int


def nearest_to(places: Places, view: View, x: float, y: float, within: float) -> int:
    """Of items at places (n, 2) the one nearest to a pixel, so many pixels away at most; −1 for none."""
    near = _in_area(places, view, (x - within, y - within, x + within, y + within))
    if not len(near):
        return -1
    squares = ((_pixels(places, near, view) - np.array([x, y], np.float32)) ** 2).sum(axis=1)
    nearest = int(squares.argmin())
    return int(near[nearest]) if squares[nearest] <= within * within else -1


def items_inside(places: Places, view: View, pixels: Bytes, spans: Area) -> npt.NDArray[np.bool_]:
    """A mask (n,) of the items on pixels (height, width or more) that are not 0, all of them within `spans`."""
    near = _in_area(places, view, spans)
    at = _pixels(places, near, view)
    x, y = (np.clip(at[:, axis], 0, edge - 1).astype(np.int32) for axis, edge in ((0, view.width), (1, view.height)))
    found = np.zeros(len(places), bool)
    found[near[pixels.ravel()[y * np.int32(pixels.shape[1]) + x] > 0]] = True
    return found


def _in_area(places: Places, view: View, area: Area) -> Items:
    """The items in this part of the screen, to a pixel; one without a place is nowhere."""
    left, top = from_screen(area[0] - 1, area[1] - 1, view.window, view.width, view.height, MARGIN)
    right, bottom = from_screen(area[2] + 1, area[3] + 1, view.window, view.width, view.height, MARGIN)
    x, y = places[:, 0], places[:, 1]
    is_in = x >= left
    for edge in (x <= right, y >= top, y <= bottom):
        is_in &= edge
    return np.flatnonzero(is_in)


def _pixels(places: Places, items: Items, view: View) -> Places:
    return on_screen(np.take(places, items, axis=0), view.window, view.width, view.height, MARGIN)
