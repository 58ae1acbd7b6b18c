"""The certificate: exact numbers, and the promise kept in simulated deployments, which wrong procedures break."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.assurance.audit_draw import draw
from hitl_desktop.assurance.certificate import (
    allowed,
    at_most,
    audits_needed,
    can_pass,
    grid,
    is_attainable,
    most_wrong,
    next_audit,
    spent,
    walk,
)
from hitl_desktop.domain.certificates import Outcome

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]


def exact(size: int, wrong: int, audited: int, found: int) -> Fraction:
    ways = sum(math.comb(wrong, x) * math.comb(size - wrong, audited - x) for x in range(found + 1))
    return Fraction(ways, math.comb(size, audited))


@pytest.mark.parametrize(
    ("alpha", "delta", "needed"),
    [
        (0.01, 0.10, [230, 388, 531, 667]),
        (0.01, 0.05, [299, 473, 628, 773]),
        (0.02, 0.10, [114, 194, 265, 333]),
        (0.02, 0.05, [149, 236, 313, 386]),
        (0.05, 0.10, [45, 77, 105, 132]),
        (0.05, 0.05, [59, 93, 124, 153]),
    ],
)
def test_audits_needed_with_none_to_three_wrong(alpha: float, delta: float, needed: list[int]) -> None:
    assert [audits_needed(alpha, delta, wrong) for wrong in range(4)] == needed


def test_a_small_zone_needs_fewer_audits_and_never_more_than_it_has() -> None:
    for size in (20, 60, 300, 5000):
        for wrong in range(4):
            needed = audits_needed(0.05, 0.1, wrong, size)
            if needed is None:
                assert wrong > 0.05 * size
                continue
            assert most_wrong(size, needed, wrong, 0.1) <= 0.05 * size, "so many are enough"
            fewer = needed - 1
            assert fewer < wrong or fewer < 1 or most_wrong(size, fewer, wrong, 0.1) > 0.05 * size, "and no fewer"
            assert needed <= min(size, audits_needed(0.05, 0.1, wrong) or 0)


@given(st.data())
def test_the_bound_is_that_of_counting_every_case(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 26))
    audited = data.draw(st.integers(0, size))
    found = data.draw(st.integers(0, audited))
    delta = data.draw(st.sampled_from([0.01, 0.05, 0.1, 0.25, 0.5, 0.9]))
    possible = range(found, size - (audited - found) + 1)
    by_hand = max(m for m in possible if exact(size, m, audited, found) > Fraction(delta))
    assert most_wrong(size, audited, found, delta) == by_hand
    for wrong in range(size + 1):
        assert at_most(size, wrong, audited, found) == pytest.approx(
            float(exact(size, wrong, audited, found)), abs=1e-12
        )


def test_a_chance_that_is_exactly_delta_does_not_exceed_it() -> None:
    # One of ten drawn: with m wrong the chance that it is right is (10 - m) / 10, one half exactly for m = 5.
    assert most_wrong(10, 1, 0, 0.5) == 4


def test_a_large_zone_is_bounded_as_in_the_example_of_the_page() -> None:
    assert most_wrong(7180, 289, 1, spent(0.1, 1)) == 109


@pytest.mark.parametrize("counts", [(5, 6, 0, 0.1), (5, 2, 3, 0.1), (5, 2, -1, 0.1), (5, 2, 0, 0.0), (5, 2, 0, 1.0)])
def test_counts_that_cannot_be_are_refused(counts: tuple[int, int, int, float]) -> None:
    with pytest.raises(ValueError, match="δ"):
        most_wrong(*counts)


def test_when_everything_was_audited_the_bound_is_what_was_found() -> None:
    assert [most_wrong(40, 40, found, 0.05) for found in (0, 1, 40)] == [0, 1, 40]
    scores, everything = np.linspace(0.5, 1, 40), np.arange(40)
    wrong = np.zeros(40, bool)
    wrong[:2] = True  # the two least sure
    found = walk(scores, everything, wrong, grid(scores, share=1.0), 0.05, 0.1)
    assert found.last is not None
    assert (found.last.size, found.last.bound, found.stopped) == (40, 2, None)
    wrong[2] = True
    assert walk(scores, everything, wrong, grid(scores, share=1.0), 0.05, 0.1).stopped is not None


def test_releases_spend_no_more_than_delta_together() -> None:
    assert spent(0.1, 1) == pytest.approx(0.0608, abs=1e-4)
    assert sum(spent(0.1, release) for release in range(1, 20_000)) < 0.1
    with pytest.raises(ValueError, match="release"):
        spent(0.1, 0)


def test_a_share_that_one_wrong_item_breaks_is_unattainable() -> None:
    assert not is_attainable(99, 0.01)
    assert is_attainable(100, 0.01)
    assert allowed(100, 0.29) == 29, "0.29 × 100 is a little less than 29 in floating point"
    assert not can_pass(5000, 200, 0.01, 0.1)
    assert can_pass(5000, 230, 0.01, 0.1)


def test_an_unattainable_share_is_never_certified() -> None:
    rng = np.random.default_rng(3)
    scores = rng.random(400)
    limits = grid(scores)
    audited = draw(np.flatnonzero(scores >= limits[-1]), 100, 3)
    found = walk(scores, audited, np.zeros(100, bool), limits, 0.001, 0.1)
    assert found.last is None
    assert {step.outcome for step in found.steps} == {Outcome.SKIPPED}, "and not one limit counts as a failure"


def test_the_grid_goes_from_strict_to_loose_and_has_the_limit_that_is_given() -> None:
    scores = np.random.default_rng(1).beta(8, 1, 5000).astype(np.float32)
    limits = grid(scores, given=0.9)
    assert limits == sorted(limits, reverse=True)
    assert 0.9 in limits
    assert (scores >= limits[-1]).mean() == pytest.approx(0.6, abs=0.01)
    looser = grid(scores, given=0.5)
    assert looser[-1] == 0.5, "the zone goes down to it"
    assert grid(scores, given=1.5) == grid(scores), "no item reaches it"
    assert grid(np.array([np.nan, np.nan])) == []


def test_items_with_one_score_are_never_parted() -> None:
    scores = np.repeat([0.9, 0.8, 0.7], [50, 100, 50]).astype(np.float32)
    limits = grid(scores, share=0.5)
    assert [int((scores >= limit).sum()) for limit in limits] == [50, 150]
    assert grid(np.full(30, 0.99996, np.float32)) == [0.99], "one score, one limit"
    confident = np.linspace(0.9991, 0.99999, 400).astype(np.float32)
    assert len(grid(confident)) == 20, "limits that two digits do not tell apart have more"


def test_the_draw_is_uniform_seeded_and_of_the_zone_alone() -> None:
    zone = np.arange(100, 120)
    assert draw(zone, 7, 5).tolist() == draw(zone, 7, 5).tolist()
    assert draw(zone, 7, 5).tolist() != draw(zone, 7, 6).tolist()
    times = np.zeros(120, int)
    for seed in range(2000):
        drawn = draw(zone, 5, seed)
        assert len(set(drawn.tolist())) == 5
        times[drawn] += 1
    assert times[:100].sum() == 0
    assert np.abs(times[zone] - 500).max() < 5 * math.sqrt(500 * 0.75), "each of 20 has a chance of one quarter"
    with pytest.raises(ValueError, match="cannot be drawn"):
        draw(zone, 21, 0)


def test_an_audited_item_outside_the_zone_is_refused() -> None:
    scores = np.linspace(0, 1, 50)
    with pytest.raises(ValueError, match="outside the zone"):
        walk(scores, np.array([3, 49]), np.zeros(2, bool), [0.9, 0.5], 0.1, 0.1)


def test_the_walk_skips_by_counts_proves_and_stops_at_the_first_failure() -> None:
    scores = np.linspace(0, 1, 1000)
    limits = [0.98, 0.9, 0.8, 0.6, 0.5]
    audited = np.arange(500, 1000, 2)
    wrong = (scores[audited] < 0.75) & (np.arange(250) % 3 == 0)
    found = walk(scores, audited, wrong, limits, 0.1, 0.1)
    outcomes = [step.outcome for step in found.steps]
    assert outcomes == [Outcome.SKIPPED, Outcome.PROVED, Outcome.PROVED, Outcome.STOPPED]
    assert found.proved() == (0.9, 0.8)
    assert found.last is not None
    assert found.last.limit == 0.8
    assert found.last.share <= 0.1 < (found.stopped or found.last).share


def test_nothing_is_looked_at_behind_the_first_failure() -> None:
    scores = np.linspace(0, 1, 1000)
    audited = np.arange(500, 1000, 2)
    wrong = scores[audited] > 0.97  # all errors are where the model is most sure
    found = walk(scores, audited, wrong, [0.9, 0.8, 0.5], 0.2, 0.1)
    assert [step.outcome for step in found.steps] == [Outcome.STOPPED], "though .5 alone would have passed"


def test_how_many_more_are_needed_is_said_from_how_often_it_erred() -> None:
    sizes, counts = [1000, 2000, 4000], [25, 50, 100]
    assert next_audit(sizes, counts, [0, 0, 0], 0.02, 0.1) == (audits_needed(0.02, 0.1, 0, 4000), 0)
    more = next_audit(sizes, counts, [0, 0, 1], 0.02, 0.1)
    assert more is not None
    assert 114 < more[0] <= 400
    assert next_audit(sizes, counts, [2, 4, 8], 0.02, 0.1) is None, "four times as often as is allowed"


# --- simulated deployments -------------------------------------------------------------------------------------------

DEPLOYMENTS, ALPHA, DELTA, AUDITS = 200, 0.05, 0.1, 150
ITEMS = 900


@dataclass(frozen=True)
class Deployment:
    """A pool, how right the model is, what the reviewer skips, and what was decided before as a strategy chose it."""

    scores: npt.NDArray[np.float64]
    right: Flags
    skipped: Flags
    chosen: Rows


Procedure = Callable[[Deployment, int], float | None]
"""From a deployment and a seed to the limit that it certifies, or None."""


def cliff(rng: np.random.Generator) -> Deployment:
    """Right in the zone, wrong below it."""
    scores = rng.random(ITEMS)
    wrong = rng.random(ITEMS) < np.where(scores > np.quantile(scores, 0.39), 0.004, 0.3)
    return _deployment(rng, scores, wrong)


def border(rng: np.random.Generator) -> Deployment:
    """A little more than the share allowed is wrong at every limit: nothing may be certified."""
    scores = np.sort(rng.random(ITEMS))[::-1].copy()
    wrong = np.arange(ITEMS) % 19 == int(rng.integers(0, 3))
    return _deployment(rng, scores, wrong)


def slope(rng: np.random.Generator) -> Deployment:
    """The usual case: the less sure, the more often wrong."""
    scores = rng.random(ITEMS)
    return _deployment(rng, scores, rng.random(ITEMS) < 0.3 * (1 - scores) ** 2)


def _deployment(rng: np.random.Generator, scores: npt.NDArray[np.float64], wrong: Flags) -> Deployment:
    skipped = wrong & (rng.random(ITEMS) < 0.5)
    easy = np.flatnonzero(~wrong)
    return Deployment(scores, ~wrong, skipped, rng.choice(easy, 120, replace=False))


def honest(deployment: Deployment, seed: int) -> float | None:
    """What the program does."""
    scores = deployment.scores
    limits = grid(scores)
    audited = draw(np.flatnonzero(scores >= limits[-1]), AUDITS, seed)
    wrong = ~deployment.right[audited] | deployment.skipped[audited]
    last = walk(scores, audited, wrong, limits, ALPHA, DELTA).last
    return None if last is None else last.limit


def certifies_outside_the_zone(deployment: Deployment, seed: int) -> float | None:
    """A mutant: the audit is drawn from the zone, and speaks for limits below it."""
    scores = deployment.scores
    audited = draw(np.flatnonzero(scores >= grid(scores)[-1]), AUDITS, seed)
    limits = grid(scores, share=1.0)
    last = walk(scores, audited, ~deployment.right[audited], limits, ALPHA, DELTA).last
    return None if last is None else last.limit


def counts_chosen_items(deployment: Deployment, seed: int) -> float | None:
    """A mutant: what a strategy chose and was answered counts as audited too."""
    scores = deployment.scores
    limits = grid(scores)
    drawn = draw(np.flatnonzero(scores >= limits[-1]), AUDITS, seed)
    chosen = deployment.chosen[scores[deployment.chosen] >= limits[-1]]
    audited = np.union1d(drawn, chosen)
    last = walk(scores, audited, ~deployment.right[audited], limits, ALPHA, DELTA).last
    return None if last is None else last.limit


def drops_skipped_audits(deployment: Deployment, seed: int) -> float | None:
    """A mutant: what the reviewer skipped was not audited."""
    scores = deployment.scores
    limits = grid(scores)
    drawn = draw(np.flatnonzero(scores >= limits[-1]), AUDITS, seed)
    audited = drawn[~deployment.skipped[drawn]]
    last = walk(scores, audited, ~deployment.right[audited], limits, ALPHA, DELTA).last
    return None if last is None else last.limit


def broken_promises(procedure: Procedure, make: Callable[[np.random.Generator], Deployment]) -> int:
    """In how many of the deployments more than α are wrong at or above what the procedure certifies."""
    broken = 0
    for seed in range(DEPLOYMENTS):
        deployment = make(np.random.default_rng([seed, 11]))
        limit = procedure(deployment, seed)
        if limit is not None:
            broken += bool((~deployment.right[deployment.scores >= limit]).mean() > ALPHA)
    return broken


def keeps_the_promise(procedure: Procedure) -> bool:
    """The test: in no sort of pool is the promise broken more often than δ and the chance of simulating allow."""
    most = DELTA + 1.64 * math.sqrt(DELTA * (1 - DELTA) / DEPLOYMENTS)
    return all(broken_promises(procedure, make) / DEPLOYMENTS <= most for make in (cliff, border, slope))


def test_the_promise_is_kept() -> None:
    assert keeps_the_promise(honest)


def test_the_procedure_certifies_where_there_is_something_to_certify() -> None:
    found = [honest(slope(np.random.default_rng([seed, 11])), seed) for seed in range(40)]
    assert sum(limit is not None for limit in found) >= 30


@pytest.mark.parametrize("mutant", [certifies_outside_the_zone, counts_chosen_items, drops_skipped_audits])
def test_the_same_test_rejects_wrong_procedures(mutant: Procedure) -> None:
    assert not keeps_the_promise(mutant)
