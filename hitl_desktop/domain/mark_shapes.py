"""Shapes as hands work on them: find one under the pointer, move it, pull at a handle, keep it in the image.

Points are (x, y) in image coordinates, see `evidence`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from hitl_desktop.domain.evidence import Arrow, Box, Ellipse, Shape

Point = tuple[float, float]

_DIGITS: Final = 2
"""Coordinates are kept to a hundredth of a pixel: more is noise of the mouse."""
LEAST: Final = 1.0
"""A mark is at least one pixel wide and high, an arrow one pixel long."""
_CORNERS: Final = {"nw": (0.0, 0.0), "ne": (1.0, 0.0), "se": (1.0, 1.0), "sw": (0.0, 1.0)}
_SIDES: Final = {"n": (0.5, 0.0), "e": (1.0, 0.5), "s": (0.5, 1.0), "w": (0.0, 0.5)}
_PLACES: Final = {**_CORNERS, **_SIDES}


def drawn(kind: str, start: Point, end: Point, frame: int = 0, label_id: int | None = None) -> Shape | None:
    """The shape of a kind that a drag from `start` to `end` draws; None when the drag was too short for one.

    Raises KeyError for a kind that is not a shape's.
    """
    (x, y), (to_x, to_y) = _kept(start), _kept(end)
    if kind == Arrow.kind:
        if math.hypot(to_x - x, to_y - y) < LEAST:
            return None
        return Arrow(x, y, to_x, to_y, frame, label_id)
    made: type[Box] | type[Ellipse] = {Box.kind: Box, Ellipse.kind: Ellipse}[kind]  # type: ignore[assignment]
    width, height = _kept((abs(to_x - x), abs(to_y - y)))
    if width < LEAST or height < LEAST:
        return None
    return made(min(x, to_x), min(y, to_y), width, height, frame, label_id)


def bounds(shape: Shape) -> tuple[float, float, float, float]:
    """The rectangle around a shape: x, y, width, height. An arrow's may be flat."""
    if isinstance(shape, Arrow):
        return (
            min(shape.x, shape.tip_x),
            min(shape.y, shape.tip_y),
            abs(shape.tip_x - shape.x),
            abs(shape.tip_y - shape.y),
        )
    return shape.x, shape.y, shape.width, shape.height


def handles(shape: Shape) -> Mapping[str, Point]:
    """The points that can be pulled: corners ("nw"…) and sides ("n"…), or an arrow's "tail" and "tip"."""
    if isinstance(shape, Arrow):
        return {"tail": (shape.x, shape.y), "tip": (shape.tip_x, shape.tip_y)}
    return {name: (shape.x + u * shape.width, shape.y + v * shape.height) for name, (u, v) in _PLACES.items()}


def pulled(shape: Shape, handle: str, to: Point) -> Shape:
    """The shape with one handle at another point; pulled over its other side it turns over. Never below `LEAST`.

    Raises KeyError for a handle that it has not.
    """
    x, y = _kept(to)
    if isinstance(shape, Arrow):
        return _pulled_arrow(shape, handle, (x, y))
    u, v = _PLACES[handle]
    left, right = shape.x, shape.x + shape.width
    top, bottom = shape.y, shape.y + shape.height
    if u != 0.5:
        left, right = _span(right if u == 0.0 else left, x)
    if v != 0.5:
        top, bottom = _span(bottom if v == 0.0 else top, y)
    width, height = _kept((right - left, bottom - top))
    return replace(shape, x=left, y=top, width=width, height=height)


def moved(shape: Shape, by_x: float, by_y: float) -> Shape:
    """The shape somewhere else."""
    x, y = _kept((shape.x + by_x, shape.y + by_y))
    if isinstance(shape, Arrow):
        tip_x, tip_y = _kept((shape.tip_x + by_x, shape.tip_y + by_y))
        return replace(shape, x=x, y=y, tip_x=tip_x, tip_y=tip_y)
    return replace(shape, x=x, y=y)


def moved_inside(shape: Shape, by_x: float, by_y: float, width: int, height: int) -> Shape:
    """Moved, but no further than the edges of an image of this size."""
    x, y, w, h = bounds(shape)
    return moved(shape, _held(x, by_x, w, width), _held(y, by_y, h, height))


def grown(shape: Shape, by_x: float, by_y: float, width: int, height: int) -> Shape:
    """Wider and higher at the right and lower side, or an arrow's tip further on, within the image."""
    if isinstance(shape, Arrow):
        tip = inside((shape.tip_x + by_x, shape.tip_y + by_y), width, height)
        return pulled(shape, "tip", tip)
    right = min(max(shape.x + shape.width + by_x, shape.x + LEAST), float(width))
    bottom = min(max(shape.y + shape.height + by_y, shape.y + LEAST), float(height))
    return pulled(shape, "se", (right, bottom))


