"""Weights and weak labels: they teach as much as they should, and nothing is held out of them or judged on them."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.learning.choosing import WEAK_SHARES, Candidate, choose
from hitl_desktop.learning.cross_validation import folds_for
from hitl_desktop.learning.estimators import ESTIMATORS
from hitl_desktop.learning.lessons import Lesson, Variants, Weak


def drawn(n: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Two classes that the first column tells apart, not without doubt."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    rows = rng.normal(0, 1, (n, 4)).astype(np.float32)
    rows[:, 0] += 1.5 * labels
    return rows / 3, labels.astype(np.int64)


@pytest.mark.parametrize("name", ["logistic_regression", "linear_svm", "rbf_kernel", "mlp"])
def test_a_row_with_weight_counts_so_often(name: str) -> None:
    """What contradicts the others wins where it counts a hundred times."""
    rows, labels = drawn(40)
    odd = np.array([[1.0, 0, 0, 0]], np.float32)
    lesson = Lesson(np.vstack([rows, odd]), np.append(labels, 0), seed=1)
    estimator = ESTIMATORS[name]
    usual = estimator.train(lesson, estimator.grid[0]).probabilities(odd)[0, 0]
    heavy = estimator.train(
        Lesson(lesson.rows, lesson.labels, seed=1, weights=np.append(np.ones(40), 100.0)), estimator.grid[0]
    ).probabilities(odd)[0, 0]
    assert heavy > usual


def test_equal_weights_change_nothing() -> None:
    rows, labels = drawn(40)
    for name in ("logistic_regression", "rbf_kernel"):
        estimator = ESTIMATORS[name]
        lesson = Lesson(rows, labels, class_weight="balanced")
        plain = estimator.train(lesson, estimator.grid[0]).probabilities(rows)
        same = Lesson(rows, labels, class_weight="balanced", weights=np.ones(40))
        assert estimator.train(same, estimator.grid[0]).probabilities(rows) == pytest.approx(plain, abs=1e-3)


@pytest.mark.parametrize("is_sparse", [False, True])
def test_what_is_weak_counts_together_as_much_as_its_share(is_sparse: bool) -> None:
    rows, labels = drawn(20)
    more, guessed = drawn(200, seed=9)
    wrap = sp.csr_matrix if is_sparse else np.asarray
    lesson = Lesson(wrap(rows), labels, np.arange(20), "balanced", weak=Weak(wrap(more), guessed, 0.5))
    whole = lesson.taught()
    assert whole.rows.shape[0] == len(whole.labels) == len(whole.weights) == len(whole.groups) == 220
    assert len(set(whole.groups.tolist())) == 220, "nothing weak belongs to a decision"
    assert whole.weights[20:].sum() == pytest.approx(10, rel=0.3)
    assert whole.weights[:20].sum() == pytest.approx(20)
    part = lesson.part(np.arange(5))
    assert part.taught().rows.shape[0] == 205


def test_good_rules_teach_and_bad_ones_are_left_out() -> None:
    rows, labels = drawn(30)
    more, truth = drawn(400, seed=9)
    estimator = ESTIMATORS["logistic_regression"]

    def chosen(guessed: np.ndarray) -> Lesson:
        lesson = Lesson(rows, labels, class_weight="balanced", weak=Weak(more, guessed, WEAK_SHARES[0]))
        candidate = Candidate(0, "x-v1", estimator, lesson, estimator.grid[0])
        choice = choose([candidate], {}, seed=0)
        assert {row.get("weak_share", 0.0) for row in choice.scores} == set(WEAK_SHARES)
        return choice.candidate.lesson

    assert chosen(truth).weak is not None
    bad = chosen(1 - truth).weak
    assert bad is None or bad.share < WEAK_SHARES[0]


def marked(n: int = 40) -> Lesson:
    """Two classes that an artefact in the last column tells apart in what is decided; the first does so truly."""
    rows, labels = drawn(n)
    rows[:, 3] = 2.0 * labels
    return Lesson(rows, labels, seed=1)


def unmarked(lesson: Lesson, items: np.ndarray, weight: float = 1.0) -> Variants:
    """The same items of the second class without the artefact, and others of the first with it."""
    own, others = items[lesson.labels[items] == 1], items[lesson.labels[items] == 0]
    rows = lesson.rows[np.concatenate([own, others])].copy()
    rows[:, 3] = np.repeat([0.0, 2.0], [len(own), len(others)])
    donors = np.concatenate([own, own[np.arange(len(others)) % len(own)]])
    return Variants(rows, np.concatenate([own, others]), donors, np.full(len(rows), weight))


@pytest.mark.parametrize("name", ["logistic_regression", "linear_svm", "rbf_kernel"])
def test_variants_teach_what_does_not_count(name: str) -> None:
    lesson, estimator = marked(), ESTIMATORS[name]
    rows, labels = drawn(200, seed=8)
    rows[:, 3] = 2.0 * (1 - labels)
    usual = estimator.train(lesson, estimator.grid[0])
    taught = estimator.train(replace(lesson, variants=unmarked(lesson, np.arange(40))), estimator.grid[0])
    right = [(head.probabilities(rows).argmax(axis=1) == labels).mean() for head in (usual, taught)]
    assert right[0] < 0.3
    assert right[1] > right[0] + 0.2


def test_variants_weigh_and_are_classed_as_their_hosts_and_belong_to_them() -> None:
    lesson = Lesson(
        np.eye(4, dtype=np.float32), np.array([5, 5, 5, 9]), None, "balanced", weights=np.array([1, 1, 3, 1.0])
    )
    made = Variants(np.ones((3, 4), np.float32), np.array([2, 3, 0]), np.array([2, 2, 0]), np.array([1, 1, 0.5]))
    whole = replace(lesson, variants=made).taught()
    assert whole.labels[4:].tolist() == [5, 9, 5]
    assert whole.weights[4:] == pytest.approx(whole.weights[[2, 3, 0]] * [1, 1, 0.5])
    assert whole.groups.tolist() == [0, 1, 2, 3, 2, 3, 0]
    assert replace(lesson, variants=made).beside() == {"weighed": 1, "variants": 3, "marked_items": 2}
    sparse = replace(lesson, rows=sp.csr_matrix(lesson.rows), variants=replace(made, rows=sp.csr_matrix(made.rows)))
    assert (sparse.taught().rows.toarray() == whole.rows).all()


@given(st.data())
def test_no_variant_is_on_another_side_of_a_fold_than_its_items(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 12))
    places = st.lists(st.integers(0, count - 1), min_size=1, max_size=20)
    hosts = np.array(data.draw(places))
    donors = np.array(data.draw(st.lists(st.integers(0, count - 1), min_size=len(hosts), max_size=len(hosts))))
    rows = np.stack([hosts, donors], axis=1).astype(np.float32)
    lesson = Lesson(
        np.arange(2 * count, dtype=np.float32).reshape(count, 2),
        np.arange(count),
        variants=Variants(rows, hosts, donors, np.ones(len(hosts))),
    )
    kept = np.array(sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1))))
    found = lesson.part(kept).variants
    wanted = np.isin(hosts, kept) & np.isin(donors, kept)
    assert (0 if found is None else len(found.hosts)) == wanted.sum()
    if found is not None:
        assert (kept[found.hosts] == hosts[wanted]).all()
        assert (found.rows == rows[wanted]).all()
        assert (kept[found.donors] == donors[wanted]).all()


def test_cross_validation_never_sees_a_variant_of_what_it_holds_out() -> None:
    """Variants of an item that say its own row exactly would tell its class, if they were there."""
    rng = np.random.default_rng(4)
    rows, labels = rng.normal(0, 1, (60, 20)).astype(np.float32), rng.integers(0, 2, 60)
    own = np.arange(60)
    lesson = Lesson(rows, labels, variants=Variants(rows.copy(), own, own, np.ones(60)))
    for name in ("logistic_regression", "rbf_kernel"):
        estimator = ESTIMATORS[name]
        found = estimator.cross_validated(lesson, estimator.grid[0], folds_for(labels, None, seed=1))
        assert (found.argmax(axis=1) == labels).mean() < 0.7, "noise has no class"
