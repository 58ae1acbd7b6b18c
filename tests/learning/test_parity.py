"""The same choices as scikit-activeml, modAL and small-text, where the same question is put to them."""

from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from hitl_desktop.learning.query_strategies import (
    QUERY_STRATEGIES,
    Query,
    badge,
    k_centre,
    kmeans_start,
    typiclust_start,
)

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

BATCH = 12
DECIDED = 40
MEASURES = {
    "margin": ("margin_sampling", "margin_sampling", "BreakingTies"),
    "least_confidence": ("least_confident", "uncertainty_sampling", "LeastConfidence"),
    "entropy": ("entropy", "entropy_sampling", "PredictionEntropy"),
}
"""Our name, and those of scikit-activeml, modAL and small-text."""


def library(name: str) -> ModuleType:
    return pytest.importorskip(
        name, reason=f"LIBRARY ABSENT: {name} is a development dependency; without it this comparison proves nothing"
    )


@pytest.fixture(scope="module")
def query() -> Query:
    """Digits: 40 decided, 500 candidates, and the probabilities of a model trained on the 40."""
    X, y = load_digits(return_X_y=True)
    rows = (X[:540] / 16).astype(np.float32)
    model = LogisticRegression(max_iter=300).fit(rows[:DECIDED], y[:DECIDED])
    probabilities = model.predict_proba(rows[DECIDED:]).astype(np.float32)
    return Query(probabilities, rows[DECIDED:], rows[:DECIDED], y[:DECIDED], classes=10, batch=BATCH)


class Fixed:
    """A classifier whose probabilities are already known."""

    def __init__(self, probabilities: Floats) -> None:
        self._probabilities = probabilities

    def predict_proba(self, X: Any, **options: Any) -> Floats:
        return self._probabilities


def chosen(utilities: Floats, count: int = BATCH) -> list[int]:
    return np.argsort(-utilities, kind="stable")[:count].tolist()


def ours(name: str, query: Query, seed: int = 0) -> list[int]:
    return chosen(QUERY_STRATEGIES[name].utilities(query, np.random.default_rng(seed)))


def together(query: Query) -> tuple[Floats, npt.NDArray[np.float64]]:
    """Candidates and decided items with their labels, NaN for the candidates."""
    assert query.decided_labels is not None
    labels = np.concatenate([np.full(query.candidates, np.nan), query.decided_labels])
    return np.concatenate([query.rows, query.decided]), labels


@pytest.mark.parametrize("name", MEASURES)
def test_modal_asks_for_the_same(name: str, query: Query) -> None:
    uncertainty = library("modAL.uncertainty")
    theirs = getattr(uncertainty, MEASURES[name][1])(Fixed(query.model), query.rows, n_instances=BATCH)
    theirs = theirs[0] if isinstance(theirs, tuple) else theirs
    assert sorted(np.asarray(theirs).tolist()) == sorted(ours(name, query))


@pytest.mark.parametrize("name", MEASURES)
def test_small_text_asks_for_the_same(name: str, query: Query) -> None:
    strategy = getattr(library("small_text.query_strategies"), MEASURES[name][2])()
    everything, none = np.arange(query.candidates), np.empty(0, np.int64)
    theirs = strategy.query(Fixed(query.model), query.rows, everything, none, none, n=BATCH)
    assert sorted(theirs.tolist()) == sorted(ours(name, query))


@pytest.mark.parametrize("name", MEASURES)
def test_scikit_activeml_asks_for_the_same(name: str, query: Query) -> None:
    pool = library("skactiveml.pool")
    theirs = pool.uncertainty_scores(query.model.astype(np.float64), method=MEASURES[name][0])
    assert chosen(theirs) == ours(name, query)


