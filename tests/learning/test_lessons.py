"""Weights and weak labels: they teach as much as they should, and nothing is held out of them or judged on them."""

import numpy as np
import pytest
import scipy.sparse as sp

from hitl_desktop.learning.choosing import WEAK_SHARES, Candidate, choose
from hitl_desktop.learning.estimators import ESTIMATORS
from hitl_desktop.learning.lessons import Lesson, Weak


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
