"""Every representation: fixed once fitted, and the same again from its arrays."""

import numpy as np
import pytest
import scipy.sparse as sp

from hitl_desktop.learning.representations import REPRESENTATIONS, Blocks, Matrix, representation_for

BLOCKS: dict[str, Blocks] = {
    "scaled-blocks": (("a", 12), ("b", 20)),
    "unit": (("sentence", 32),),
    "weighted-counts": (("words", 12), ("characters", 20)),
    "mixed": (("sentence", 8), ("words", 8), ("characters", 16)),
    "record-columns": (
        *(("record-numbers", 8), ("record-present", 8), ("record-categories", 8192)),
        ("record-words", 8),
    ),
}


def features(name: str, n: int = 60) -> Matrix:
    rng = np.random.default_rng(1)
    numbers = (rng.normal(size=(n, 32)) * rng.uniform(0.1, 100, 32)).astype(np.float32)
    if name in ("scaled-blocks", "unit"):
        return numbers
    counts = np.where(rng.random((n, 32)) < 0.3, rng.integers(1, 9, (n, 32)), 0).astype(np.float32)
    if name == "record-columns":
        there = rng.random((n, 8)) < 0.9
        values = np.zeros((n, 8192), np.float32)
        values[np.arange(n), rng.choice([3, 5000], n)] = 1
        return sp.csr_matrix(np.hstack([np.where(there, numbers[:, :8], 0), there, values, counts[:, :8]]), dtype="f4")
    if name == "mixed":
        counts[:, :8] = numbers[:, :8]
    return sp.csr_matrix(counts)


def dense(X: Matrix) -> np.ndarray:
    return np.asarray(X.toarray() if sp.issparse(X) else X)


def fitted(name: str, X: Matrix, seed: int = 0) -> object:
    return REPRESENTATIONS[name].fit(X, BLOCKS[name], np.random.default_rng(seed))


