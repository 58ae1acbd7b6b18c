"""The head: it learns, it never stops before it began, and few decisions do not wipe out what it knew."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.learning.heads import TOLERANCE, LinearHead, adapt_head, fit_head
from hitl_desktop.learning.heads.head import softmax_rows
from hitl_desktop.learning.heads.linear import adapt_held_out, in_few_columns


def blobs(classes: int, each: int = 30, dims: int = 16, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(classes, dims)) * 2
    X = np.concatenate([centre + rng.normal(size=(each, dims)) for centre in centres]).astype(np.float32)
    return X / np.linalg.norm(X, axis=1, keepdims=True), np.repeat(np.arange(classes) * 10 + 5, each)


def test_many_classes_of_unit_vectors_are_learned() -> None:
    """A looser tolerance stops at zero iterations here, without a word."""
    assert TOLERANCE <= 1e-4
    X, y = blobs(77, each=6, dims=64)
    head = fit_head(X, y, strength=30.0, seed=0)
    assert (np.asarray(head.class_ids)[head.logits(X).argmax(axis=1)] == y).mean() > 0.95


@pytest.mark.parametrize("classes", [2, 4])
def test_probabilities_are_those_of_scikit_learn(classes: int) -> None:
    X, y = blobs(classes)
    head = fit_head(X, y, strength=3.0, seed=0)
    theirs = LogisticRegression(C=3.0, tol=TOLERANCE, max_iter=500).fit(X, y)
    assert head.class_ids == tuple(theirs.classes_)
    assert head.probabilities(X) == pytest.approx(theirs.predict_proba(X), abs=1e-5)


def test_sparse_rows_learn_only_from_columns_that_occur() -> None:
    X = sp.csr_matrix(([1.0, 1.0, 1.0, 1.0], ([0, 1, 2, 3], [2, 2, 900, 900])), shape=(4, 1000), dtype=np.float32)
    head = fit_head(X, np.array([1, 1, 2, 2]), strength=30.0, seed=0)
    assert head.columns is not None
    assert head.columns.tolist() == [2, 900]
    assert head.weights.shape == (2, 2)
    assert head.probabilities(X).argmax(axis=1).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("labels", "words"), [([], "no decisions to learn from"), ([3, 3, 3], "Training needs a second class")]
)
def test_there_must_be_two_classes(labels: list[int], words: str) -> None:
    X = np.eye(len(labels), 4, dtype=np.float32)
    with pytest.raises(KnownError, match=words) as refusal:
        fit_head(X, np.array(labels, np.int64), strength=1.0, seed=0)
    assert refusal.value.remedy


def start() -> LinearHead:
    X, y = blobs(3)
    return fit_head(X, y, strength=30.0, seed=0)


def test_decisions_without_weight_leave_the_head_where_it_was() -> None:
    head = start()
    X, y = blobs(3, seed=9)
    adapted = adapt_head(head, X, y, strength=1e-9)
    assert adapted.class_ids == head.class_ids
    assert adapted.probabilities(X) == pytest.approx(head.probabilities(X), abs=1e-5)


def test_decisions_move_the_head_towards_them_and_not_further() -> None:
    head = start()
    X, _ = blobs(3)
    before = head.probabilities(X)
    adapted = adapt_head(head, X[:1], np.array([15]), strength=3.0)
    after = adapted.probabilities(X)
    assert after[0, 1] > before[0, 1]
    elsewhere = adapt_head(head, X[:1], np.array([15]), strength=0.01).probabilities(X)
    assert np.abs(elsewhere - before).max() < np.abs(after - before).max()
    agree = (after.argmax(axis=1) == before.argmax(axis=1)).mean()
    assert agree > 0.6, "one decision does not wipe out what it knew"


def test_a_class_never_seen_is_added_and_can_be_learned() -> None:
    head = start()
    X, _ = blobs(3)
    new = np.zeros((4, 16), np.float32)
    new[:, 0] = -1.0
    adapted = adapt_head(head, new, np.full(4, 99), strength=30.0)
    assert adapted.class_ids == (5, 15, 25, 99)
    assert adapted.probabilities(new)[:, 3].min() > 0.5
    faint = adapt_head(head, new, np.full(4, 99), strength=1e-9).probabilities(X)
    assert faint[:, 3].max() < 0.2, "before anything is learned of it, it is hardly ever suggested"


@pytest.mark.parametrize("with_columns", [True, False])
def test_sparse_decisions_adapt_a_head_of_some_or_of_all_columns(with_columns: bool) -> None:
    columns = np.array([1, 3]) if with_columns else None
    weights = np.zeros((2 if with_columns else 6, 2), np.float32)
    weights[1] = [2.0, -2.0]
    head = LinearHead((1, 2), weights, np.zeros(2, np.float32), columns)
    X = sp.csr_matrix(([1.0, 1.0], ([0, 1], [3, 5])), shape=(2, 6), dtype=np.float32)
    adapted = adapt_head(head, X, np.array([2, 2]), strength=30.0)
    assert adapted.probabilities(X)[:, 1].min() > 0.6
    still = sp.csr_matrix(([1.0], ([0], [1])), shape=(1, 6), dtype=np.float32)
    assert (adapted.logits(still) - adapted.bias).tolist() == (head.logits(still) - head.bias).tolist()


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("sparse", [True, False])
def test_beginning_at_the_head_before_leads_to_the_same_head(classes: int, sparse: bool) -> None:
    X, y = blobs(classes)
    rows = sp.csr_matrix(np.where(X > 0, X, 0)) if sparse else X
    before = fit_head(rows[::2], y[::2], strength=3.0, seed=0)
    cold = fit_head(rows, y, strength=3.0, seed=0)
    warm = fit_head(rows, y, strength=3.0, seed=0, warm=before)
    assert warm.probabilities(rows) == pytest.approx(cold.probabilities(rows), abs=5e-3)
    again = fit_head(rows, y, strength=3.0, seed=0, warm=warm)
    assert again.probabilities(rows) == pytest.approx(cold.probabilities(rows), abs=5e-3)


def test_a_head_of_other_classes_is_no_place_to_begin() -> None:
    X, y = blobs(3)
    other = fit_head(X[:60], y[:60], strength=3.0, seed=0)
    assert np.array_equal(
        fit_head(X, y, strength=3.0, seed=0, warm=other).weights, fit_head(X, y, strength=3.0, seed=0).weights
    )


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    X, y = blobs(3)
    keep = np.concatenate([np.arange(30), np.arange(30, 35), np.arange(60, 70)])
    head = fit_head(X[keep], y[keep], strength=3.0, seed=0, class_weight="balanced")
    theirs = LogisticRegression(C=3.0, tol=TOLERANCE, max_iter=500, class_weight="balanced").fit(X[keep], y[keep])
    assert head.probabilities(X) == pytest.approx(theirs.predict_proba(X), abs=1e-5)
    plain = fit_head(X[keep], y[keep], strength=3.0, seed=0, class_weight="none")
    assert np.array_equal(plain.weights, fit_head(X[keep], y[keep], strength=3.0, seed=0).weights)


@pytest.mark.parametrize("sparse", [False, True])
def test_rows_in_fewer_columns_teach_the_same(sparse: bool) -> None:
    rng = np.random.default_rng(0)
    dense = rng.normal(size=(60, 400)) * (rng.random((60, 400)) < 0.1)
    dense[:, :20] = rng.normal(size=(60, 20))  # columns that are always filled
    dense[7] = dense[3]
    labels = rng.integers(0, 4, 60)
    rows = sp.csr_matrix(dense, dtype=np.float32) if sparse else dense.astype(np.float32)
    few = in_few_columns(rows)
    assert few.shape == (60, 60)
    np.testing.assert_allclose(few @ few.T, dense @ dense.T, atol=2e-3)
    train, held = np.arange(45), np.arange(45, 60)
    own, other = (fit_head(X[train], labels[train], strength=3.0, seed=0).probabilities(X[held]) for X in (rows, few))
    np.testing.assert_allclose(own, other, atol=5e-3)


def test_rows_that_are_many_stay_as_they_are() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 20)).astype(np.float32)
    assert in_few_columns(rows) is rows


def test_adapting_is_the_same_in_few_columns_and_held_out_as_fold_by_fold() -> None:
    rng = np.random.default_rng(1)
    X = sp.csr_matrix(rng.normal(size=(40, 300)) * (rng.random((40, 300)) < 0.1), dtype=np.float32)
    labels = rng.integers(0, 3, 40)
    start = fit_head(X[:20], labels[:20], strength=1.0, seed=0)
    folds = [np.arange(0, 20), np.arange(20, 40)]
    ids, logits = adapt_held_out(start, X, labels, folds, strength=3.0)
    for fold, rest in ((folds[0], folds[1]), (folds[1], folds[0])):
        head = adapt_head(start, X[rest], labels[rest], strength=3.0)
        assert head.class_ids == ids
        np.testing.assert_allclose(head.probabilities(X[fold]), softmax_rows(logits[fold]), atol=5e-3)
