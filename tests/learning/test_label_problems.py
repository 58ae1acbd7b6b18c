"""Labels that are probably wrong: planted errors are found, and clean labels are left alone."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.learning.estimators import ESTIMATORS
from hitl_desktop.learning.label_problems import contradictions, out_of_sample, suspect_findings, suspects
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.several import for_findings


def clusters(n: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows around one centre for each class, and their class ids 10, 11, …"""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, n)
    return (np.eye(classes, 8)[y] + rng.normal(0, 0.12, (n, 8))).astype(np.float32), y + 10


def test_planted_errors_come_first() -> None:
    rows, truth = clusters(240, 3, 1)
    labels = truth.copy()
    wrong = np.arange(0, 240, 20)
    labels[wrong] = 10 + (labels[wrong] - 10 + 1) % 3
    chances, ids = out_of_sample(ESTIMATORS["logistic_regression"], Lesson(rows, labels), {"C": 10.0})
    found = suspects(chances, labels, ids)
    assert set(found.rows[: len(wrong)].tolist()) == set(wrong.tolist())
    assert (found.likely[: len(wrong)] == truth[found.rows[: len(wrong)]]).all()
    assert len(found.rows) <= len(wrong) + 2, "clean labels are left alone"
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)


def test_of_a_class_that_models_are_shy_of_little_is_much() -> None:
    """The same .55 against .45 is nothing for a class that usually gets .9, and much for one that gets .4."""
    usual = [[0.9, 0.1]] * 8 + [[0.6, 0.4]] * 8
    labels = np.array([0] * 8 + [1] * 8 + [0, 1])
    chances = np.array([*usual, [0.55, 0.45], [0.55, 0.45]], np.float32)
    found = suspects(chances, labels, np.arange(2))
    assert 16 in found.rows
    assert 17 not in found.rows


def test_rare_classes_neither_accuse_nor_are_accused() -> None:
    chances = np.array([[0.9, 0.1, 0.0]] * 3 + [[0.1, 0.9, 0.0]] * 3 + [[0.05, 0.0, 0.95], [0.9, 0.1, 0]], np.float32)
    labels = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    assert len(suspects(chances, labels, np.arange(3)).rows) == 0


def test_each_finding_is_looked_at_by_itself() -> None:
    rng = np.random.default_rng(0)
    flags = rng.random((120, 3)) < 0.4
    rows = (flags @ np.eye(3, 6) + rng.normal(0, 0.1, (120, 6))).astype(np.float32)
    said = flags.copy()
    said[[5, 50, 90], [0, 1, 2]] ^= True
    codes = (said @ (1 << np.arange(3))).astype(np.int64)
    lesson = Lesson(rows, codes)
    chances, _ = out_of_sample(
        for_findings(ESTIMATORS["logistic_regression"], range(3)), lesson, {"C": 10.0}, findings=3
    )
    found = suspect_findings(chances, said)
    assert set(found.rows[:3].tolist()) == {5, 50, 90}
    assert found.likely[:3].tolist() == [int(flags[row] @ (1 << np.arange(3))) for row in found.rows[:3]]


@pytest.mark.parametrize("sparse", [False, True])
def test_near_identical_rows_with_different_labels_are_paired_once(sparse: bool) -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(60, 24)).astype(np.float32)
    labels = rng.integers(0, 2, 60)
    rows[40], labels[40] = rows[7] * 2, 1 - labels[7]
    rows[41], labels[41] = rows[9], labels[9]  # alike, and decided alike
    rows[42] = rows[43] = 0.0  # like nothing
    labels[42], labels[43] = 0, 1
    found = contradictions(csr_matrix(rows) if sparse else rows, labels, alike=0.95)
    assert list(zip(found.one.tolist(), found.other.tolist(), strict=True)) == [(7, 40)]
    assert found.alike[0] == pytest.approx(1.0, abs=1e-5)
    with pytest.raises(Cancelled):
        contradictions(rows, labels, alike=0.95, cancelled=lambda: True)
