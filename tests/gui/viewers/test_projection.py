"""The arithmetic of fitting, zooming and moving."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.gui.viewers.projection import LARGEST_ZOOM, SMALLEST_ZOOM, Projection

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