def test_badge_draws_from_the_same_distribution_step_by_step(query: Query) -> None:
    """scikit-activeml forms the gradients; we keep their factors. Given its draws, every step has its chances."""
    pool, base = library("skactiveml.pool"), library("skactiveml.base")

    class Known(base.SkactivemlClassifier):  # type: ignore[misc, name-defined]
        def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
            return self

        def predict_proba(self, X: Any) -> Floats:
            return query.model

    X, labels = together(query)
    known = Known(classes=list(range(10)))
    drawn, chances = pool.Badge(random_state=0).query(
        X, labels, known, fit_clf=False, batch_size=BATCH, return_utilities=True
    )
    gradients = badge.Gradients(query.model, query.rows)
    nearest = gradients.squares.astype(np.float64)
    assert drawn[0] == nearest.argmax()
    for step in range(1, BATCH):
        nearest = np.minimum(nearest, gradients.squared_distances(drawn[step - 1]))
        theirs = np.nan_to_num(chances[step][: query.candidates])
        assert nearest / nearest.sum() == pytest.approx(theirs, abs=2e-6), f"step {step}"


def test_k_centre_covers_as_the_libraries_do(query: Query) -> None:
    X, labels = together(query)
    mine = k_centre.farthest(query.rows, query.decided, BATCH).tolist()
    theirs = library("skactiveml.pool").CoreSet(random_state=0).query(X, labels, batch_size=BATCH)
    assert mine == theirs.tolist()


def test_k_centre_begins_where_small_text_begins(query: Query) -> None:
    """Only the first: small-text mixes positions among candidates with positions among all rows from the second on."""
    coresets = library("small_text.query_strategies.coresets")
    X, labels = together(query)
    unlabelled, labelled = np.flatnonzero(np.isnan(labels)), np.flatnonzero(~np.isnan(labels))
    theirs = coresets.greedy_coreset(X, unlabelled, labelled, 1, distance_metric="euclidean")
    assert k_centre.farthest(query.rows, query.decided, 1).tolist() == theirs.tolist()


def test_typiclust_asks_for_the_same_of_the_same_clusters(query: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clusters are shared, for k-means differs by seed; which cluster comes next and what is typical must not."""
    pool = library("skactiveml.pool")
    X, labels = together(query)
    rng = np.random.default_rng(0)
    shared = np.argmin(((X[:, None] - X[rng.choice(len(X), DECIDED + BATCH, replace=False)]) ** 2).sum(axis=2), axis=1)

    class Shared:
        def __init__(self, n_clusters: int = 8) -> None:
            pass

        def fit_predict(self, X: Any) -> Ids:
            return shared

    mine = typiclust_start.typical(
        query.rows, shared[: query.candidates], shared[query.candidates :], BATCH, np.random.default_rng(0)
    )
    theirs = pool.TypiClust(random_state=0, cluster_algo=Shared, k=typiclust_start.NEIGHBOURS).query(
        X, labels, batch_size=BATCH
    )
    sizes = np.bincount(shared)
    assert sorted(sizes[shared[mine]]) == sorted(sizes[shared[theirs]]), "the largest uncovered clusters"
    by_cluster = dict(zip(shared[mine].tolist(), mine.tolist(), strict=True))
    common = [i for i in theirs.tolist() if shared[i] in by_cluster]
    assert len(common) >= BATCH - 2, "clusters of one size are taken in any order"
    assert [by_cluster[int(shared[i])] for i in common] == common


def test_the_k_means_start_takes_the_same_middles_of_the_same_clusters(
    query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sklearn.cluster import KMeans

    strategies = library("small_text.query_strategies")
    unit = query.rows / np.linalg.norm(query.rows, axis=1, keepdims=True)
    fitted = KMeans(BATCH, n_init=1, random_state=0).fit(unit)
    monkeypatch.setattr(
        kmeans_start, "pool_clusters", lambda *_: (fitted.labels_, fitted.cluster_centers_.astype(np.float32))
    )
    mine = kmeans_start.middles(unit, BATCH, np.random.default_rng(0))
    monkeypatch.setattr("sklearn.cluster.KMeans", lambda **_: fitted)
    monkeypatch.setattr(fitted, "fit", lambda *_: fitted)
    everything, none = np.arange(query.candidates), np.empty(0, np.int64)
    theirs = strategies.EmbeddingKMeans().sample(None, None, everything, none, none, BATCH, query.rows)
    agreed = len(set(mine.tolist()) & set(theirs.tolist()))
    assert agreed >= BATCH - 1, "nearest by distance here, by cosine there: the same but for a hair"
