"""The map keeps neighbours together, is the same for the same seed, and takes whatever a pool may be."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.learning import projection
from hitl_desktop.learning.projection import laid_out


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return np.asarray(load_digits().data[:500], np.float32)


def test_neighbours_stay_neighbours_better_than_on_the_two_main_directions(digits: np.ndarray) -> None:
    found = laid_out(digits, 1)
    plane = PCA(2, random_state=0).fit_transform(digits)
    assert trustworthiness(digits, found.places, n_neighbors=10) > trustworthiness(digits, plane, n_neighbors=10) + 0.1
    assert found.places.min() == 0.0
    assert found.places.max() == 1.0
    sizes = np.bincount(found.groups)
    assert (np.diff(sizes) <= 0).all(), "the largest group comes first"


def test_what_is_no_landmark_lies_beside_those_like_it(digits: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "LANDMARKS", 200)
    found = laid_out(digits, 1)
    assert trustworthiness(digits, found.places, n_neighbors=10) > 0.85
    again = laid_out(digits, 1)
    assert np.array_equal(found.places, again.places)
    assert np.array_equal(found.groups, again.groups)


@pytest.mark.parametrize("shape", [(0, 8), (1, 8), (5, 1), (40, 1), (40, 3)])
def test_small_and_narrow_pools_have_a_map_too(shape: tuple[int, int]) -> None:
    rows = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    found = laid_out(rows, 0)
    assert found.places.shape == (shape[0], 2)
    assert np.isfinite(found.places).all()


def test_items_that_are_all_the_same_lie_on_one_place() -> None:
    found = laid_out(np.ones((30, 4), np.float32), 0)
    assert np.isfinite(found.places).all()


def test_it_can_be_stopped(digits: np.ndarray) -> None:
    with pytest.raises(Cancelled):
        laid_out(digits, 0, lambda: True)
