"""The risk–coverage curve by hand and by its properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.assurance.selective_risk import risk_coverage


def test_by_hand_with_a_tie() -> None:
    found = risk_coverage(np.array([0.6, 0.9, 0.9, 0.7]), np.array([False, True, False, True]), np.full(4, 0.25))
    assert found.thresholds.tolist() == [0.9, 0.7, 0.6]
    assert found.coverage == pytest.approx([0.5, 0.75, 1.0])
    assert found.risk == pytest.approx([1 / 2, 1 / 3, 2 / 4])
    assert [(low, high) for low, high in zip(found.low, found.high, strict=True)] == [
        pytest.approx(wilson(1, 2)),
        pytest.approx(wilson(1, 3)),
        pytest.approx(wilson(2, 4)),
    ]


def test_no_checks_make_no_curve() -> None:
    assert len(risk_coverage(np.empty(0), np.empty(0, bool), np.empty(0)).coverage) == 0


@given(st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.8, 0.9, 1.0]), st.booleans()), min_size=1, max_size=50))
def test_it_ends_at_everything_with_the_whole_error(checks: list[tuple[float, bool]]) -> None:
    confidence = np.array([c for c, _ in checks])
    right = np.array([r for _, r in checks])
    found = risk_coverage(confidence, right, np.full(len(checks), 1 / len(checks)))
    assert (np.diff(found.thresholds) < 0).all()
    assert (np.diff(found.coverage) > 0).all()
    assert (found.coverage[-1], found.risk[-1]) == pytest.approx((1.0, 1 - right.mean()))
    assert ((found.low <= found.risk + 1e-12) & (found.risk <= found.high + 1e-12)).all()


def test_weights_count_as_more_checks_would() -> None:
    confidence, right = np.array([0.9, 0.5]), np.array([False, True])
    weighted = risk_coverage(confidence, right, np.array([0.25, 0.75]))
    repeated = risk_coverage(confidence.repeat([1, 3]), right.repeat([1, 3]), np.full(4, 0.25))
    assert weighted.risk == pytest.approx(repeated.risk)
    assert weighted.coverage == pytest.approx(repeated.coverage)
