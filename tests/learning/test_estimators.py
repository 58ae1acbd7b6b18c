"""The contract of every estimator in the table, old or new."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.svm import LinearSVC

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.learning.bundles import ModelBundle, load_bundle, save_bundle
from hitl_desktop.learning.cross_validation import folds_for
from hitl_desktop.learning.estimators import ESTIMATORS, trees_head
from hitl_desktop.learning.heads import HEADS, Head, LinearHead
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.representations import REPRESENTATIONS
from hitl_desktop.learning.training import KERNELS

DIMS = 12
EVERY = pytest.mark.parametrize("name", [name for name in ESTIMATORS if name != "bradley_terry"])


def blobs(classes: int = 3, each: int = 20, seed: int = 0, noise: float = 0.6) -> tuple[np.ndarray, np.ndarray]:
    """Rows of length about 1 around one centre per class; the ids are 5, 15, 25 …"""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(7).normal(size=(classes, DIMS))
    X = np.concatenate([c + noise * rng.normal(size=(each, DIMS)) for c in centres]).astype(np.float32)
    return X / np.linalg.norm(X, axis=1, keepdims=True), np.repeat(np.arange(classes) * 10 + 5, each)


def trained(name: str, lesson: Lesson) -> Head:
    estimator = ESTIMATORS[name]
    return estimator.train(lesson, estimator.grid[0])


@EVERY
@pytest.mark.parametrize("class_weight", ["none", "balanced"])
@pytest.mark.parametrize("classes", [2, 3])
def test_it_learns_and_its_probabilities_add_to_one_by_class_id(name: str, class_weight: str, classes: int) -> None:
    X, y = blobs(classes)
    shuffled = np.random.default_rng(1).permutation(len(y))
    head = trained(name, Lesson(X[shuffled], y[shuffled], class_weight=class_weight))
    fresh, truth = blobs(classes, seed=3)
    p = head.probabilities(fresh)
    assert head.class_ids == tuple(range(5, 5 + 10 * classes, 10))
    assert p.shape == (len(fresh), classes)
    assert p.dtype == np.float32
    assert p.sum(axis=1) == pytest.approx(np.ones(len(fresh)), abs=1e-5)
    assert (np.asarray(head.class_ids)[p.argmax(axis=1)] == truth).mean() > 0.8
    assert np.exp(head.logits(fresh)) / np.exp(head.logits(fresh)).sum(axis=1, keepdims=True) == pytest.approx(
        p, abs=1e-5
    )


@EVERY
def test_a_class_with_one_example_works(name: str) -> None:
    X, y = blobs(3)
    keep = np.concatenate([np.arange(41)])
    assert (y[keep] == 25).sum() == 1
    p = trained(name, Lesson(X[keep], y[keep])).probabilities(X)
    assert p.shape == (60, 3)
    assert np.isfinite(p).all()


@EVERY
def test_two_decisions_are_enough_and_a_class_never_seen_has_no_column(name: str) -> None:
    X, y = blobs(3)
    head = trained(name, Lesson(X[[0, 45]], y[[0, 45]]))
    assert head.class_ids == (5, 25)
    assert head.probabilities(X).shape == (60, 2)


@EVERY
def test_as_many_classes_as_decisions_are_no_reason_to_warn(name: str) -> None:
    X, y = blobs(25, each=1)
    assert trained(name, Lesson(X, y)).probabilities(X).shape == (25, 25)


@EVERY
@pytest.mark.parametrize(("labels", "words"), [([], "no decisions"), ([3, 3, 3], "needs a second class")])
def test_one_class_is_refused_in_words(name: str, labels: list[int], words: str) -> None:
    lesson = Lesson(np.eye(len(labels), DIMS, dtype=np.float32), np.array(labels, np.int64))
    with pytest.raises(KnownError, match=words):
        trained(name, lesson)


@EVERY
def test_the_same_seed_gives_the_same_head(name: str) -> None:
    X, y = blobs(3)
    one, other = (trained(name, Lesson(X, y, seed=4, class_weight="balanced")) for _ in range(2))
    assert np.array_equal(one.probabilities(X), other.probabilities(X))


@EVERY
@pytest.mark.parametrize("sparse", [True, False])
def test_it_comes_back_from_a_file_without_a_pickle(name: str, sparse: bool, tmp_path: Path) -> None:
    X, y = blobs(3)
    rows = sp.csr_matrix(np.where(X > 0, X, 0)) if sparse else X
    estimator = ESTIMATORS[name]
    if sparse and not estimator.sparse:
        with pytest.raises(KnownError, match="cannot learn from word counts") as refusal:
            trained(name, Lesson(rows, y))
        assert refusal.value.remedy
        return
    head = trained(name, Lesson(rows, y))
    unit = REPRESENTATIONS["unit"].fit(X, (("all", DIMS),), np.random.default_rng(0))
    bundle = ModelBundle("text", "any-v1", (("all", DIMS),), "unit", unit, head, ("a", "b", "c"))
    save_bundle(bundle, tmp_path / "model")
    again = load_bundle(tmp_path / "model")
    assert again.probabilities_of(rows) == pytest.approx(head.probabilities(rows), abs=1e-6)
    assert type(again.head) is HEADS[head.kind]
    with zipfile.ZipFile(tmp_path / "model" / "arrays.npz") as archive:
        assert all(archive.read(entry)[:6] == b"\x93NUMPY" for entry in archive.namelist())
    renamed = again.head.with_class_ids((7, 8, 9))
    assert renamed.class_ids == (7, 8, 9)
    assert np.array_equal(renamed.probabilities(rows), again.head.probabilities(rows))


@EVERY
def test_it_can_be_cancelled(name: str) -> None:
    X, y = blobs(3)
    with pytest.raises(Cancelled):
        trained(name, Lesson(X, y, cancelled=lambda: True))
    estimator = ESTIMATORS[name]
    with pytest.raises(Cancelled):
        estimator.cross_validated(Lesson(X, y, cancelled=lambda: True), estimator.grid[0], folds_for(y, None, seed=0))


@EVERY
def test_held_out_probabilities_know_nothing_of_the_rows_they_judge(name: str) -> None:
    """Labels drawn by chance can be learned by heart, never foreseen."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(90, DIMS)).astype(np.float32)
    y = rng.integers(0, 2, 90)
    lesson = Lesson(X / np.linalg.norm(X, axis=1, keepdims=True), y)
    estimator = ESTIMATORS[name]
    p = estimator.cross_validated(lesson, estimator.grid[0], folds_for(y, None, seed=0))
    assert p.shape == (90, 2)
    assert (p.argmax(axis=1) == y).mean() < 0.66


