"""What a feature extractor offers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

FeatureMatrix: TypeAlias = npt.NDArray[np.float32] | csr_matrix
"""One row per item: dense float32 (n, dims), or CSR float32 where most values are zero."""


@dataclass(frozen=True, slots=True)
class Extractor:
    """Turns decoded items into rows of numbers; the same item always gives the same row, whatever its company.

    `blocks` are (name, columns) in the order of the columns: a learner scales each block by itself.
    `extract` takes a sequence of decoded items of `kind` (small pixel arrays, or texts) and returns (n, dims).
    `version` goes up whenever the numbers change, so that old cache rows and models are not mixed with new ones.
    """

    name: str
    version: int
    kind: str
    blocks: tuple[tuple[str, int], ...]
    sparse: bool
    extract: Callable[[Any], FeatureMatrix]

    @property
    def key(self) -> str:
        """The name of the numbers: `image-texture-v1`. Caches and models are filed under it."""
        return f"{self.name}-v{self.version}"

    @property
    def dims(self) -> int:
        """The number of columns."""
        return sum(columns for _, columns in self.blocks)


PICTURE_SIDE: Final = 128
"""The `side` to ask of `kinds.image.read_small` for pictures that go into an extractor."""
