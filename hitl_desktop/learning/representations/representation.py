"""What a representation is: a map of feature rows, fitted once on unlabelled items and kept with the model."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol, Self, TypeAlias

import numpy as np
import numpy.typing as npt

# scipy's matrices carry no types: CSR of float32, or a dense float32 array.
Matrix: TypeAlias = Any
Arrays = dict[str, npt.NDArray[np.generic]]
Blocks = Sequence[tuple[str, int]]


class Representation(Protocol):
    """A fixed map of feature rows, stored with the model."""

    def transform(self, X: Matrix) -> Matrix:
        """Rows (n, features) → rows (n, dims)."""

    def arrays(self) -> Arrays:
        """What `from_arrays` needs to make the same map again."""

    def digest(self) -> str:
        """SHA-256 in hex of the map: rows made by maps of the same digest may be mixed and cached together."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], blocks: Blocks) -> Self:
        """The inverse of `arrays`."""

    @classmethod
    def fit(cls, X: Matrix, blocks: Blocks, rng: np.random.Generator) -> Self:
        """Fit on unlabelled rows (n, features); `blocks` names the parts of a row and their widths."""


def parts(blocks: Blocks) -> list[slice]:
    """The columns of each block."""
    starts = np.cumsum([0, *(width for _, width in blocks)])
    return [slice(int(a), int(b)) for a, b in pairwise(starts)]


def digest_of(name: str, blocks: Blocks, arrays: Arrays) -> str:
    """SHA-256 in hex over the name of the map, its blocks, and its arrays as they are saved."""
    total = hashlib.sha256(repr((name, tuple((str(b), int(w)) for b, w in blocks))).encode())
    for key in sorted(arrays):
        values = np.ascontiguousarray(arrays[key])
        total.update(f"{key} {values.dtype.str} {values.shape}".encode())
        total.update(values.tobytes())
    return total.hexdigest()
