"""Measures of several findings per item: each by itself, and all of an item together."""

import numpy as np
import pytest

from hitl_desktop.assurance.class_measures import finding_measures, macro_f1
from hitl_desktop.assurance.paired import compare_findings
from hitl_desktop.assurance.strata import Strata

TRUTH = np.array([0b01, 0b11, 0b00, 0b10, 0b01])
SAID = np.array([0b01, 0b01, 0b10, 0b10, -1])
STRATA = Strata(np.zeros(5, np.int64), np.array([5]))


def test_every_finding_is_measured_by_itself() -> None:
    first, second = finding_measures(TRUTH, SAID, STRATA.weights(), 2)
    assert first.recall is not None
    assert first.precision is not None
    assert (first.checks, first.recall.right, first.recall.of) == (3, 2, 3), "what cannot be read is not found"
    assert (first.precision.right, first.precision.of) == (2, 2)
    assert second.recall is not None
    assert second.precision is not None
    assert (second.recall.share, second.precision.share) == (0.5, 0.5)


def test_macro_f1_is_the_mean_over_findings() -> None:
    score = macro_f1(TRUTH, SAID, STRATA, 2, np.random.default_rng(0), several=True)
    assert score is not None
    assert score.value == pytest.approx((2 * 2 / (2 * 2 + 1) + 2 * 1 / (2 * 1 + 2)) / 2)
    assert score.low <= score.value <= score.high


def test_versions_are_compared_on_whole_items_and_on_every_finding() -> None:
    found = compare_findings(TRUTH, SAID, TRUTH, 2)
    assert (found.overall.old_right, found.overall.new_right, found.overall.gained, found.overall.lost) == (2, 5, 3, 0)
    assert [(pair.checks, pair.old_right, pair.new_right) for pair in found.classes] == [(3, 2, 3), (2, 1, 2)]
    assert found.is_not_worse


def test_a_version_that_misses_one_finding_is_held_back() -> None:
    truth = np.full(40, 0b11)
    worse = truth.copy()
    worse[:20] = 0b01
    found = compare_findings(truth, truth, worse, 2)
    assert found.worse_classes == (1,)
    assert not found.is_not_worse


def test_an_item_that_could_not_be_read_is_wrong_even_where_nothing_is_there() -> None:
    nothing = np.zeros(3, np.int64)
    assert compare_findings(nothing, nothing - 1, nothing, 2).overall.old_right == 0
