"""What assurance answers where there is hardly anything to tell, or more than is counted exactly."""

import math

import numpy as np
import pytest

from hitl_desktop.assurance import drift
from hitl_desktop.assurance.certificate import can_pass, grid, next_audit
from hitl_desktop.assurance.drift import kolmogorov_smirnov
from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.following import followed
from hitl_desktop.assurance.group_gap import gap


def test_large_samples_that_lie_between_one_another_are_alike() -> None:
    n = math.isqrt(drift._EXACT) + 2
    distance, chance = kolmogorov_smirnov(np.arange(n, dtype=float), np.arange(n) + 0.5)
    assert distance == pytest.approx(1 / n)
    assert chance == 1.0
    apart, surprise = kolmogorov_smirnov(np.arange(n, dtype=float), np.arange(n) + n)
    assert apart == 1.0
    assert surprise < 1e-9


def test_groups_with_the_same_share_need_no_more_checks_to_be_told_apart() -> None:
    found = gap(np.array([5, 5]), np.array([10, 10]), np.random.default_rng(0))
    assert found is not None
    assert (found.value, found.more) == (0.0, 0)
    assert found.p > 0.9


def test_how_often_a_suggestion_is_followed_has_no_lower_limit_where_hardly_anything_differed_unseen() -> None:
    seen, hidden = Estimate(2, 20, 0.1, 0.05, 0.2), Estimate(2, 10, 0.2, 0.0, 0.4)
    found = followed(seen, hidden)
    assert found is not None
    assert (found.share, found.low) == (0.5, 0.0)
    assert found.high < 1


def test_scores_that_no_digits_tell_apart_stay_as_they_are() -> None:
    one = 0.75
    other = float(np.nextafter(one, 1))
    assert grid(np.array([one, other]), share=1.0, steps=2) == [other, one]


def test_an_audit_of_hardly_any_items_promises_only_what_it_can() -> None:
    assert can_pass(10, 0, 1.0, 0.05), "everything may be wrong"
    assert not can_pass(10, 1, 0.1, 0.05)
    assert next_audit([8], [8], [1], 0.2, 0.05) == (8, 1), "all of them"
    assert next_audit([20], [20], [20], 0.05, 0.05) is None, "it errs always"
