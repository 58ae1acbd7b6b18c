"""The contract of every query strategy and every uncertainty measure, old or new."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp

from hitl_desktop.domain.predictions import UNCERTAINTY_MEASURES, margin_uncertainty
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES, Query

Floats = npt.NDArray[np.float32]

BATCH = 6
BY_PROBABILITIES = ("least_confidence", "margin", "entropy", "expected_loss")
BATCHES = tuple(name for name, row in QUERY_STRATEGIES.items() if row.needs_embedding)
WITHOUT_CHANCE = (*BY_PROBABILITIES, "information_gain", "k_centre")
INFORMED = (*BY_PROBABILITIES, *BATCHES)


def probabilities(n: int, k: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).dirichlet(np.full(k, 0.5), n).astype(np.float32)


def groups(n: int, d: int = 12, seed: int = 1) -> Floats:
    """Rows around eight places, so that there is something to cluster."""
    rng = np.random.default_rng(seed)
    places = rng.normal(0, 3, (8, d))
    return (places[rng.integers(0, 8, n)] + rng.normal(0, 0.5, (n, d))).astype(np.float32)


def query(n: int, k: int = 5, *, decided: int = 4, sparse: bool = False, seed: int = 0) -> Query:
    rows: Any = groups(n + decided, seed=seed + 1)
    if sparse:
        rows = sp.hstack(
            [sp.csr_matrix(rows * (rows > 0)), sp.csr_matrix((n + decided, 600), dtype=np.float32)]
        ).tocsr()
    labels = np.arange(decided, dtype=np.int64) % max(1, k)
    return Query(probabilities(n, k, seed), rows[:n], rows[n:], labels, classes=k, batch=BATCH)


def asked(name: str, about: Query, seed: int = 1) -> Floats:
    return QUERY_STRATEGIES[name].utilities(about, np.random.default_rng(seed))


def moved(about: Query, items: npt.NDArray[np.int64]) -> Query:
    """The same candidates in another order."""
    assert about.probabilities is not None
    return Query(
        about.probabilities[items], about.rows[items], about.decided, about.decided_labels, about.classes, about.batch
    )


def same(left: Query, right: Query) -> bool:
    return np.array_equal(left.model, right.model) and np.array_equal(left.rows, right.rows)


@pytest.mark.parametrize("name", QUERY_STRATEGIES)
@pytest.mark.parametrize("k", [1, 2, 10, 77])
@pytest.mark.parametrize("sparse", [False, True])
def test_a_strategy_gives_one_finite_number_per_item(name: str, k: int, sparse: bool) -> None:
    for n in (0, 1, 3, 120):
        utilities = asked(name, query(n, k, sparse=sparse))
        assert utilities.shape == (n,)
        assert utilities.dtype == np.float32
        assert np.isfinite(utilities).all()


@pytest.mark.parametrize("name", QUERY_STRATEGIES)
def test_a_strategy_is_seeded_and_leaves_its_input_alone(name: str) -> None:
    about, untouched = query(80), query(80)
    assert np.array_equal(asked(name, about), asked(name, about))
    assert same(about, untouched)
    assert np.array_equal(asked(name, about), asked(name, about, seed=2)) == (name in WITHOUT_CHANCE)


@pytest.mark.parametrize("name", INFORMED)
def test_a_strategy_does_not_look_at_where_an_item_stands(name: str) -> None:
    """The batch is the same, in the same order, wherever its items stand; chance beyond it goes by place."""
    about = query(150)
    items = np.random.default_rng(3).permutation(150)
    here, there = asked(name, about)[items], asked(name, moved(about, items))
    if name in BATCHES:
        assert np.array_equal(here[here > 1], there[here > 1])
        assert ((here > 1) == (there > 1)).all()
    else:
        assert np.allclose(here, there, atol=1e-6)


@pytest.mark.parametrize("name", BY_PROBABILITIES)
def test_a_strategy_does_not_look_at_the_order_of_the_classes(name: str) -> None:
    p = probabilities(50, 5)
    shuffled = p[:, np.random.default_rng(3).permutation(5)]
    assert np.allclose(asked(name, Query(shuffled)), asked(name, Query(p)), atol=1e-6)


@pytest.mark.parametrize("name", BY_PROBABILITIES)
def test_a_strategy_asks_sooner_where_the_model_is_less_sure(name: str) -> None:
    ladder = np.array([[p, 1 - p] for p in (1.0, 0.9, 0.7, 0.55, 0.5)], np.float32)
    assert (np.diff(asked(name, Query(ladder))) > 0).all()


@pytest.mark.parametrize("name", BATCHES)
@pytest.mark.parametrize("sparse", [False, True])
def test_a_batch_stands_above_all_others_in_the_order_of_choice(name: str, sparse: bool) -> None:
    utilities = asked(name, query(120, sparse=sparse))
    batch = utilities[utilities > 1]
    assert sorted(batch, reverse=True) == list(range(1 + len(batch), 1, -1))
    assert 1 < len(batch) <= BATCH
    if name != "cluster_margin":
        assert len(batch) == BATCH


@pytest.mark.parametrize("name", [name for name in BATCHES if not name.endswith("_start")])
def test_after_the_batch_the_closest_calls_follow(name: str) -> None:
    about = query(120)
    utilities = asked(name, about)
    rest = utilities <= 1
    assert np.array_equal(utilities[rest], margin_uncertainty(about.model)[rest])


@pytest.mark.parametrize("name", [name for name in BATCHES if not QUERY_STRATEGIES[name].needs_model])
def test_a_strategy_without_a_model_needs_none(name: str) -> None:
    utilities = asked(name, Query(None, groups(120), batch=BATCH))
    assert (utilities > 1).sum() == BATCH
    assert len(np.unique(utilities)) > 100, "the others come by chance"


@pytest.mark.parametrize("name", BATCHES)
def test_items_that_are_all_the_same_are_no_obstacle(name: str) -> None:
    p = np.full((30, 3), 1 / 3, np.float32)
    utilities = asked(name, Query(p, np.ones((30, 4), np.float32), np.ones((2, 4), np.float32), batch=BATCH))
    assert np.isfinite(utilities).all()


@pytest.mark.parametrize("name", ["cluster_margin", "badge", "k_centre", "kmeans_start", "typiclust_start"])
def test_a_batch_covers_the_groups_there_are(name: str) -> None:
    """Eight places of equally unsure items: a batch of eight visits most of them, chance about five."""
    rng = np.random.default_rng(5)
    centres = np.eye(8, dtype=np.float32) * 4
    place = np.arange(320) % 8
    rows = (centres[place] + rng.normal(0, 0.2, (320, 8))).astype(np.float32)
    p = np.full((320, 2), 0.5, np.float32)
    utilities = asked(name, Query(p, rows, batch=8))
    assert len(set(place[utilities > 1])) >= 7


def test_a_start_leaves_alone_what_is_covered() -> None:
    rows = np.concatenate([groups(40, seed=2) + 50, groups(40, seed=2) - 50])
    utilities = asked("typiclust_start", Query(None, rows, rows[:1], np.zeros(1, np.int64), batch=1))
    assert utilities.argmax() >= 40, "the other half has no decision yet"


def test_the_table_is_named_consistently() -> None:
    assert all(row.name == key and row.title for key, row in QUERY_STRATEGIES.items())
    assert len({row.title for row in QUERY_STRATEGIES.values()}) == len(QUERY_STRATEGIES)


@pytest.mark.parametrize("name", QUERY_STRATEGIES)
def test_what_a_strategy_says_it_needs_is_what_it_needs(name: str) -> None:
    row = QUERY_STRATEGIES[name]
    p, rows = probabilities(20, 3), groups(20)
    spared = Query(None if not row.needs_model else p, rows if row.needs_embedding else None, batch=3)
    if row.needs_model or row.needs_embedding:
        assert len(asked(name, spared)) == 20
    if row.needs_model:
        with pytest.raises(ValueError, match="model"):
            asked(name, Query(None, rows, batch=3))
    if row.needs_embedding:
        with pytest.raises(ValueError, match="embedding"):
            asked(name, Query(p, None, batch=3))


@pytest.mark.parametrize("name", UNCERTAINTY_MEASURES)
@pytest.mark.parametrize("k", [2, 3, 10, 77])
def test_an_uncertainty_runs_from_sure_to_even(name: str, k: int) -> None:
    measure = UNCERTAINTY_MEASURES[name]
    values = measure(probabilities(200, k))
    assert values.shape == (200,)
    assert values.min() >= -1e-6
    assert values.max() <= 1 + 1e-6
    assert measure(np.eye(k, dtype=np.float32)) == pytest.approx(np.zeros(k), abs=1e-6)
    assert measure(np.full((1, k), 1 / k, np.float32)) == pytest.approx([1.0], abs=1e-5)


@pytest.mark.parametrize("name", UNCERTAINTY_MEASURES)
def test_one_class_is_never_uncertain(name: str) -> None:
    assert UNCERTAINTY_MEASURES[name](np.ones((3, 1), np.float32)).tolist() == [0, 0, 0]


def test_what_is_at_stake_comes_by_its_size() -> None:
    losses = np.array([3.0, 900.0, np.nan, 0.0, 40.0], np.float32)
    about = Query(np.full((5, 2), 0.5, np.float32), losses=losses)
    assert np.argsort(-asked("expected_loss", about), kind="stable").tolist()[:3] == [1, 4, 0]
    assert asked("expected_loss", about).max() == 1.0
