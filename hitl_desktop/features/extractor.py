"""What a feature extractor offers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

FeatureMatrix: TypeAlias = npt.NDArray[np.float32] | csr_matrix
"""One row per item: dense float32 (n, dims), or CSR float32 where most values are zero."""

Part: TypeAlias = tuple[Sequence[int], FeatureMatrix]
"""Positions of items in the sequence that was given, and their rows in that order."""

PICTURE_SIDE: Final = 128
"""The `side` to ask of `kinds.image.read_small` for pictures that go into an extractor, unless it asks for more."""


def _nothing_to_close() -> None:
    """For extractors that are pure functions."""


@dataclass(frozen=True, slots=True)
class Extractor:
    """Turns decoded items into rows of numbers; the same item always gives the same row, whatever its company.

    `blocks` are (name, columns) in the order of the columns: a learner scales each block by itself.
    `extract` takes a sequence of decoded items of `kind` (small pixel arrays, or texts) and returns (n, dims).
    `version` goes up whenever the numbers change, so that old cache rows and models are not mixed with new ones.
    `storage` is what the cache keeps on disk of a dense row; it comes back as float32.
    `fingerprint` (hex) stands for the file the numbers come from, where there is one: its weights, quantisation and
    preprocessing. Rows of different fingerprints never share a cache.
    `side` is what to ask of `read_small`. `in_parts` does what `extract` does, a part of at most about a third of a
    second at a time and in an order of its own choice, for extractors that are slow enough to be watched; parts may be
    empty. `close` lets go of what extracting needed, where there is such a thing.
    """

    name: str
    version: int
    kind: str
    blocks: tuple[tuple[str, int], ...]
    sparse: bool
    extract: Callable[[Any], FeatureMatrix]
    storage: Literal["float32", "float16"] = "float32"
    fingerprint: str = ""
    side: int = PICTURE_SIDE
    in_parts: Callable[[Any], Iterator[Part]] | None = None
    close: Callable[[], None] = _nothing_to_close

    @property
    def key(self) -> str:
        """The name of the numbers: `text-ngrams-v1`. Models are filed under it."""
        return f"{self.name}-v{self.version}"

    @property
    def cache_name(self) -> str:
        """The name of the folder of cached rows: the key, and whatever else decides what lies in there."""
        half = "f16" if self.storage == "float16" else ""
        return "-".join(part for part in (self.key, self.fingerprint[:16], half) if part)

    @property
    def dims(self) -> int:
        """The number of columns."""
        return sum(columns for _, columns in self.blocks)

    def parts(self, items: Sequence[Any]) -> Iterator[Part]:
        """The rows of `items`, part by part; every position comes exactly once."""
        if self.in_parts is None:
            yield range(len(items)), self.extract(items)
        else:
            yield from self.in_parts(items)
