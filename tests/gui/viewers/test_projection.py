"""The arithmetic of fitting, zooming and moving."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.gui.viewers.projection import LARGEST_ZOOM, SMALLEST_ZOOM, SQUARE, Projection, stretch_of

PANE = (800.0, 600.0)


def test_a_fitted_picture_is_centred_within_its_margin() -> None:
    fitted = Projection.fitted((1000, 1000), PANE, 8)
    assert fitted.scale == pytest.approx(584 / 1000)
    assert fitted.origin == pytest.approx(((800 - 584) / 2, 8))


def test_fitted_stays_fitted_in_another_pane() -> None:
    fitted = Projection.fitted((1000, 500), PANE).in_pane((400, 400))
    assert fitted.fits
    assert fitted.scale == pytest.approx(0.4)


def test_a_zoomed_picture_keeps_its_middle_in_another_pane() -> None:
    zoomed = Projection.fitted((1000, 500), PANE).zoomed(3, (300, 310))
    before = zoomed.to_picture((400, 300))
    after = zoomed.in_pane((500, 700))
    assert after.to_picture((250, 350)) == pytest.approx(before)
    assert after.scale == 3


@given(
    x=st.floats(150, 650),
    y=st.floats(50, 550),
    scales=st.lists(st.floats(1, 30), min_size=1, max_size=5),
)
def test_zooming_keeps_the_place_under_the_cursor(x: float, y: float, scales: list[float]) -> None:
    view = Projection.fitted((700, 600), PANE)
    place = view.to_picture((x, y))
    for scale in scales:
        view = view.zoomed(scale, (x, y))
    if view.scale > view.fit_scale:
        assert view.to_picture((x, y)) == pytest.approx(place, abs=1e-6)


def test_zoom_has_limits_but_a_huge_picture_still_fits() -> None:
    view = Projection.fitted((1000, 1000), PANE)
    assert view.zoomed(1000, (0, 0)).scale == LARGEST_ZOOM
    assert view.zoomed(0.001, (0, 0)).scale == SMALLEST_ZOOM
    huge = Projection.fitted((60000, 100), PANE)
    assert huge.zoomed(0.001, (0, 0)).scale == pytest.approx(800 / 60000)


@given(dx=st.floats(-1e6, 1e6), dy=st.floats(-1e6, 1e6))
def test_a_picture_cannot_be_moved_out_of_sight(dx: float, dy: float) -> None:
    view = Projection.fitted((300, 300), PANE).zoomed(5, (400, 300)).moved(dx, dy)
    left, top = view.origin
    assert left <= 800 - 64
    assert top <= 600 - 64
    assert left + 1500 >= 64
    assert top + 1500 >= 64


def test_pixels_that_are_not_square_are_stretched_along_their_longer_side() -> None:
    assert stretch_of((0.5, 0.8)) == pytest.approx((1.0, 1.6))
    assert stretch_of((3.0, 1.5)) == pytest.approx((2.0, 1.0))
    assert stretch_of(None) == stretch_of((0.7, 0.7)) == stretch_of((0.7, 0.7005)) == SQUARE
    assert stretch_of((0.01, 5.0)) == SQUARE, "a picture that nobody could see"


@given(
    x=st.floats(0, 100),
    y=st.floats(0, 50),
    turns=st.integers(0, 3),
    flipped=st.booleans(),
    stretch=st.sampled_from([(1.0, 1.6), (2.5, 1.0), SQUARE]),
    zoom=st.floats(1, 4),
)
def test_every_place_comes_back(
    x: float, y: float, turns: int, flipped: bool, stretch: tuple[float, float], zoom: float
) -> None:
    view = Projection.fitted((100, 50), PANE, 8, flipped=flipped, turns=turns, stretch=stretch)
    view = view.zoomed(view.scale * zoom, (300, 200))
    assert view.to_picture(view.to_pane((x, y))) == pytest.approx((x, y), abs=1e-6)
    corner, across, down = (view.to_pane(place) for place in ((0, 0), (1, 0), (0, 1)))
    assert abs(across[0] - corner[0]) + abs(across[1] - corner[1]) == pytest.approx(view.scale * stretch[0])
    assert abs(down[0] - corner[0]) + abs(down[1] - corner[1]) == pytest.approx(view.scale * stretch[1])
    assert view.in_pane((500, 500)).stretch == view.turn(1).stretch == view.flip().fitted_again().stretch == stretch
