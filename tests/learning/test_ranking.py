"""The order of asking."""

import numpy as np
import numpy.typing as npt
import pytest

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.predictions import FloatArray, margin_uncertainty
from hitl_desktop.learning.ranking import ASKED_FOR, Plan, plan, rank_pool
from hitl_desktop.learning.reserve import draw_reserve

N = 100
EVERY = 10
ALL = np.arange(N)
NONE = np.empty(0, np.int64)


def some(seed: int = 0) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).dirichlet([1, 1, 1], N).astype(np.float32)


def ordered(
    probabilities: npt.NDArray[np.float32] | None,
    *,
    candidates: npt.NDArray[np.int64] = ALL,
    undecided: npt.NDArray[np.int64] = ALL,
    done: int = 0,
    seed: int = 0,
    every: int = EVERY,
) -> Plan:
    asked = Slot.START if probabilities is None else Slot.UNCERTAIN
    return plan(
        candidates,
        undecided,
        draw_reserve(N, seed, NONE, N // every),
        rank_pool(None if probabilities is None else margin_uncertainty(probabilities), N, seed),
        np.full(N, ASKED_FOR.index(asked), np.uint8),
        done=done,
        every=every,
    )


def places(made: Plan, slot: Slot) -> list[int]:
    return [place for place in range(len(made.order)) if made.slot(place) is slot]


@pytest.mark.parametrize("done", [0, 3, 9, 10, 27])
@pytest.mark.parametrize("model", [True, False])
@pytest.mark.parametrize("every", [2, 5, 10])
def test_one_slot_in_so_many_is_the_reserves_and_every_item_comes_once(done: int, model: bool, every: int) -> None:
    made = ordered(some() if model else None, done=done, every=every)
    assert sorted(made.order) == ALL.tolist()
    assert places(made, Slot.EXPLORE) == [p for p in range(N) if (p + done) % every == every - 1]
    assert len(places(made, Slot.UNCERTAIN if model else Slot.START)) == N - N // every


def test_the_others_come_least_sure_first() -> None:
    probabilities = some()
    made = ordered(probabilities)
    top = np.sort(probabilities, axis=1)
    margins = (top[:, -1] - top[:, -2])[made.order[places(made, Slot.UNCERTAIN)]]
    assert (np.diff(margins) >= -1e-6).all()


def test_exploring_reaches_items_that_need_no_review() -> None:
    waiting = ALL[:50]
    made = ordered(some(), candidates=waiting)
    assert len(set(made.order.tolist())) == len(made.order)
    assert set(waiting.tolist()) <= set(made.order.tolist())
    assert any(index >= 50 for index in made.order[places(made, Slot.EXPLORE)])
    assert made.order[places(made, Slot.EXPLORE)][-1] < 50, "whoever of the reserve needs a person comes in the end"
    assert all(index < 50 for index in made.order[places(made, Slot.UNCERTAIN)])


def test_the_first_draw_is_uniform_over_all_items() -> None:
    probabilities = some()
    draws = [int(ordered(probabilities, seed=s).order[EVERY - 1]) for s in range(2000)]
    counts = np.bincount(draws, minlength=N)
    chi_square = float(((counts - 20.0) ** 2 / 20.0).sum())
    assert 60 < chi_square < 149, "99 degrees of freedom: 149 is passed by chance once in a thousand"


def test_the_draw_does_not_depend_on_what_the_model_says() -> None:
    one, other = ordered(some(1)), ordered(some(2))
    assert one.order[places(one, Slot.EXPLORE)].tolist() == other.order[places(other, Slot.EXPLORE)].tolist()
    assert one.order.tolist() != other.order.tolist()


@pytest.mark.parametrize("decided", [1, 9, 10, 37])
@pytest.mark.parametrize("model", [True, False])
def test_after_some_decisions_the_plan_is_the_tail_of_the_first(decided: int, model: bool) -> None:
    probabilities = some() if model else None
    whole = ordered(probabilities)
    left = np.sort(whole.order[decided:])
    rest = ordered(probabilities, candidates=left, undecided=left, done=decided)
    assert rest.order.tolist() == whole.order[decided:].tolist()
    assert rest.sorts.tolist() == whole.sorts[decided:].tolist()


def test_ties_are_broken_by_chance_and_not_by_place() -> None:
    level = np.full((N, 2), 0.5, np.float32)
    firsts = [int(ordered(level, seed=s).order[0]) for s in range(60)]
    assert len(set(firsts)) > 30
    assert 30 < np.mean(firsts) < 70
    assert ordered(level, seed=5).order.tolist() == ordered(level, seed=5).order.tolist()


def test_items_that_are_not_scored_come_last_with_a_model_that_knows_the_others() -> None:
    probabilities = some()
    probabilities[[4, 7]] = np.nan
    made = ordered(probabilities)
    asked = made.order[places(made, Slot.UNCERTAIN)].tolist()
    drawn = set(made.order[places(made, Slot.EXPLORE)].tolist())
    left = [index for index in (4, 7) if index not in drawn]
    assert left
    assert sorted(asked[-len(left) :]) == left


def test_a_front_is_put_before_the_rest_with_its_own_reasons() -> None:
    made = ordered(some())
    moved = made.with_front([int(made.order[50]), 3], [Slot.EXPLORE, Slot.AGAIN])
    assert moved.order[:2].tolist() == [made.order[50], 3]
    assert moved.slot(0) is Slot.EXPLORE
    assert sorted(moved.order) == ALL.tolist()
    rest = [i for i in made.order.tolist() if i not in (made.order[50], 3)]
    assert moved.order[2:].tolist() == rest


def test_nothing_waiting_is_an_empty_plan() -> None:
    assert len(ordered(some(), candidates=ALL[:0]).order) == 0


def test_strategies_never_choose_from_the_reserve() -> None:
    reserve = draw_reserve(N, 0, NONE, 10)
    made = ordered(some())
    assert not reserve.members[made.order[places(made, Slot.UNCERTAIN)]].any()
    assert made.order[places(made, Slot.EXPLORE)].tolist() == reserve.order.tolist()


@pytest.mark.parametrize(("others", "done"), [(0, 0), (8, 0), (9, 0), (10, 0), (90, 0), (5, 7), (1, 9), (17, 3)])
def test_reserve_slots_follow_the_count_of_decisions(others: int, done: int) -> None:
    reserve = draw_reserve(1000, 0, NONE, 100)
    candidates = np.flatnonzero(~reserve.members)[:others]
    ranking = rank_pool(None, 1000, 0)
    made = plan(candidates, np.arange(1000), reserve, ranking, np.zeros(1000, np.uint8), done=done, every=10)
    found = places(made, Slot.EXPLORE)
    assert len(made.order) == others + len(found)
    assert found == [p for p in range(len(made.order)) if (p + done) % 10 == 9]


@pytest.mark.parametrize(("done", "first"), [(0, 0), (1, 1), (6, 0)])
@pytest.mark.parametrize(("audited", "others"), [(0, 5), (3, 9), (3, 3), (4, 3), (5, 2), (4, 0), (1, 1)])
def test_an_audit_has_every_second_place_and_then_all(done: int, first: int, audited: int, others: int) -> None:
    items = np.arange(100, 100 + audited)
    order = np.concatenate([items[::-1], np.arange(others)])  # it was in the plan for another reason
    found = Plan(order, np.zeros(len(order), np.uint8)).with_audit(items, done)
    assert sorted(found.order.tolist()) == sorted(order.tolist())
    is_audit = found.order >= 100
    assert found.order[is_audit].tolist() == items.tolist()
    assert found.order[~is_audit].tolist() == list(range(others))
    assert [found.slot(place) is Slot.AUDIT for place in range(len(order))] == is_audit.tolist()
    mixed = min(audited, others)
    assert is_audit[first : first + 2 * mixed : 2].all()
    assert is_audit[: first + 2 * mixed].sum() in (mixed, mixed + 1)


def test_what_came_later_is_ranked_first_and_what_cannot_be_read_last() -> None:
    utilities = np.array([0.2, np.nan, 0.9], np.float32)
    ranking = rank_pool(utilities, 5, 0)
    assert set(ranking[:2].tolist()) == {3, 4}
    assert ranking[2:].tolist() == [2, 0, 1]


def test_one_ranking_serves_every_part_of_the_pool() -> None:
    whole = ordered(some()).order
    part = np.arange(0, N, 3)
    reserve = draw_reserve(N, 0, NONE, N // EVERY)
    left = ordered(some(), candidates=part).order
    strategy = [item for item in whole if item in set(part.tolist()) and not reserve.members[item]]
    assert [item for item in left if not reserve.members[item]] == strategy


@pytest.mark.parametrize("levels", [0, 3, 40, 1_000_000])
def test_only_items_of_the_same_worth_are_sorted_by_chance(levels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is that of sorting all by worth, then by chance; a million are ranked before the window shows one."""
    rng = np.random.default_rng(levels)
    worth = rng.random(5_000).astype(np.float32)
    if levels:
        worth = (np.floor(worth * levels) / levels).astype(np.float32)
    worth[rng.integers(0, 5_000, 40)] = np.nan
    worth[rng.integers(0, 5_000, 40)] = -0.0
    ties = np.random.default_rng([9, 0x74696573]).random(5_200)
    own = np.concatenate([worth, np.full(200, np.inf, np.float32)])
    sort, sorted_by_chance = np.lexsort, []
    expected = sort((ties, -own))

    def lexsort(keys: tuple[FloatArray, FloatArray]) -> npt.NDArray[np.int64]:
        sorted_by_chance.append(len(keys[0]))
        return np.asarray(sort(keys))

    monkeypatch.setattr(np, "lexsort", lexsort)
    assert np.array_equal(rank_pool(worth, 5_200, 9), expected)
    _, counts = np.unique(-own, return_counts=True)
    assert sum(sorted_by_chance) == counts[counts > 1].sum()
