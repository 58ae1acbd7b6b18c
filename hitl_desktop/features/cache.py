"""Feature rows on disk, found again by the digest of the content. The folder may be deleted at any time."""

import os
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, issparse

from hitl_desktop.features.extractor import Extractor, FeatureMatrix

_DIGEST_BYTES: Final = 32
_HEADER: Final = struct.Struct("<4sIQI")
"""Mark, number of rows, bytes of the value file up to and with this batch, CRC-32 of the body that follows."""
_MARK: Final = b"HFC1"

_HALF_MAX: Final = float(np.finfo(np.float16).max)

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Index:
    """What the index file says: one entry per cached row, in the order of the value file.

    `digests` (n, 32) bytes; `ends` (n,) is where each row ends in the value file, in entries; `size` is how many
    bytes of the index file are sound.
    """

    digests: npt.NDArray[np.uint8]
    ends: Places
    size: int

    @cached_property
    def _sorted(self) -> tuple[Places, npt.NDArray[np.uint64]]:
        """The rows in order of the first bytes of their digests, and those first bytes. Made only when asked for."""
        first = _first_bytes(self.digests)
        order = np.argsort(first, kind="stable")
        return order, first[order]

    def find(self, digests: npt.NDArray[np.uint8]) -> Places:
        """The row of each digest, −1 where there is none."""
        if not len(self.digests) or not len(digests):
            return np.full(len(digests), -1, np.int64)
        order, firsts = self._sorted
        place = np.searchsorted(firsts, _first_bytes(digests))
        rows = order[np.minimum(place, len(order) - 1)]
        return np.where((self.digests[rows] == digests).all(axis=1), rows, -1)

    def longer(self, digests: npt.NDArray[np.uint8], lengths: Places, size: int) -> "_Index":
        """This index and one more batch."""
        start = self.ends[-1] if len(self.ends) else 0
        ends = np.concatenate([self.ends, start + np.cumsum(lengths)])
        return _Index(np.concatenate([self.digests, digests]), ends, size)


