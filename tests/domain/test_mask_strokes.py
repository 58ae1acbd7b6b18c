"""Strokes of the brush: which pixels they touch."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl_desktop.domain.mask_strokes import Stroke, spans

SIZE = (24, 18)
PLACES = st.tuples(st.floats(0, 30), st.floats(0, 30))


@given(st.builds(Stroke, st.floats(0.1, 9), st.lists(PLACES, min_size=1, max_size=5).map(tuple)))
@settings(max_examples=60)
def test_every_pixel_that_a_stroke_touches_is_painted_over(stroke: Stroke) -> None:
    painted = np.zeros((SIZE[1], SIZE[0]), np.int64)
    for left, top, width, height in spans(stroke, SIZE):
        assert min(left, top) >= 0
        assert width > 0
        assert height > 0
        assert left + width <= SIZE[0]
        assert top + height <= SIZE[1]
        painted[top : top + height, left : left + width] += 1
    assert painted.max() <= 1, "no pixel twice"
    pairs = list(zip(stroke.path, stroke.path[1:], strict=False)) or [(stroke.path[0], stroke.path[0])]
    for (ax, ay), (bx, by) in pairs:
        for share in np.linspace(0, 1, 40):
            x, y = ax + share * (bx - ax), ay + share * (by - ay)
            for turn in np.linspace(0, 2 * math.pi, 12):
                for away in (0.0, stroke.width / 2 * 0.999):
                    column, row = math.floor(x + away * math.cos(turn)), math.floor(y + away * math.sin(turn))
                    if 0 <= column < SIZE[0] and 0 <= row < SIZE[1]:
                        assert painted[row, column]
    rows, columns = np.nonzero(painted)
    for row, column in zip(rows, columns, strict=True):
        nearest = min(_distance((column + 0.5, row + 0.5), a, b) for a, b in pairs)
        assert nearest <= stroke.width / 2 + 0.71, "and none far from it"


def _distance(place: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    (x, y), along = (place[0] - a[0], place[1] - a[1]), (b[0] - a[0], b[1] - a[1])
    length = along[0] ** 2 + along[1] ** 2
    share = max(0.0, min(1.0, (x * along[0] + y * along[1]) / length)) if length else 0.0
    return math.hypot(x - share * along[0], y - share * along[1])


def test_a_straight_stroke_is_few_boxes() -> None:
    assert max(height for _, _, _, height in spans(Stroke(2, ((3, 2), (3, 12))), SIZE)) > 5


def test_it_comes_back_as_it_went() -> None:
    stroke = Stroke(2.5, ((1, 2), (3, 4.25)))
    assert Stroke.of(stroke.plain()) == stroke


@pytest.mark.parametrize(
    "said",
    [
        {"width": 0, "path": [[1, 1]]},
        {"width": math.nan, "path": [[1, 1]]},
        {"width": 2, "path": []},
        {"width": 2, "path": [[-1, 1]]},
        {"width": 2, "path": [[math.inf, 1]]},
        {"width": 2, "path": [[1]]},
        {"path": [[1, 1]]},
    ],
)
def test_what_is_no_stroke_is_refused(said: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Stroke.of(said)
