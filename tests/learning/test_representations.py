"""Every representation: fixed once fitted, and the same again from its arrays."""

import numpy as np
import pytest
import scipy.sparse as sp

from hitl_desktop.learning.representations import REPRESENTATIONS, Matrix, representation_for

BLOCKS = (("a", 12), ("b", 20))


def features(sparse: bool, n: int = 60) -> Matrix:
    rng = np.random.default_rng(1)
    if not sparse:
        return (rng.normal(size=(n, 32)) * rng.uniform(0.1, 100, 32)).astype(np.float32)
    return sp.csr_matrix(np.where(rng.random((n, 32)) < 0.2, rng.integers(1, 9, (n, 32)), 0), dtype=np.float32)


def dense(X: Matrix) -> np.ndarray:
    return np.asarray(X.toarray() if sp.issparse(X) else X)


@pytest.mark.parametrize("sparse", [True, False])
def test_its_arrays_make_the_same_map_again(sparse: bool) -> None:
    X = features(sparse)
    kind = REPRESENTATIONS[representation_for(X)]
    fitted = kind.fit(X, BLOCKS, np.random.default_rng(0))
    arrays = fitted.arrays()
    assert all(a.dtype != object for a in arrays.values())
    again = kind.from_arrays(arrays, BLOCKS)
    assert dense(again.transform(X)) == pytest.approx(dense(fitted.transform(X)), abs=5e-3)
    once_more = kind.from_arrays(again.arrays(), BLOCKS)
    assert np.array_equal(dense(once_more.transform(X)), dense(again.transform(X)))


@pytest.mark.parametrize("sparse", [True, False])
def test_a_row_does_not_depend_on_its_company_and_rows_are_about_as_long_as_one(sparse: bool) -> None:
    X = features(sparse)
    fitted = REPRESENTATIONS[representation_for(X)].fit(X, BLOCKS, np.random.default_rng(0))
    mapped = dense(fitted.transform(X))
    assert mapped.shape[0] == 60
    assert np.isfinite(mapped).all()
    assert dense(fitted.transform(X[7:8]))[0] == pytest.approx(mapped[7], abs=1e-5)
    assert 0.7 < np.sqrt((mapped**2).sum(axis=1).mean()) < 1.3


def test_every_row_of_the_table_is_chosen_by_some_features() -> None:
    assert {representation_for(features(sparse)) for sparse in (True, False)} == set(REPRESENTATIONS)


def test_features_that_never_vary_and_rows_of_nothing_do_no_harm() -> None:
    flat = np.zeros((5, 32), np.float32)
    fitted = REPRESENTATIONS["scaled-blocks"].fit(flat, BLOCKS, np.random.default_rng(0))
    assert np.abs(fitted.transform(flat + 3)).max() == 0.0
    counts = REPRESENTATIONS["weighted-counts"].fit(features(True), BLOCKS, np.random.default_rng(0))
    assert counts.transform(sp.csr_matrix((2, 32), dtype=np.float32)).nnz == 0
