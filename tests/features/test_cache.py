import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix, issparse
from scipy.sparse import random as random_sparse

from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.features.extractor import Extractor, FeatureMatrix


def refuse(items: object) -> FeatureMatrix:
    raise AssertionError("the cache never extracts")


DENSE = Extractor("dense", 1, "image", (("all", 5),), sparse=False, extract=refuse)
HALF = Extractor("half", 1, "image", (("all", 5),), sparse=False, extract=refuse, storage="float16")
SPARSE = Extractor("sparse", 3, "text", (("left", 40), ("right", 60)), sparse=True, extract=refuse)


def make_rows(extractor: Extractor, n: int, seed: int = 0) -> FeatureMatrix:
    draw = np.random.default_rng(seed)
    if extractor.sparse:
        return csr_matrix(random_sparse(n, extractor.dims, 0.1, "csr", np.float32, rng=draw))
    rows = draw.normal(size=(n, extractor.dims))
    return rows.astype(extractor.storage).astype(np.float32)


def make_digests(n: int, prefix: str = "") -> list[str]:
    return [hashlib.sha256(f"{prefix}{i}".encode()).hexdigest() for i in range(n)]


def plain(rows: FeatureMatrix) -> np.ndarray:
    return rows.toarray() if issparse(rows) else np.asarray(rows)


@pytest.fixture(params=[DENSE, HALF, SPARSE], ids=["dense", "half", "sparse"])
def extractor(request: pytest.FixtureRequest) -> Extractor:
    extractor: Extractor = request.param
    return extractor


def test_rows_come_back_in_the_order_asked_for(tmp_path: Path, extractor: Extractor) -> None:
    digests, rows = make_digests(20), make_rows(extractor, 20)
    cache = FeatureCache(tmp_path, extractor)
    cache.append(digests[:12], rows[:12])
    cache.append(digests[12:], rows[12:])
    order = [*np.random.default_rng(1).permutation(20).tolist(), 3, 3]
    for opened in (cache, FeatureCache(tmp_path, extractor)):
        found = opened.rows([digests[i] for i in order])
        assert issparse(found) == extractor.sparse
        assert found.dtype == np.float32
        np.testing.assert_array_equal(plain(found), plain(rows)[order])
        assert len(opened) == 20


def test_missing_names_the_positions_without_a_row(tmp_path: Path, extractor: Extractor) -> None:
    digests = make_digests(6)
    cache = FeatureCache(tmp_path, extractor)
    assert cache.missing(digests) == [0, 1, 2, 3, 4, 5]
    cache.append([digests[4], digests[1]], make_rows(extractor, 2))
    assert cache.missing(digests) == [0, 2, 3, 5]
    assert cache.missing([]) == []


def test_asking_for_what_is_not_there_is_an_error(tmp_path: Path, extractor: Extractor) -> None:
    cache = FeatureCache(tmp_path, extractor)
    with pytest.raises(KeyError, match="1 of 1 rows are not in the cache"):
        cache.rows(make_digests(1))
    assert cache.rows([]).shape == (0, extractor.dims)


def test_rows_of_another_shape_are_refused(tmp_path: Path, extractor: Extractor) -> None:
    cache = FeatureCache(tmp_path, extractor)
    with pytest.raises(ValueError, match="does not fit"):
        cache.append(make_digests(3), make_rows(extractor, 2))
    assert len(FeatureCache(tmp_path, extractor)) == 0


def test_no_rows_write_nothing(tmp_path: Path, extractor: Extractor) -> None:
    FeatureCache(tmp_path, extractor).append([], make_rows(extractor, 0))
    assert list(tmp_path.iterdir()) == []


def test_rows_without_content_are_kept_too(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path, SPARSE)
    cache.append(make_digests(3), csr_matrix((3, SPARSE.dims), dtype=np.float32))
    found = FeatureCache(tmp_path, SPARSE).rows(make_digests(3))
    assert (found.shape, found.nnz) == ((3, SPARSE.dims), 0)


def test_versions_do_not_mix(tmp_path: Path) -> None:
    FeatureCache(tmp_path, DENSE).append(make_digests(2), make_rows(DENSE, 2))
    newer = Extractor("dense", 2, "image", DENSE.blocks, sparse=False, extract=refuse)
    assert FeatureCache(tmp_path, newer).missing(make_digests(2)) == [0, 1]


