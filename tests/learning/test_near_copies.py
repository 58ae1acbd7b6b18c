"""No near copies in a row, and nothing else moved."""

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp

from hitl_desktop.learning.near_copies import spaced

Floats = npt.NDArray[np.float32]


def rows_of(kinds: list[int], seed: int = 0, dims: int = 64) -> Floats:
    """One row per item: items of one kind are near copies, items of different kinds are unlike."""
    rng = np.random.default_rng(seed)
    places = rng.normal(size=(max(kinds) + 1, dims))
    return (places[kinds] + rng.normal(0, 0.02, (len(kinds), dims))).astype(np.float32)


def order_of(kinds: list[int]) -> list[int]:
    """The kinds in the order of asking, after spacing."""
    order = spaced(np.arange(len(kinds)), rows_of(kinds))
    assert sorted(order) == list(range(len(kinds)))
    return [kinds[i] for i in order]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3]),
        ([0, 0, 1, 2], [0, 1, 0, 2]),
        ([0, 0, 0, 1, 2, 3], [0, 1, 0, 2, 0, 3]),
        ([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 2, 2]),
        ([0, 0, 0, 0], [0, 0, 0, 0]),
    ],
)
def test_a_copy_waits_for_the_first_place_behind_something_else(kinds: list[int], expected: list[int]) -> None:
    assert order_of(kinds) == expected


def test_the_items_themselves_keep_their_order_where_no_copy_follows() -> None:
    order = np.random.default_rng(1).permutation(50)
    assert np.array_equal(spaced(order, rows_of(list(range(50)))), order)


def test_the_length_of_a_row_and_the_scale_do_not_matter() -> None:
    kinds = [0, 0, 1, 2, 1]
    rows = rows_of(kinds)
    stretched = rows * np.array([[1], [9], [0.1], [3], [7]], np.float32)
    assert np.array_equal(spaced(np.arange(5), rows), spaced(np.arange(5), stretched))


def test_sparse_rows_and_rows_of_nothing_do_as_well() -> None:
    rng = np.random.default_rng(2)
    words = sp.random(40, 5000, density=0.01, random_state=rng, dtype=np.float32, format="csr")
    rows = sp.vstack([words, words[:20]]).tocsr()
    order = np.arange(60).reshape(2, -1)[:, :20].T.ravel()  # 0, 30, 1, 31 …
    order = np.concatenate([np.stack([np.arange(20), np.arange(40, 60)], axis=1).ravel(), np.arange(20, 40)])
    found = spaced(order, rows)
    assert sorted(found) == sorted(order)
    following = np.abs(np.diff(found)) == 40
    assert not following.any(), "item i and its copy i + 40 are never in a row"
    nothing = sp.csr_matrix((4, 5000), dtype=np.float32)
    assert spaced(np.arange(4), nothing).tolist() == [0, 1, 2, 3]


def test_only_the_first_places_are_looked_at() -> None:
    kinds = [0, 1, 2, 2, 3]
    assert spaced(np.arange(5), rows_of(kinds), places=3).tolist() == [0, 1, 2, 3, 4]
    assert spaced(np.arange(5), rows_of(kinds), places=5).tolist() == [0, 1, 2, 4, 3]


def test_none_or_one_is_no_obstacle() -> None:
    assert spaced(np.arange(0), np.empty((0, 3), np.float32)).tolist() == []
    assert spaced(np.arange(1), np.ones((1, 3), np.float32)).tolist() == [0]
