"""Shapes under a hand: drawn, found, pulled, moved, and never outside the image."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.evidence import Arrow, Box, Ellipse, Shape
from hitl_desktop.domain.mark_shapes import (
    LEAST,
    at,
    bounds,
    contains,
    distance,
    drawn,
    grown,
    handles,
    inside,
    moved,
    moved_inside,
    outline,
    pulled,
)

WIDTH, HEIGHT = 300, 200
POINTS = st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT))
KINDS = st.sampled_from(["box", "ellipse", "arrow"])
SHAPES = st.tuples(KINDS, POINTS, POINTS).map(lambda a: drawn(*a)).filter(lambda shape: shape is not None)
NEAR = pytest.approx


@given(KINDS, POINTS, POINTS)
def test_a_drag_in_any_direction_draws_the_same_area(
    kind: str, start: tuple[float, float], end: tuple[float, float]
) -> None:
    there, back = drawn(kind, start, end, 3, 7), drawn(kind, end, start, 3, 7)
    if there is None or back is None:
        assert there is back
        assert min(abs(start[0] - end[0]), abs(start[1] - end[1])) < LEAST + 0.02
        return
    assert bounds(there) == NEAR(bounds(back))
    assert (there.frame, there.label_id) == (3, 7)
    x, y, width, height = bounds(there)
    assert 0 <= x <= x + width <= WIDTH + 0.02
    assert 0 <= y <= y + height <= HEIGHT + 0.02


def test_the_shortest_mark_there_may_be_is_drawn() -> None:
    assert drawn("arrow", (5, 5), (5 + LEAST, 5)) == Arrow(5, 5, 5 + LEAST, 5)
    assert drawn("arrow", (5, 5), (5 + LEAST - 0.01, 5)) is None
    for kind, made in (("box", Box), ("ellipse", Ellipse)):
        assert drawn(kind, (5, 5), (5 + LEAST, 5 + LEAST)) == made(5, 5, LEAST, LEAST)
        assert drawn(kind, (5, 5), (5 + LEAST - 0.01, 9)) is None
        assert drawn(kind, (5, 5), (9, 5 + LEAST - 0.01)) is None
    arrow = Arrow(0, 0, 9, 0)
    assert pulled(arrow, "tip", (LEAST, 0)) == Arrow(0, 0, LEAST, 0)
    assert pulled(arrow, "tail", (9 - LEAST, 0)) == Arrow(9 - LEAST, 0, 9, 0)
    assert pulled(arrow, "tip", (LEAST - 0.01, 0)) == arrow, "it stays what it was"


def test_coordinates_are_kept_to_a_hundredth_of_a_pixel() -> None:
    assert drawn("box", (1.23456, 2.0), (5.0, 9.87654)) == Box(1.23, 2.0, 3.77, 7.88)


@given(SHAPES, st.floats(-900, 900), st.floats(-900, 900))
def test_moving_keeps_the_size_and_stays_inside(shape: Shape, by_x: float, by_y: float) -> None:
    after = moved_inside(shape, by_x, by_y, WIDTH, HEIGHT)
    assert bounds(after)[2:] == NEAR(bounds(shape)[2:], abs=0.021)
    x, y, width, height = bounds(after)
    assert x >= -0.011
    assert y >= -0.011
    assert x + width <= WIDTH + 0.021
    assert y + height <= HEIGHT + 0.021


@given(SHAPES, st.data(), POINTS)
def test_a_pulled_handle_is_where_the_pointer_is_and_the_other_side_stays(
    shape: Shape, data: st.DataObject, to: tuple[float, float]
) -> None:
    name = data.draw(st.sampled_from(sorted(handles(shape))))
    after = pulled(shape, name, to)
    if isinstance(shape, Arrow):
        other = "tip" if name == "tail" else "tail"
        assert handles(after)[other] == handles(shape)[other]
        assert after == shape or handles(after)[name] == NEAR(to, abs=0.006)
        return
    x, y, width, height = bounds(after)
    assert width >= LEAST - 0.001
    assert height >= LEAST - 0.001
    edges = {"e": shape.x, "w": shape.x + shape.width, "n": shape.y + shape.height, "s": shape.y}
    for side in name:
        held = edges[side]
        reached = (x, x + width) if side in "ew" else (y, y + height)
        assert min(abs(held - end) for end in reached) < 0.021


def test_a_side_moves_one_way_only_and_a_corner_turns_over() -> None:
    box = Box(10, 10, 20, 30)
    assert pulled(box, "e", (50, 99)) == Box(10, 10, 40, 30)
    assert pulled(box, "se", (0, 5)) == Box(0, 5, 10, 5)
    assert pulled(box, "nw", (30, 40)).width == LEAST
    with pytest.raises(KeyError):
        pulled(box, "tip", (0, 0))
    with pytest.raises(KeyError):
        pulled(Arrow(0, 0, 9, 9), "se", (0, 0))


def test_keys_make_it_larger_and_smaller_but_never_nothing_and_never_too_large() -> None:
    assert grown(Box(10, 10, 20, 30), 5, -5, WIDTH, HEIGHT) == Box(10, 10, 25, 25)
    assert grown(Box(10, 10, 20, 30), -99, 9999, WIDTH, HEIGHT) == Box(10, 10, LEAST, 190)
    assert grown(Arrow(0, 0, 290, 50), 20, 0, WIDTH, HEIGHT) == Arrow(0, 0, 300, 50)


def test_distance_is_exact_where_it_can_be() -> None:
    assert distance(Box(0, 0, 10, 10), (5, 13)) == NEAR(3)
    assert distance(Box(0, 0, 10, 10), (5, 4)) == NEAR(4)
    assert distance(Arrow(0, 0, 10, 0), (5, 2)) == NEAR(2)
    assert distance(Arrow(0, 0, 10, 0), (-3, 4)) == NEAR(5)
    assert distance(Ellipse(0, 0, 20, 10), (20, 5)) == NEAR(0, abs=1e-9)
    assert distance(Ellipse(0, 0, 20, 20), (22, 10)) == NEAR(2)
    assert distance(Ellipse(0, 0, 20, 10), (10, 5)) == NEAR(5)


@given(SHAPES, POINTS)
def test_an_ellipse_lies_in_its_box(shape: Shape, point: tuple[float, float]) -> None:
    if isinstance(shape, Ellipse) and contains(shape, point):
        assert contains(Box(shape.x, shape.y, shape.width, shape.height), point)
    assert isinstance(shape, Ellipse | Box) or not contains(shape, point)


def test_a_click_means_the_nearest_line_then_the_smallest_area() -> None:
    large, small, arrow = Box(0, 0, 100, 100), Ellipse(20, 20, 20, 20), Arrow(0, 50, 60, 50)
    shapes: list[tuple[int, Shape]] = [(4, large), (5, small), (6, arrow)]
    assert at(shapes, (30, 30), 3) == 5, "the smallest around it"
    assert at(shapes, (99, 80), 3) == 4, "its line is near"
    assert at(shapes, (80, 80), 3) == 4, "around it, and nothing smaller is"
    assert at(shapes, (30, 48), 3) == 6
    assert at(shapes, (200, 200), 3) is None
    assert at([(1, large), (2, Box(0, 0, 100, 100))], (0, 50), 3) == 2, "the last one lies on top"


def test_an_outline_lies_on_the_ellipse_and_has_nearly_its_area() -> None:
    ellipse = Ellipse(10, 20, 30, 40)
    corners = outline(ellipse)
    assert len(corners) == 64
    for x, y in corners:
        assert math.hypot((x - 25) / 15, (y - 40) / 20) == NEAR(1)
    area = 0.5 * abs(sum(corners[i - 1][0] * y - x * corners[i - 1][1] for i, (x, y) in enumerate(corners)))
    assert area == NEAR(math.pi * 15 * 20, rel=0.002)


def test_points_are_brought_in_and_shapes_moved_freely() -> None:
    assert inside((-5, 500), WIDTH, HEIGHT) == (0, HEIGHT)
    assert moved(Arrow(0, 0, 4, 5), -1, 2) == Arrow(-1, 2, 3, 7)


def test_the_inside_of_a_shape_and_where_it_is_pulled() -> None:
    box, ellipse = Box(10, 20, 30, 40), Ellipse(10, 20, 30, 40)
    for point, in_box, in_ellipse in (
        ((10, 20), True, False),
        ((40, 60), True, False),
        ((25, 40), True, True),
        ((10, 40), True, True),
        ((11, 21), True, False),
        ((9.9, 40), False, False),
        ((25, 60.1), False, False),
        ((40.1, 40), False, False),
        ((25, 19.9), False, False),
    ):
        assert contains(box, point) is in_box
        assert contains(ellipse, point) is in_ellipse
        assert contains(Arrow(10, 20, 40, 60), point) is False
    assert handles(box) == {
        "nw": (10, 20), "ne": (40, 20), "se": (40, 60), "sw": (10, 60),
        "n": (25, 20), "e": (40, 40), "s": (25, 60), "w": (10, 40),
    }  # fmt: skip


def test_a_click_near_no_line_means_nothing_where_the_inside_does_not_count() -> None:
    shapes: list[tuple[int, Shape]] = [(4, Box(0, 0, 100, 100))]
    assert at(shapes, (50, 50), 3) == 4
    assert at(shapes, (50, 50), 3, inside=False) is None
    assert at(shapes, (50, 3), 3, inside=False) == 4
    assert at(shapes, (50, 3.01), 3, inside=False) is None


def test_a_side_without_a_length_is_a_point() -> None:
    far = Box(1e6, 1e6, 1e-12, 1e-12)  # so small that its corners are one
    assert distance(far, (1e6 + 3, 1e6 + 4)) == NEAR(5)


def test_a_side_that_is_pulled_close_to_the_other_stays_on_its_side_of_it() -> None:
    box = Box(10, 10, 20, 30)
    assert pulled(box, "e", (10.5, 0)) == Box(10, 10, LEAST, 30)
    assert pulled(box, "e", (9.5, 0)) == Box(10 - LEAST, 10, LEAST, 30)
    assert pulled(box, "n", (0, 39.5)) == Box(10, 40 - LEAST, 20, LEAST)
    assert pulled(box, "n", (0, 40.5)) == Box(10, 40, 20, LEAST)