@pytest.mark.parametrize("name", ["index.bin", "values.bin"])
@pytest.mark.parametrize("lost", [1, 10, 30])
def test_a_torn_tail_costs_only_the_last_batch(tmp_path: Path, extractor: Extractor, name: str, lost: int) -> None:
    digests, rows = make_digests(20), make_rows(extractor, 20)
    cache = FeatureCache(tmp_path, extractor)
    cache.append(digests[:10], rows[:10])
    cache.append(digests[10:], rows[10:])
    torn = tmp_path / extractor.cache_name / name
    torn.write_bytes(torn.read_bytes()[:-lost])
    opened = FeatureCache(tmp_path, extractor)
    assert opened.missing(digests) == list(range(10, 20))
    opened.append(digests[10:], rows[10:])
    again = FeatureCache(tmp_path, extractor)
    np.testing.assert_array_equal(plain(again.rows(digests)), plain(rows))


def test_zeros_after_a_power_cut_are_not_taken_for_rows(tmp_path: Path, extractor: Extractor) -> None:
    digests, rows = make_digests(8), make_rows(extractor, 8)
    FeatureCache(tmp_path, extractor).append(digests[:4], rows[:4])
    index = tmp_path / extractor.cache_name / "index.bin"
    whole = index.read_bytes()
    index.write_bytes(whole + bytes(200))
    values = tmp_path / extractor.cache_name / "values.bin"
    values.write_bytes(values.read_bytes() + b"unfinished")
    opened = FeatureCache(tmp_path, extractor)
    assert len(opened) == 4
    opened.append(digests[4:], rows[4:])
    np.testing.assert_array_equal(plain(FeatureCache(tmp_path, extractor).rows(digests)), plain(rows))


def test_a_changed_byte_in_the_index_drops_the_batch(tmp_path: Path, extractor: Extractor) -> None:
    FeatureCache(tmp_path, extractor).append(make_digests(4), make_rows(extractor, 4))
    index = tmp_path / extractor.cache_name / "index.bin"
    data = bytearray(index.read_bytes())
    data[-1] ^= 1
    index.write_bytes(bytes(data))
    assert len(FeatureCache(tmp_path, extractor)) == 0


def test_a_deleted_folder_starts_anew(tmp_path: Path, extractor: Extractor) -> None:
    digests, rows = make_digests(4), make_rows(extractor, 4)
    FeatureCache(tmp_path, extractor).append(digests, rows)
    for file in (tmp_path / extractor.cache_name).iterdir():
        file.unlink()
    (tmp_path / extractor.cache_name).rmdir()
    cache = FeatureCache(tmp_path, extractor)
    assert cache.missing(digests) == [0, 1, 2, 3]
    cache.append(digests, rows)
    np.testing.assert_array_equal(plain(cache.rows(digests)), plain(rows))


def test_digests_that_begin_alike_are_told_apart(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path, DENSE)
    cache.append(["ab" * 32], make_rows(DENSE, 1))
    assert cache.missing(["ab" * 31 + "00"]) == [0]


def test_half_precision_takes_half_the_room(tmp_path: Path) -> None:
    FeatureCache(tmp_path, HALF).append(make_digests(4), make_rows(HALF, 4))
    assert (tmp_path / "half-v1-f16" / "values.bin").stat().st_size == 4 * 5 * 2


def test_numbers_too_large_for_half_precision_are_refused(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path, HALF)
    with pytest.raises(ValueError, match="half precision"):
        cache.append(make_digests(1), np.full((1, 5), 70_000, np.float32))
    assert len(cache) == 0


def test_rows_of_another_file_of_weights_do_not_mix(tmp_path: Path) -> None:
    ours = replace(DENSE, fingerprint="ab" * 32)
    FeatureCache(tmp_path, ours).append(make_digests(2), make_rows(DENSE, 2))
    assert FeatureCache(tmp_path, ours).missing(make_digests(2)) == []
    assert FeatureCache(tmp_path, replace(DENSE, fingerprint="cd" * 32)).missing(make_digests(2)) == [0, 1]
    assert FeatureCache(tmp_path, DENSE).missing(make_digests(2)) == [0, 1]
