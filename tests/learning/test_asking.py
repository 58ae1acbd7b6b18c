"""One round of asking: which strategy asks, what the rare get, and what the numbers promise."""

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp

from hitl_desktop.domain.predictions import margin_uncertainty
from hitl_desktop.learning.asking import FEWEST_AT_THE_START, Asking, ask, embedding_of, start_labels, strategy_now
from hitl_desktop.learning.near_copies import PLACES
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES, Query, Reason

BATCH = 10


def query(n: int = 200, *, model: bool = True, rows: bool = True, labels: list[int] | None = None) -> Query:
    rng = np.random.default_rng(0)
    decided = np.asarray([i % 3 for i in range(60)] if labels is None else labels, np.int64)
    return Query(
        rng.dirichlet(np.full(3, 0.5), n).astype(np.float32) if model else None,
        rng.normal(size=(n, 8)).astype(np.float32) if rows else None,
        rng.normal(size=(len(decided), 8)).astype(np.float32) if rows else None,
        decided,
        classes=3,
        batch=BATCH,
    )


def asked(name: str, about: Query, seed: int = 1, **options: object) -> Asking:
    return ask(name, about, np.random.default_rng(seed), **options)  # type: ignore[arg-type]


def first(asking: Asking, count: int = BATCH) -> npt.NDArray[np.int64]:
    return np.argsort(-asking.utilities, kind="stable")[:count]


@pytest.mark.parametrize("name", QUERY_STRATEGIES)
@pytest.mark.parametrize("model", [True, False])
@pytest.mark.parametrize("n", [0, 1, 200, PLACES + 500])
def test_every_strategy_orders_the_first_places_without_a_tie(name: str, model: bool, n: int) -> None:
    asking = asked(name, query(n, model=model))
    assert asking.utilities.shape == asking.reasons.shape == (n,)
    assert asking.utilities.dtype == np.float32
    assert asking.reasons.dtype == np.uint8
    assert np.isfinite(asking.utilities).all()
    top = asking.utilities > 1
    assert top.sum() == min(n, PLACES)
    assert len(np.unique(asking.utilities[top])) == top.sum()
    again = asked(name, query(n, model=model))
    assert np.array_equal(asking.utilities, again.utilities)


def test_the_batch_of_a_strategy_comes_first() -> None:
    about = query()
    utilities = QUERY_STRATEGIES["cluster_margin"].utilities(about, np.random.default_rng(1))
    batch = np.argsort(-utilities, kind="stable")[: int((utilities > 1).sum())]
    assert np.array_equal(first(asked("cluster_margin", about), len(batch)), batch)


@pytest.mark.parametrize(("classes", "labels"), [(0, FEWEST_AT_THE_START), (2, FEWEST_AT_THE_START), (77, 154)])
def test_the_start_asks_for_two_of_each_class(classes: int, labels: int) -> None:
    assert start_labels(classes) == labels


def test_the_start_asks_until_there_are_labels_enough_of_two_classes() -> None:
    def now(about: Query, **options: bool) -> str:
        return strategy_now("cluster_margin", "typiclust_start", about, **options).name

    assert now(query(model=False)) == "typiclust_start"
    assert now(query(labels=[0, 1] * 2)) == "typiclust_start"
    assert now(query(labels=[1] * 60)) == "typiclust_start"
    assert now(query()) == "cluster_margin"
    assert now(query(labels=[]), cold=False) == "cluster_margin", "the model in use knows the classes"
    assert now(query(labels=[], model=False), cold=False) == "typiclust_start"


def test_without_an_embedding_simpler_strategies_stand_in() -> None:
    assert strategy_now("badge", "typiclust_start", query(rows=False)).name == "margin"
    assert strategy_now("badge", "typiclust_start", query(rows=False, labels=[0])).name == "random"
    assert strategy_now("entropy", "typiclust_start", query(rows=False)).name == "entropy"
    assert len(asked("badge", query(rows=False)).utilities) == 200


def test_random_stays_random_from_the_first_label() -> None:
    """The yardstick: no start strategy, no balance, no spacing; the same whatever the model says."""
    with_model, without = asked("random", query(labels=[0] * 40)), asked("random", query(model=False, labels=[0] * 40))
    assert np.array_equal(with_model.utilities, without.utilities)
    assert (with_model.reasons == Reason.CHANCE).all()


@pytest.mark.parametrize(
    ("name", "reason", "after"),
    [
        ("margin", Reason.UNCERTAIN, Reason.UNCERTAIN),
        ("cluster_margin", Reason.UNCERTAIN, Reason.UNCERTAIN),
        ("k_centre", Reason.DIVERSE, Reason.UNCERTAIN),
        ("typiclust_start", Reason.TYPICAL, Reason.CHANCE),
    ],
)
def test_every_item_has_the_reason_it_is_asked_for(name: str, reason: Reason, after: Reason) -> None:
    asking = asked(name, query())
    order = first(asking, 200)
    assert set(asking.reasons[order[:5]].tolist()) == {reason}
    assert set(asking.reasons[order[BATCH:]].tolist()) == {after}


def test_a_rare_class_gets_a_tenth_of_the_batch() -> None:
    about = query(labels=[0] * 30 + [1] * 30)
    asking = asked("margin", about)
    rare = np.flatnonzero(asking.reasons == Reason.RARE)
    assert sorted(np.flatnonzero(np.isin(first(asking), rare))) == [9]
    in_play = (np.argsort(about.model, axis=1)[:, -2:] == 2).any(axis=1)
    assert in_play[rare].all(), "first or second choice"
    closest = np.argsort(np.where(in_play, -margin_uncertainty(about.model), 1), kind="stable")[:1]
    assert sorted(rare) == sorted(closest)
    assert not (asked("margin", query()).reasons == Reason.RARE).any()


def test_near_copies_do_not_follow_one_another() -> None:
    rows = np.repeat(np.random.default_rng(3).normal(size=(30, 8)).astype(np.float32), 3, axis=0)
    even = np.repeat(np.random.default_rng(4).dirichlet(np.ones(2), 30).astype(np.float32), 3, axis=0)
    labels = np.asarray([0, 1] * 20)
    asking = asked("margin", Query(even, rows, decided_labels=labels, classes=2, batch=BATCH))
    kinds = first(asking, 60) // 3
    assert (np.diff(kinds) != 0).all()
    by_margin = QUERY_STRATEGIES["margin"].utilities(Query(even), np.random.default_rng(0))
    assert (np.diff(np.argsort(-by_margin)[:60] // 3) == 0).any(), "else there was nothing to space"


def test_mixed_rows_are_compared_by_their_embedding() -> None:
    rows = sp.csr_matrix(np.arange(24, dtype=np.float32).reshape(2, 12))
    blocks = (("minilm", 3), ("words", 5), ("characters", 4))
    assert embedding_of(rows, blocks).tolist() == [[0, 1, 2], [12, 13, 14]]
    assert embedding_of(rows, (("words", 8), ("characters", 4))) is rows
    dense = rows.toarray()
    assert embedding_of(dense, (("scattering", 12),)) is dense
