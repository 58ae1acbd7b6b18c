"""The head for several findings per item: one head of two answers for each finding, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.special import expit

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.heads.head import Head, read_class_ids
from hitl_desktop.learning.heads.kernel import KernelHead
from hitl_desktop.learning.heads.linear import LinearHead
from hitl_desktop.learning.heads.mlp import MlpHead
from hitl_desktop.learning.heads.trees import TreesHead
from hitl_desktop.learning.representations import Arrays, Matrix

_PARTS: Final[tuple[type[LinearHead] | type[KernelHead] | type[MlpHead] | type[TreesHead], ...]] = (
    LinearHead, KernelHead, MlpHead, TreesHead,
)  # fmt: skip
"""What a part may be; files name it by its place here."""
NOT_THERE: Final = 0
THERE: Final = 1
"""The class ids of every part."""


@dataclass(frozen=True, slots=True)
class SeveralHead:
    """A logit for every finding, each by itself ("binary relevance"): their probabilities do not add up to 1.

    `class_ids` (k,) name the findings; `parts` (k,) are heads whose classes are `NOT_THERE` and `THERE`. `shifts` (k,)
    are taken from the log odds: where a finding is said from another probability on than one half, that becomes one
    half (`learning/thresholds.py`).
    """

    kind: ClassVar[str] = "several"

    class_ids: tuple[int, ...]
    parts: tuple[Head, ...]
    shifts: FloatArray | None = None

    def logits(self, X: Matrix) -> FloatArray:
        """Rows (n, d) → the log odds of every finding (n, k)."""
        found = [part.logits(X) for part in self.parts]
        odds = np.stack([logits[:, THERE] - logits[:, NOT_THERE] for logits in found], axis=1)
        return odds if self.shifts is None else np.asarray(odds - self.shifts, np.float32)

    def probabilities(self, X: Matrix) -> FloatArray:
        """Rows (n, d) → the probability of every finding (n, k)."""
        return np.asarray(expit(self.logits(X).astype(np.float64)), np.float32)

    def with_class_ids(self, ids: tuple[int, ...]) -> "SeveralHead":
        """The same head with other names for its findings."""
        return replace(self, class_ids=ids)

    def arrays(self) -> Arrays:
        """The arrays of all parts, each under its number, and what sort of head each is."""
        kinds = [next(n for n, sort in enumerate(_PARTS) if isinstance(part, sort)) for part in self.parts]
        named: Arrays = {"class_ids": np.asarray(self.class_ids, np.int64), "kinds": np.asarray(kinds, np.int64)}
        for number, part in enumerate(self.parts):
            named |= {f"{number}.{name}": values for name, values in part.arrays().items()}
        return named if self.shifts is None else named | {"shifts": self.shifts}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "SeveralHead":
        """The inverse of `arrays`."""
        kinds = arrays["kinds"].astype(np.int64).ravel()
        if not len(kinds) or kinds.min() < 0:
            raise ValueError("there are no such parts")
        parts: list[Head] = []
        for number, kind in enumerate(kinds):
            start = f"{number}."
            own = {name.removeprefix(start): values for name, values in arrays.items() if name.startswith(start)}
            parts.append(_PARTS[kind].from_arrays(own))
        if any(part.class_ids != (NOT_THERE, THERE) for part in parts):
            raise ValueError("a part does not say yes or no")
        shifts = arrays["shifts"].astype(np.float32) if "shifts" in arrays else None
        if shifts is not None and shifts.shape != (len(parts),):
            raise ValueError("the shifts do not belong to the parts")
        return cls(read_class_ids(arrays, len(parts)), tuple(parts), shifts)


def constant_part(there: int, of: int) -> LinearHead:
    """A part for a finding that cannot be learned yet, as all decisions say the same of it: their share, for any item.

    `there` of `of` decisions had it. Source of the half that is added: Jeffreys, "Theory of probability", 1939.
    """
    odds = np.log((there + 0.5) / (of - there + 0.5))
    nothing = np.empty(0, np.int64)
    return LinearHead(
        (NOT_THERE, THERE), np.zeros((0, 2), np.float32), np.array([0.0, odds], np.float32), columns=nothing
    )


def for_any_column(part: LinearHead, X: Matrix) -> LinearHead:
    """A part that is the same for any item, as a head that can be adapted to rows (n, d) such as these."""
    if len(part.weights) or sp.issparse(X):  # of sparse rows, columns that are not there yet are added one by one
        return part
    return replace(part, weights=np.zeros((X.shape[1], len(part.bias)), np.float32), columns=None)
