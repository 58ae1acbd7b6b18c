"""The nearest row under another label: the same as all pairs give, whatever is skipped."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import never_cancelled
from hitl_desktop.learning import near_pairs
from hitl_desktop.learning.near_pairs import nearest_of_other_labels


def rows(count: int, columns: int, seed: int, near: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows of length one, a third of them near another one, and labels; the last row is zeros."""
    rng = np.random.default_rng(seed)
    found = rng.normal(0, 1, (count, columns)) * np.linspace(2, 0.2, columns)
    for place in range(0, count - 1, 3):
        found[place] = found[rng.integers(count)] + rng.normal(0, near, columns)
    found[-1] = 0
    length = np.maximum(np.linalg.norm(found, axis=1), 1e-12)[:, None]
    return (found / length).astype(np.float32), rng.integers(0, 3, count)


def by_all_pairs(unit: np.ndarray, labels: np.ndarray, alike: float) -> tuple[np.ndarray, np.ndarray]:
    inner = unit @ unit.T
    inner[labels[:, None] == labels[None, :]] = -1
    nearest, cosine = inner.argmax(axis=1), inner.max(axis=1)
    nearest[cosine < alike] = -1
    return nearest, cosine


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize(("alike", "near"), [(0.95, 0.05), (0.9, 0.2), (0.3, 0.4)])
def test_nothing_is_missed_and_nothing_added(
    alike: float, near: float, sparse: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_pairs, "_CELLS", 9_000)  # many blocks
    monkeypatch.setattr(near_pairs, "_NUMBERS", 500)
    monkeypatch.setattr(near_pairs, "_DIRECTIONS", 4)
    for seed in range(3):
        unit, labels = rows(240, 24, seed, near)
        nearest, cosine = nearest_of_other_labels(csr_matrix(unit) if sparse else unit, labels, alike, never_cancelled)
        expected, values = by_all_pairs(unit, labels, alike)
        assert (expected >= 0).sum() > 20
        assert (nearest >= 0).tolist() == (expected >= 0).tolist()
        found = nearest >= 0
        assert np.allclose(cosine[found], values[found], atol=1e-5)
        assert np.allclose((unit[found] * unit[nearest[found]]).sum(axis=1), values[found], atol=1e-5)
        assert (labels[found] != labels[nearest[found]]).all()


def test_of_rows_that_are_all_the_same_the_first_of_another_label_is_told() -> None:
    unit = np.tile(np.array([[0.6, 0.8]], np.float32), (500, 1))
    labels = np.arange(500) % 2
    nearest, cosine = nearest_of_other_labels(unit, labels, 0.9, never_cancelled)
    assert nearest.tolist() == [1 - label for label in labels]
    assert np.allclose(cosine, 1, atol=1e-5)


@pytest.mark.parametrize("sparse", [False, True])
def test_most_pairs_are_never_compared_in_full(sparse: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    unit, labels = rows(1500, 64, 1, 0.02)
    if sparse:  # a few columns of many, as words are
        kept = np.random.default_rng(0).random((1500, 400)) < 0.03
        values = np.where(kept, np.random.default_rng(1).random((1500, 400)), 0).astype(np.float32)
        values[::5] = values[1::5]
        unit = csr_matrix(values / np.linalg.norm(values, axis=1, keepdims=True))
    compared = []
    cosines = near_pairs._cosines
    monkeypatch.setattr(
        near_pairs, "_cosines", lambda unit, one, other: compared.append(len(one)) or cosines(unit, one, other)
    )
    nearest_of_other_labels(unit, labels, 0.95, never_cancelled)
    assert 0 < sum(compared) < 1500 * 1500 / 100


def test_it_can_be_stopped_and_nothing_is_near_nothing() -> None:
    unit, labels = rows(50, 8, 0, 0.1)
    with pytest.raises(Cancelled):
        nearest_of_other_labels(unit, labels, 0.9, lambda: True)
    assert len(nearest_of_other_labels(unit[:0], labels[:0], 0.9, never_cancelled)[0]) == 0
