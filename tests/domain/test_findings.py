"""Sets of findings: their codes, what a model suggests, and what the pool makes of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.findings import (
    MOST_FINDINGS,
    code_of,
    codes_of,
    flags_of,
    most_doubtful,
    needs_difference,
    positions_of,
    suggested_codes,
)
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Task, in_words
from hitl_desktop.domain.pool import Pool

SETS = st.sets(st.integers(0, MOST_FINDINGS - 1))
PROBABILITIES = np.array([[0.9, 0.2, 0.7], [0.4, 0.1, 0.05], [np.nan] * 3], np.float32)


@given(st.lists(SETS, min_size=1, max_size=5))
def test_a_set_and_its_code_are_the_same(sets: list[set[int]]) -> None:
    codes = np.array([code_of(positions) for positions in sets], np.int64)
    assert [set(positions_of(int(code))) for code in codes] == sets
    flags = flags_of(codes, MOST_FINDINGS)
    assert [set(np.flatnonzero(row).tolist()) for row in flags] == sets
    assert (codes_of(flags) == codes).all()
    assert len(set(codes.tolist())) == len({frozenset(one) for one in sets})


def test_no_code_means_nothing_is_known_and_zero_that_nothing_is_there() -> None:
    assert positions_of(-1) == positions_of(0) == ()
    assert not flags_of(np.array([-1, 0]), 3).any()
    assert (suggested_codes(PROBABILITIES) == [0b101, 0, -1]).all()


def test_an_item_is_as_unsure_as_its_most_doubtful_finding() -> None:
    found = most_doubtful(PROBABILITIES)
    np.testing.assert_allclose(found[:2], [[0.3, 0.7], [0.6, 0.4]], rtol=1e-6)
    assert np.isnan(found[2]).all()
    half = most_doubtful(np.array([[0.9, np.nan], [0.5, np.nan]], np.float32))
    assert np.isnan(half).all(), "of an item that is not scored for every finding nothing is said"


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=6))
def test_the_most_doubtful_finding_has_the_smallest_margin(row: list[float]) -> None:
    (no, yes), margins = most_doubtful(np.array([row], np.float32))[0], [abs(2 * p - 1) for p in row]
    assert abs(yes - no) == pytest.approx(min(margins), abs=1e-6)


@pytest.mark.parametrize("measure", ["margin", "least_confidence", "entropy"])
def test_the_pool_holds_sets(measure: str) -> None:
    pool = Pool(np.zeros(4, np.uint8), np.full(4, -1, np.int64), 0.69, measure, Task.SEVERAL)
    pool.set_predictions(PROBABILITIES)
    assert pool.predicted.tolist() == [0b101, 0, -1, -1]
    np.testing.assert_allclose(pool.confidence, [0.7, 0.6, np.nan, np.nan], rtol=1e-6)
    assert pool.uncertainty[1] > pool.uncertainty[0]
    assert pool.is_proposed(0)
    assert not pool.is_proposed(1)
    pool.set_standing(1, ItemState.DECIDED, code_of([2]))
    assert pool.label_ids.tolist() == [-1, 4, -1, -1]
    assert pool.ledger().adds_up


def test_nothing_can_be_learned_from_decisions_that_all_say_the_same() -> None:
    refusals = [needs_difference(np.array(codes, np.int64)) for codes in ([], [5, 5], [5, 4])]
    assert "no decisions" in str(refusals[0])
    assert "say the same" in str(refusals[1])
    assert refusals[2] is None


def test_a_set_is_told_in_words() -> None:
    assert in_words(["cat", "dog"]) == "cat, dog"
    assert in_words([]) == "nothing found"
