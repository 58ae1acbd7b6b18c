"""The confusion matrix: every check in one cell, and each cell knows its checks."""

import numpy as np
from sklearn.metrics import confusion_matrix

from hitl_desktop.assurance.confusion import Confusion

TRUTH = np.array([0, 0, 1, 2, 2, 2, 1])
SAID = np.array([0, 1, 1, 2, 0, -1, -1])


def test_by_hand() -> None:
    found = Confusion(TRUTH, SAID, 3)
    assert found.counts().tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 1]]
    assert found.unscored().tolist() == [0, 1, 1]
    assert found.members(2, 0).tolist() == [4]
    assert found.members(0, 2).tolist() == []
    assert found.counts().sum() + found.unscored().sum() == len(TRUTH)


def test_it_agrees_with_scikit_learn_and_with_its_own_members() -> None:
    rng = np.random.default_rng(2)
    truth, said = rng.integers(0, 5, 300), rng.integers(0, 5, 300)
    found = Confusion(truth, said, 5)
    assert (found.counts() == confusion_matrix(truth, said)).all()
    sizes = [[len(found.members(t, p)) for p in range(5)] for t in range(5)]
    assert (found.counts() == np.array(sizes)).all()


def test_no_checks_fill_no_cell() -> None:
    none = np.empty(0, np.int64)
    assert Confusion(none, none, 2).counts().tolist() == [[0, 0], [0, 0]]
