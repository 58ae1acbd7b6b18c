"""Which items a model learned from, by the beginnings of their digests: so that they never measure it elsewhere."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Marks = npt.NDArray[np.uint64]
"""Sorted, each once: the first 8 bytes of the SHA-256 of an item's content, as numbers."""

_HEX: Final = 16
"""8 bytes: among a million items and a million others, two share a mark with a chance of 1 in 18 million."""


def marks_of(digests: Iterable[str]) -> Marks:
    """The marks of items, from their content digests in hex."""
    return np.unique(np.fromiter((int(digest[:_HEX], 16) for digest in digests), np.uint64))


def joined(one: Marks, other: Marks) -> Marks:
    """The marks of the items that either knows."""
    return np.union1d(one, other)


def places_of(digests: Sequence[str], marks: Marks) -> npt.NDArray[np.int64]:
    """The places in `digests` (hex) of items that are among the marks, ascending.

    Exact copies only: the same picture saved anew has another digest.
    """
    own = np.fromiter((int(digest[:_HEX], 16) for digest in digests), np.uint64, len(digests))
    return np.flatnonzero(np.isin(own, marks))


def checked(marks: npt.NDArray[np.generic]) -> Marks:
    """Marks as they were read from a file. Raises ValueError for anything else."""
    if marks.dtype != np.uint64 or marks.ndim != 1 or (np.diff(marks.astype(np.float64)) < 0).any():
        raise ValueError("these are no marks of items")
    return np.asarray(marks, np.uint64)