# Comparisons have a place for each answer, so rows of another shape: `test_rankings.py` is about theirs.
@pytest.fixture(params=[one for one in REPRESENTATIONS if one != "answers"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_its_arrays_make_the_same_map_again(name: str) -> None:
    X = features(name)
    kind = REPRESENTATIONS[name]
    first = kind.fit(X, BLOCKS[name], np.random.default_rng(0))
    arrays = first.arrays()
    assert all(a.dtype != object for a in arrays.values())
    again = kind.from_arrays(arrays, BLOCKS[name])
    assert dense(again.transform(X)) == pytest.approx(dense(first.transform(X)), abs=5e-3)
    once_more = kind.from_arrays(again.arrays(), BLOCKS[name])
    assert np.array_equal(dense(once_more.transform(X)), dense(again.transform(X)))


def test_its_digest_names_the_map(name: str) -> None:
    X = features(name)
    kind = REPRESENTATIONS[name]
    first = kind.fit(X, BLOCKS[name], np.random.default_rng(0))
    assert kind.from_arrays(first.arrays(), BLOCKS[name]).digest() == first.digest()
    assert kind.fit(X, BLOCKS[name], np.random.default_rng(0)).digest() == first.digest()
    wider = (*BLOCKS[name][:-1], ("other", BLOCKS[name][-1][1]))
    others = [REPRESENTATIONS[n].fit(features(n), BLOCKS[n], np.random.default_rng(0)) for n in BLOCKS if n != name]
    assert first.digest() not in {other.digest() for other in others}
    assert kind.from_arrays(first.arrays(), wider).digest() != first.digest()
    if first.arrays():
        assert kind.fit(X[:30], BLOCKS[name], np.random.default_rng(0)).digest() != first.digest()


def test_a_row_does_not_depend_on_its_company_and_rows_are_about_as_long_as_one(name: str) -> None:
    X = features(name)
    map_ = REPRESENTATIONS[name].fit(X, BLOCKS[name], np.random.default_rng(0))
    mapped = map_.transform(X)
    assert mapped.dtype == np.float32
    assert sp.issparse(mapped) == (sp.issparse(X) and name != "record-columns")
    rows = dense(mapped)
    assert rows.shape[0] == 60
    assert np.isfinite(rows).all()
    assert dense(map_.transform(X[7:8]))[0] == pytest.approx(rows[7], abs=1e-5)
    assert map_.transform(X[:0]).shape == (0, rows.shape[1])
    assert 0.9 < np.sqrt((rows**2).sum(axis=1).mean()) < 1.1


def test_every_row_of_the_table_is_chosen_by_some_features() -> None:
    for name, blocks in BLOCKS.items():
        assert representation_for(features(name), blocks) == name


def test_features_that_never_vary_and_rows_of_nothing_do_no_harm() -> None:
    flat = np.zeros((5, 32), np.float32)
    scaled = REPRESENTATIONS["scaled-blocks"].fit(flat, BLOCKS["scaled-blocks"], np.random.default_rng(0))
    assert np.abs(scaled.transform(flat + 3)).max() == 0.0
    assert np.abs(REPRESENTATIONS["unit"].from_arrays({}, BLOCKS["unit"]).transform(flat)).max() == 0.0
    for name in ("weighted-counts", "mixed"):
        counts = REPRESENTATIONS[name].fit(features(name), BLOCKS[name], np.random.default_rng(0))
        assert counts.transform(sp.csr_matrix((2, 32), dtype=np.float32)).nnz == 0


@pytest.mark.parametrize("count", [0, 1, 30])
@pytest.mark.parametrize("blocks", [(("flat", 900), ("few", 4)), (("picture", 3072), ("few", 4))])
def test_rows_stay_finite_when_nothing_varied_where_it_was_fitted(count: int, blocks: Blocks) -> None:
    width = sum(columns for _, columns in blocks)
    flat = np.full((count, width), 7, np.float32)
    fitted = REPRESENTATIONS["scaled-blocks"].fit(flat, blocks, np.random.default_rng(0))
    kept = REPRESENTATIONS["scaled-blocks"].from_arrays(fitted.arrays(), blocks)
    fresh = np.random.default_rng(1).uniform(0, 255, (3, width)).astype(np.float32)
    for rows in (flat, fresh):
        assert np.isfinite(kept.transform(rows)).all()


def test_unit_keeps_directions() -> None:
    X = features("unit")
    rows = REPRESENTATIONS["unit"].from_arrays({}, BLOCKS["unit"]).transform(X)
    np.testing.assert_allclose(rows * np.linalg.norm(X, axis=1, keepdims=True), X, rtol=1e-4)


def test_mixed_weighs_the_embedding_against_the_words() -> None:
    X = features("mixed")
    rows = dense(REPRESENTATIONS["mixed"].fit(X, BLOCKS["mixed"], np.random.default_rng(0)).transform(X))
    cosines = rows[:, :8] @ rows[:, :8].T
    given = dense(X)[:, :8]
    given /= np.linalg.norm(given, axis=1, keepdims=True)
    np.testing.assert_allclose(cosines, cosines[0, 0] * given @ given.T, atol=1e-5)
    words = REPRESENTATIONS["weighted-counts"].fit(X[:, 8:], BLOCKS["mixed"][1:], np.random.default_rng(0))
    np.testing.assert_allclose(rows[:, 8:], dense(words.transform(X[:, 8:])) * np.sqrt(1 - cosines[0, 0]), atol=1e-5)


def test_mixed_finds_its_columns_wherever_the_embedding_stands() -> None:
    X = features("mixed")
    turned = sp.hstack([X[:, 8:16], X[:, :8], X[:, 16:]], format="csr")
    blocks = (("words", 8), ("sentence", 8), ("characters", 16))
    rows = dense(REPRESENTATIONS["mixed"].fit(X, BLOCKS["mixed"], np.random.default_rng(0)).transform(X))
    other = dense(REPRESENTATIONS["mixed"].fit(turned, blocks, np.random.default_rng(0)).transform(turned))
    np.testing.assert_allclose(other, np.hstack([rows[:, 8:16], rows[:, :8], rows[:, 16:]]), atol=1e-6)


def test_each_dense_block_counts_the_same_whatever_its_width_and_units() -> None:
    X = features("scaled-blocks")
    rows = REPRESENTATIONS["scaled-blocks"].fit(X, BLOCKS["scaled-blocks"], np.random.default_rng(0)).transform(X)
    first, second = (rows[:, :12] ** 2).sum(axis=1).mean(), (rows[:, 12:] ** 2).sum(axis=1).mean()
    assert first == pytest.approx(0.5, abs=1e-3)
    assert second == pytest.approx(0.5, abs=1e-3)


def test_wide_blocks_are_reduced_to_the_directions_in_which_they_vary() -> None:
    rng = np.random.default_rng(3)
    hidden = rng.normal(size=(300, 5))
    X = (hidden @ rng.normal(size=(5, 700)) + 0.01 * rng.normal(size=(300, 700))).astype(np.float32)
    map_ = REPRESENTATIONS["scaled-blocks"].fit(X, (("wide", 700),), rng)
    rows = map_.transform(X)
    assert rows.shape[1] == 256
    assert np.square(rows[:, :5]).sum() / np.square(rows).sum() > 0.99


def test_outliers_are_clipped() -> None:
    X = features("scaled-blocks")
    map_ = REPRESENTATIONS["scaled-blocks"].fit(X, BLOCKS["scaled-blocks"], np.random.default_rng(0))
    far, farther = X[:1] * 1e4, X[:1] * 1e6
    np.testing.assert_allclose(map_.transform(far), map_.transform(farther), rtol=1e-4)


def test_arrays_that_do_not_fit_the_blocks_are_refused() -> None:
    name = "scaled-blocks"
    arrays = REPRESENTATIONS[name].fit(features(name), BLOCKS[name], np.random.default_rng(0)).arrays()
    with pytest.raises(ValueError, match="do not fit"):
        REPRESENTATIONS[name].from_arrays(arrays, (("a", 12), ("b", 19)))
    with pytest.raises(KeyError):
        REPRESENTATIONS[name].from_arrays(arrays, (("a", 12), ("picture", 3072)))