def inside(point: Point, width: int, height: int) -> Point:
    """The nearest point of an image of this size."""
    return min(max(point[0], 0.0), float(width)), min(max(point[1], 0.0), float(height))


def distance(shape: Shape, point: Point) -> float:
    """How far a point is from the line of a shape, in pixels; within a box or ellipse it may be far from it."""
    x, y = point
    if isinstance(shape, Arrow):
        return _to_segment(point, (shape.x, shape.y), (shape.tip_x, shape.tip_y))
    if isinstance(shape, Box):
        right, bottom = shape.x + shape.width, shape.y + shape.height
        corners = [(shape.x, shape.y), (right, shape.y), (right, bottom), (shape.x, bottom)]
        return min(_to_segment(point, corners[i - 1], corners[i]) for i in range(4))
    a, b = shape.width / 2, shape.height / 2
    from_x, from_y = x - shape.x - a, y - shape.y - b
    # First order: the value of the ellipse's equation over the length of its gradient; exact on the line itself.
    value = math.hypot(from_x / a, from_y / b)
    if value == 0.0:
        return min(a, b)
    slope = math.hypot(from_x / a**2, from_y / b**2) / value
    return abs(value - 1.0) / slope


def contains(shape: Shape, point: Point) -> bool:
    """True for a point within a box or an ellipse; an arrow has no inside."""
    x, y = point
    if isinstance(shape, Arrow):
        return False
    u, v = (x - shape.x) / shape.width, (y - shape.y) / shape.height
    if isinstance(shape, Box):
        return 0.0 <= u <= 1.0 and 0.0 <= v <= 1.0
    return math.hypot(2 * u - 1, 2 * v - 1) <= 1.0


def at(shapes: Sequence[tuple[int, Shape]], point: Point, reach: float, *, inside: bool = True) -> int | None:
    """The number of the shape that a click at `point` means: the nearest line within `reach` pixels, else (with
    `inside`) the smallest shape around it; None for none. `shapes` are (number, shape), the last drawn last.
    """
    near = [(distance(shape, point), -place, number) for place, (number, shape) in enumerate(shapes)]
    near = [entry for entry in near if entry[0] <= reach]
    if near:
        return min(near)[2]
    if not inside:
        return None
    around = [
        (shape.width * shape.height, -place, number)
        for place, (number, shape) in enumerate(shapes)
        if not isinstance(shape, Arrow) and contains(shape, point)
    ]
    return min(around)[2] if around else None


def outline(shape: Ellipse, points: int = 64) -> list[Point]:
    """An ellipse as a polygon with so many corners on its line, clockwise from its rightmost point."""
    a, b = shape.width / 2, shape.height / 2
    turns = [2 * math.pi * step / points for step in range(points)]
    return [(shape.x + a + a * math.cos(turn), shape.y + b + b * math.sin(turn)) for turn in turns]


def _pulled_arrow(arrow: Arrow, handle: str, to: Point) -> Arrow:
    fixed = handles(arrow)["tip" if handle == "tail" else "tail"]
    if handle not in ("tail", "tip"):
        raise KeyError(handle)
    if math.hypot(to[0] - fixed[0], to[1] - fixed[1]) < LEAST:
        return arrow
    if handle == "tail":
        return replace(arrow, x=to[0], y=to[1])
    return replace(arrow, tip_x=to[0], tip_y=to[1])


def _span(fixed: float, free: float) -> tuple[float, float]:
    """From the smaller to the larger, at least `LEAST` apart; the fixed end stays."""
    if abs(free - fixed) < LEAST:
        free = fixed + (LEAST if free >= fixed else -LEAST)
    return min(fixed, free), max(fixed, free)


def _held(start: float, by: float, length: float, room: int) -> float:
    """How far something may really move along one axis."""
    return min(max(by, -start), max(room - length - start, -start))


def _to_segment(point: Point, start: Point, end: Point) -> float:
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    squared = along_x**2 + along_y**2
    share = 0.0
    if squared:
        share = ((point[0] - start[0]) * along_x + (point[1] - start[1]) * along_y) / squared
        share = min(max(share, 0.0), 1.0)
    return math.hypot(point[0] - start[0] - share * along_x, point[1] - start[1] - share * along_y)


def _kept(point: Point) -> Point:
    return round(point[0], _DIGITS), round(point[1], _DIGITS)