class FeatureCache:
    """An append-only cache of one extractor's rows.

    Two files under `folder/<cache name>`: `values.bin` (dense: float32 or float16 rows; sparse: pairs of int32 column
    and float32 value) and `index.bin` (per batch a header with a checksum, the lengths of the rows, and their
    digests). A batch counts only once its index entry is whole, and that is written after the values are safely on
    disk; so a crash costs the last batch at most. One process writes at a time; the project's lock sees to that.
    """

    def __init__(self, folder: Path, extractor: Extractor) -> None:
        self._extractor = extractor
        self._entry = _entry(extractor)
        self._folder = folder / extractor.cache_name
        self._values = self._folder / "values.bin"
        self._index_file = self._folder / "index.bin"
        self._index = self._read_index()

    @property
    def extractor(self) -> Extractor:
        """What makes the rows."""
        return self._extractor

    def __len__(self) -> int:
        return len(self._index.digests)

    def missing(self, digests: Sequence[str]) -> list[int]:
        """The positions in `digests` (SHA-256 in hex) whose rows are not cached."""
        absent: list[int] = np.flatnonzero(self._index.find(_as_bytes(digests)) < 0).tolist()
        return absent

    def append(self, digests: Sequence[str], rows: FeatureMatrix) -> None:
        """Add one row per digest and keep it for good. `rows` is dense (n, dims) or CSR, as the extractor makes it.

        Raises ValueError when the shapes do not fit or a number is too large for the storage, OSError when the disk
        does not take it.
        """
        if rows.shape != (len(digests), self._extractor.dims):
            raise ValueError(f"{rows.shape} does not fit {len(digests)} rows of {self._extractor.key}")
        if not len(digests):
            return
        values, lengths = self._packed(rows)
        self._folder.mkdir(parents=True, exist_ok=True)
        # Whatever a crash left behind the last whole batch goes first.
        start = int(self._index.ends[-1]) * self._entry.itemsize if len(self) else 0
        _write_at(self._values, start, values.tobytes())
        table = _as_bytes(digests)
        body = lengths.astype("<u4").tobytes() + table.tobytes()
        end = start + values.nbytes
        header = _HEADER.pack(_MARK, len(digests), end, zlib.crc32(body, end & 0xFFFFFFFF))
        _write_at(self._index_file, self._index.size, header + body)
        self._index = self._index.longer(table, lengths, self._index.size + len(header) + len(body))

    def rows(self, digests: Sequence[str]) -> FeatureMatrix:
        """The rows of `digests` in that order: dense float32, or CSR float32. Raises KeyError if one is not cached."""
        places = self._index.find(_as_bytes(digests))
        absent = np.flatnonzero(places < 0)
        if len(absent):
            raise KeyError(
                f"{len(absent)} of {len(digests)} rows are not in the cache, first {digests[int(absent[0])]}"
            )
        dims = self._extractor.dims
        if not len(places):
            return self._nothing()
        values = self._mapped()
        if not self._extractor.sparse:
            return np.asarray(values.reshape(-1, dims)[places], np.float32)
        starts = np.concatenate([[0], self._index.ends[:-1]])[places]
        lengths = self._index.ends[places] - starts
        indptr = np.concatenate([[0], np.cumsum(lengths)])
        within = np.arange(int(indptr[-1])) - np.repeat(indptr[:-1], lengths)
        taken = values[np.repeat(starts, lengths) + within]
        return csr_matrix((taken["value"].copy(), taken["column"].copy(), indptr), shape=(len(places), dims))

    def _mapped(self) -> npt.NDArray[Any]:
        """The entries on disk, one after the other, not read before they are used."""
        entries = int(self._index.ends[-1])
        if not entries:  # An empty file cannot be mapped.
            return np.zeros(0, self._entry)
        return np.memmap(self._values, self._entry, "r", shape=(entries,))

    def _nothing(self) -> FeatureMatrix:
        shape = (0, self._extractor.dims)
        return csr_matrix(shape, dtype=np.float32) if self._extractor.sparse else np.zeros(shape, np.float32)

    def _packed(self, rows: FeatureMatrix) -> tuple[npt.NDArray[Any], Places]:
        """The entries to write, and how many belong to each row."""
        if not self._extractor.sparse:
            if self._entry == np.float16 and np.abs(rows).max() > _HALF_MAX:
                raise ValueError(f"{self._extractor.key} makes numbers that half precision cannot hold")
            dense = np.ascontiguousarray(rows, self._entry)
            return dense, np.full(len(dense), self._extractor.dims, np.int64)
        if not issparse(rows):
            raise ValueError(f"{self._extractor.key} makes sparse rows")
        compressed = csr_matrix(rows)
        entries = np.empty(compressed.nnz, self._entry)
        entries["column"], entries["value"] = compressed.indices, compressed.data
        return entries, np.diff(compressed.indptr).astype(np.int64)

    def _read_index(self) -> _Index:
        """Read batch after batch until the end, or until one that is not whole."""
        data = self._index_file.read_bytes() if self._index_file.is_file() else b""
        room = self._values.stat().st_size if self._values.is_file() else 0
        at = 0
        lengths, digests = [b""], [b""]
        while at + _HEADER.size <= len(data):
            mark, count, end, checksum = _HEADER.unpack_from(data, at)
            split = at + _HEADER.size + 4 * count
            stop = split + _DIGEST_BYTES * count
            body = data[at + _HEADER.size : stop]
            if mark != _MARK or end > room or stop > len(data) or zlib.crc32(body, end & 0xFFFFFFFF) != checksum:
                break
            lengths.append(data[at + _HEADER.size : split])
            digests.append(data[split:stop])
            at = stop
        table = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, _DIGEST_BYTES)
        ends = np.cumsum(np.frombuffer(b"".join(lengths), "<u4"), dtype=np.int64)
        return _Index(table, ends, at)


def _entry(extractor: Extractor) -> np.dtype[Any]:
    """What one entry of the value file is."""
    if extractor.sparse:
        return np.dtype([("column", "<i4"), ("value", "<f4")])
    return np.dtype("<f2" if extractor.storage == "float16" else "<f4")


def _write_at(path: Path, start: int, data: bytes) -> None:
    """Replace everything from `start` on by `data`, and wait until the disk has it."""
    with path.open("r+b" if path.is_file() else "x+b") as file:
        file.truncate(start)
        file.seek(start)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _as_bytes(digests: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Hex digests as an (n, 32) array."""
    return np.frombuffer(bytes.fromhex("".join(digests)), np.uint8).reshape(-1, _DIGEST_BYTES)


def _first_bytes(digests: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """The first eight bytes of each digest as a number: enough to sort by, as SHA-256 spreads evenly."""
    return np.ascontiguousarray(digests[:, :8]).view("<u8").reshape(-1)
