"""Shares over checks that were drawn from parts of the pool of different size."""

import numpy as np
import pytest

from hitl_desktop.assurance.intervals import effective_size, wilson
from hitl_desktop.assurance.strata import Strata, estimate


def test_one_part_is_the_plain_share_with_wilsons_interval() -> None:
    strata = Strata(np.zeros(263, np.int64), np.array([5000, 0]))
    found = estimate(np.arange(263) < 81, strata.weights())
    assert found is not None
    assert (found.right, found.of, found.share) == (81, 263, pytest.approx(81 / 263))
    assert (found.low, found.high) == pytest.approx(wilson(81, 263))


def test_parts_count_by_their_size() -> None:
    strata = Strata(np.array([0, 0, 1, 1, 1, 1]), np.array([900, 100]))
    assert strata.weights() == pytest.approx([0.45, 0.45, 0.025, 0.025, 0.025, 0.025])
    found = estimate(np.array([True, False, True, True, True, False]), strata.weights())
    assert found is not None
    assert found.share == pytest.approx(0.9 * 0.5 + 0.1 * 0.75)


def test_a_part_without_checks_is_left_out() -> None:
    assert Strata(np.array([1, 1]), np.array([900, 100])).weights() == pytest.approx([0.5, 0.5])


def test_without_checks_there_is_no_estimate() -> None:
    strata = Strata(np.empty(0, np.int64), np.array([900, 100]))
    assert estimate(np.empty(0, bool), strata.weights()) is None


def test_uneven_weights_say_less_than_their_number() -> None:
    assert effective_size(np.full(40, 0.2)) == pytest.approx(40)
    assert effective_size(np.array([1.0, 1.0, 0.0])) == pytest.approx(2)
    assert effective_size(np.empty(0)) == 0


def test_the_combination_is_unbiased_and_its_interval_holds() -> None:
    """A model .75 right on 9,000 new items and .95 on 1,000 that came with labels: .77 of the pool."""
    rng = np.random.default_rng(3)
    sizes = np.array([9000, 1000])
    strata = Strata(np.repeat([0, 1], [120, 200]), sizes)
    weights = strata.weights()
    shares, held, plain = [], [], []
    for _ in range(1500):
        right = rng.random(320) < np.where(strata.membership == 0, 0.75, 0.95)
        found = estimate(right, weights)
        assert found is not None
        shares.append(found.share)
        held.append(found.low <= 0.77 <= found.high)
        plain.append(right.mean())
    assert np.mean(shares) == pytest.approx(0.77, abs=0.003)
    assert np.mean(plain) > 0.86, "adding up the two samples as they are would be wrong by ten points"
    assert np.mean(held) > 0.93
