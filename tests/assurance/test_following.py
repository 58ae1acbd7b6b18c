"""Following the model: shares, their difference, and what is followed only because it was seen."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.assurance.following import difference, followed, share

COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_a_share_of_nothing_is_none() -> None:
    assert share(0, 0) is None
    found = share(3, 4)
    assert found is not None
    assert (found.right, found.of, found.share) == (3, 4, 0.75)


def test_the_difference_is_that_of_the_book() -> None:
    """Newcombe 1998, table II: 56/70 − 48/80 by method 10 is 0.0524 to 0.3339; 9/10 − 3/10 is 0.1705 to 0.8090."""
    one, other = share(56, 70), share(48, 80)
    assert one is not None
    assert other is not None
    found = difference(one, other)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-4)
    assert found.is_clear
    one, other = share(9, 10), share(3, 10)
    assert one is not None
    assert other is not None
    assert difference(one, other).low == pytest.approx(0.1705, abs=5e-4)
    assert difference(one, other).high == pytest.approx(0.8090, abs=5e-4)


@given(COUNTS, COUNTS)
def test_intervals_hold_their_estimates(one: tuple[int, int], other: tuple[int, int]) -> None:
    first, second = share(*one), share(*other)
    assert first is not None
    assert second is not None
    found = difference(first, second)
    assert found.low - 1e-9 >= -1 or found.low >= -1 - 1e-9
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
    went_along = followed(first, second)
    assert (went_along is None) == (other[0] == 0)
    if went_along is not None:
        assert went_along.low - 1e-9 >= 0 or went_along.low >= -1e-9
        assert went_along.low - 1e-9 <= went_along.share <= went_along.high + 1e-9
        assert went_along.high <= 1
        assert math.isfinite(went_along.low)


def test_who_is_not_moved_is_not_said_to_follow() -> None:
    seen, unseen = share(40, 100), share(40, 100)
    assert seen is not None
    assert unseen is not None
    found = followed(seen, unseen)
    assert found is not None
    assert found.share == 0
    assert found.low == 0
    assert 0.2 < found.high < 0.5


def test_who_always_follows_is_said_to() -> None:
    seen, unseen = share(0, 100), share(40, 100)
    assert seen is not None
    assert unseen is not None
    found = followed(seen, unseen)
    assert found is not None
    assert (found.share, found.of) == (1.0, 40)
    assert found.low > 0.85


@pytest.mark.parametrize(("n", "differs", "moved"), [(60, 0.4, 0.5), (150, 0.25, 0.3), (400, 0.5, 0.1)])
def test_the_interval_holds_the_truth_as_often_as_it_says(n: int, differs: float, moved: float) -> None:
    """Simulated reviewers: chance shows half of the suggestions, and a share `moved` of the differing go along."""
    rng = np.random.default_rng(5)
    held = total = 0
    for _ in range(2000):
        shown = int(rng.binomial(n, 0.5))
        seen = share(int(rng.binomial(shown, differs * (1 - moved))), shown)
        unseen = share(int(rng.binomial(n - shown, differs)), n - shown)
        if seen is None or unseen is None or (found := followed(seen, unseen)) is None:
            continue
        total += 1
        held += found.low - 1e-9 <= moved <= found.high + 1e-9
    assert total > 1900
    assert held / total > 0.935
