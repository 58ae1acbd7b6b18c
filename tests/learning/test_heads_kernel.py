"""The kernel head: its closed forms are what refitting gives, its size is bounded, and it can be adapted."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.kernel_ridge import KernelRidge

from hitl_desktop.learning.heads import KernelHead, adapt_kernel_head, fit_kernel_head, kernel
from hitl_desktop.learning.heads.head import one_hot

GAMMA, RIDGE = 0.5, 0.1


def blobs(classes: int = 3, each: int = 12, dims: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(4).normal(size=(classes, dims))
    X = np.concatenate([c + 0.8 * rng.normal(size=(each, dims)) for c in centres]).astype(np.float32)
    return X / np.linalg.norm(X, axis=1, keepdims=True), np.repeat(np.arange(classes) * 10 + 5, each)


def fitted(**changes: object) -> KernelHead:
    X, y = blobs()
    arguments = {"gamma": GAMMA, "ridge": RIDGE, "seed": 0}
    return fit_kernel_head(X, y, **{**arguments, **changes})  # type: ignore[arg-type]


def test_it_is_kernel_ridge_regression_times_one_factor() -> None:
    X, y = blobs()
    head = fitted()
    theirs = KernelRidge(alpha=RIDGE, kernel="rbf", gamma=GAMMA).fit(kernel.rounded(X), one_hot(y, head.class_ids))
    factor = head.coefficients / theirs.dual_coef_
    assert factor == pytest.approx(np.full_like(factor, factor.mean()), rel=1e-2)
    assert 1.0 < factor.mean() < 50.0


@pytest.mark.parametrize("weighted", [True, False])
def test_scores_without_a_row_are_those_of_a_fit_without_it(weighted: bool) -> None:
    X, y = blobs(each=5)
    target = one_hot(y, (5, 15, 25))
    ridge = np.linspace(0.05, 0.3, len(y)) if weighted else np.full(len(y), RIDGE)
    K = kernel.gram(X, GAMMA)
    inverse = kernel.inverse_of(K, ridge)
    parts = [np.array([0, 6, 11]), np.array([3])]
    alone = kernel.held_out_scores(inverse, target, inverse @ target, None)
    together = kernel.held_out_scores(inverse, target, inverse @ target, parts)
    for scores, part in ((alone, np.array([4])), *((together, part) for part in parts)):
        rest = np.setdiff1d(np.arange(len(y)), part)
        without = kernel.inverse_of(K[np.ix_(rest, rest)], ridge[rest]) @ target[rest]
        assert scores[part] == pytest.approx(K[np.ix_(part, rest)] @ without, abs=1e-8)


def test_groups_that_give_themselves_away_make_it_less_sure() -> None:
    """Every row twice: leaving out one copy alone would leave the answer in."""
    X, y = blobs(each=15, seed=3)
    noisy = np.random.default_rng(0).permutation(y)
    twice, labels = np.concatenate([X, X]), np.concatenate([noisy, noisy])
    pairs = [np.array([i, i + len(y)]) for i in range(len(y))]
    arguments = {"gamma": 4.0, "ridge": RIDGE, "seed": 0}
    alone = fit_kernel_head(twice, labels, **arguments).probabilities(X).max(axis=1).mean()  # type: ignore[arg-type]
    grouped = fit_kernel_head(twice, labels, folds=pairs, **arguments).probabilities(X).max(axis=1).mean()  # type: ignore[arg-type]
    assert grouped < alone - 0.2


def test_before_any_audit_it_is_about_as_sure_as_it_is_right() -> None:
    X, y = blobs(each=60, dims=4)
    fresh, truth = blobs(each=200, dims=4, seed=8)
    head = fit_kernel_head(X, y, gamma=GAMMA, ridge=RIDGE, seed=0)
    p = head.probabilities(fresh)
    right = (np.asarray(head.class_ids)[p.argmax(axis=1)] == truth).mean()
    assert 0.6 < right < 0.98
    assert p.max(axis=1).mean() == pytest.approx(right, abs=0.05)


def test_far_from_everything_it_does_not_know() -> None:
    p = fitted().probabilities(np.full((1, 8), 50.0, np.float32))
    assert p == pytest.approx(np.full((1, 3), 1 / 3), abs=1e-6)


def test_rows_in_chunks_are_rows_one_by_one() -> None:
    X, _ = blobs(each=1000)
    head = fitted()
    whole = head.logits(X)
    assert whole.shape == (3000, 3)
    assert whole[2047:2050] == pytest.approx(head.logits(X[2047:2050]), abs=1e-5)


def test_sparse_rows_give_what_dense_rows_give() -> None:
    X, y = blobs()
    positive = np.where(X > 0, X, 0).astype(np.float32)
    dense = fit_kernel_head(positive, y, gamma=GAMMA, ridge=RIDGE, seed=0)
    sparse = fit_kernel_head(sp.csr_matrix(positive), y, gamma=GAMMA, ridge=RIDGE, seed=0)
    fresh = np.where(blobs(seed=5)[0] > 0, blobs(seed=5)[0], 0).astype(np.float32)
    assert sparse.logits(sp.csr_matrix(fresh)) == pytest.approx(dense.logits(fresh), abs=1e-3)
    wide = sp.csr_matrix(([1.0], ([0], [900])), shape=(1, 1000), dtype=np.float32)
    with pytest.raises(ValueError, match="1000 columns where 8"):
        sparse.logits(wide)


def test_sparse_rows_remember_the_length_of_words_it_never_saw() -> None:
    rows = sp.csr_matrix(([1.0, 1.0], ([0, 1], [0, 1])), shape=(2, 9), dtype=np.float32)
    head = fit_kernel_head(rows, np.array([1, 2]), gamma=GAMMA, ridge=RIDGE, seed=0)
    known = sp.csr_matrix(([1.0], ([0], [0])), shape=(1, 9), dtype=np.float32)
    diluted = sp.csr_matrix(([1.0, 2.0], ([0, 0], [0, 7])), shape=(1, 9), dtype=np.float32)
    assert head.probabilities(diluted)[0, 0] < head.probabilities(known)[0, 0]


def test_many_rows_are_thinned_and_rare_classes_are_kept_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "MOST_LANDMARKS", 40)
    labels = np.repeat([1, 2, 3], [200, 90, 10])
    chosen, weights = kernel.kept_rows(labels, 0)
    assert np.unique(labels[chosen], return_counts=True)[1].tolist() == [15, 15, 10]
    assert weights.mean() == pytest.approx(1.0)
    shares = [weights[labels[chosen] == c].sum() for c in (1, 2, 3)]
    assert np.array(shares) / sum(shares) == pytest.approx([200 / 300, 90 / 300, 10 / 300])
    again, _ = kernel.kept_rows(labels, 0)
    assert np.array_equal(again, chosen)
    assert not np.array_equal(kernel.kept_rows(labels, 1)[0], chosen)
    rows = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
    head = fit_kernel_head(rows, labels, gamma=GAMMA, ridge=RIDGE, seed=0, folds=[np.arange(150), np.arange(150, 300)])
    assert head.landmarks.shape == (40, 5)


@pytest.mark.parametrize("sparse", [True, False])
def test_decisions_move_it_and_do_not_wipe_out_what_it_knew(sparse: bool) -> None:
    X, y = blobs()
    rows = np.where(X > 0, X, 0).astype(np.float32)
    wrap = sp.csr_matrix if sparse else np.asarray
    start = fit_kernel_head(wrap(rows), y, gamma=GAMMA, ridge=RIDGE, seed=0)
    before = start.probabilities(wrap(rows))
    faint = adapt_kernel_head(start, wrap(rows[:4]), np.full(4, 25), strength=1e-9)
    assert faint.probabilities(wrap(rows)) == pytest.approx(before, abs=1e-4)
    moved = adapt_kernel_head(start, wrap(rows[:4]), np.full(4, 25), strength=10.0)
    after = moved.probabilities(wrap(rows))
    assert (after[:4, 2] > before[:4, 2]).all()
    assert (after[12:].argmax(axis=1) == before[12:].argmax(axis=1)).mean() > 0.8
    assert KernelHead.from_arrays(moved.arrays()).logits(wrap(rows)) == pytest.approx(
        moved.logits(wrap(rows)), abs=1e-5
    )


def test_many_decisions_adapt_it_through_as_many_as_it_may_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = blobs(each=100)
    wrong = np.roll(np.unique(y), 1)[np.searchsorted(np.unique(y), y)]
    whole = adapt_kernel_head(fitted(), X, wrong, strength=0.1)
    monkeypatch.setattr(kernel, "MOST_LANDMARKS", 60)
    thinned = adapt_kernel_head(fitted(), X, wrong, strength=0.1)
    assert len(thinned.coefficients) == len(fitted().coefficients) + 60
    by_all, by_some = (np.abs(head.logits(X) - fitted().logits(X)).mean() for head in (whole, thinned))
    assert by_some == pytest.approx(by_all, rel=0.15), "the decisions weigh as much as all of them"


def test_a_class_never_seen_is_added_and_can_be_learned() -> None:
    X, _ = blobs()
    new = -X[:4]
    moved = adapt_kernel_head(fitted(), new, np.full(4, 99), strength=30.0)
    assert moved.class_ids == (5, 15, 25, 99)
    assert moved.probabilities(new)[:, 3].min() > 0.5
    faint = adapt_kernel_head(fitted(), new, np.full(4, 99), strength=1e-9)
    assert faint.probabilities(X)[:, 3].max() < 0.1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gamma", np.array([0.0])),
        ("bias", np.zeros(2, np.float32)),
        ("coefficients", np.zeros((3, 3), np.float32)),
        ("width", np.array([9])),
        ("class_ids", np.array([5, 5, 15])),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(name: str, value: np.ndarray) -> None:
    arrays = fitted().arrays() | {name: value}
    with pytest.raises(ValueError, match=r"belong|name the columns"):
        KernelHead.from_arrays(arrays)