@EVERY
def test_the_grid_holds_settings_that_all_work(name: str) -> None:
    estimator = ESTIMATORS[name]
    assert (estimator.name, bool(estimator.title)) == (name, True)
    assert len({tuple(sorted(s.items())) for s in estimator.grid}) == len(estimator.grid) > 1
    X, y = blobs(2, each=8)
    for settings in estimator.grid:
        assert np.isfinite(estimator.train(Lesson(X, y), settings).probabilities(X)).all()


@EVERY
def test_balance_gives_a_rare_class_more_room(name: str) -> None:
    X, y = blobs(2, each=60, noise=1.6)
    keep = np.concatenate([np.arange(60), np.arange(60, 72)])
    fresh, truth = blobs(2, each=100, seed=9, noise=1.6)
    found = {}
    for weight in ("none", "balanced"):
        head = trained(name, Lesson(X[keep], y[keep], class_weight=weight))
        found[weight] = float(head.probabilities(fresh)[truth == 15, 1].mean())
    assert found["balanced"] > found["none"]


@pytest.mark.parametrize("classes", [2, 4])
def test_trees_answer_as_in_scikit_learn(classes: int) -> None:
    X, y = blobs(classes, each=50, noise=1.2)
    model = HistGradientBoostingClassifier(max_iter=20, early_stopping=False, min_samples_leaf=3).fit(X, y)
    head = trees_head(model, tuple(int(c) for c in model.classes_), DIMS)
    fresh = blobs(classes, each=40, seed=8, noise=1.2)[0]
    assert head.probabilities(fresh) == pytest.approx(model.predict_proba(fresh), abs=1e-5)
    assert np.isfinite(head.probabilities(np.full((1, DIMS), 50, np.float32))).all()


def test_the_support_vector_machine_ranks_classes_as_scikit_learn_does() -> None:
    X, y = blobs(3, noise=1.2)
    head = trained("linear_svm", Lesson(X, y))
    assert isinstance(head, LinearHead)
    theirs = LinearSVC(C=1.0, random_state=0, dual="auto").fit(X, y).decision_function(X)
    ours = head.logits(X)
    assert (ours / theirs).std() == pytest.approx(0.0, abs=1e-3), "one positive factor, and nothing else"
    assert (ours / theirs).mean() > 0


@pytest.mark.parametrize("representation", KERNELS)
def test_the_usual_kernel_is_one_of_those_that_are_compared(representation: str) -> None:
    assert KERNELS[representation] in ESTIMATORS["rbf_kernel"].grid
