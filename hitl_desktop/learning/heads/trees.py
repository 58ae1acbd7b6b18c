"""The head of boosted trees: plain arrays, evaluated here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.heads.head import read_class_ids, softmax_rows
from hitl_desktop.learning.representations import Arrays, Matrix

_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class TreesHead:
    """logits = scale · (start + the values of the leaves that a row falls into, added per class).

    All nodes of all trees lie one after another: `feature` (N,) the column that is asked, −1 in a leaf;
    `threshold` (N,) float64, at most it goes to `left` (N,), else to `right` (N,), both node numbers of this list and
    larger than their parent's; `value` (N,) of a leaf, and of any other node the mean below it, which no prediction
    reads. `roots` (T,) and `tree_class` (T,) say where each tree begins
    and to which column it adds.
    """

    kind: ClassVar[str] = "trees"

    class_ids: tuple[int, ...]
    feature: npt.NDArray[np.int32]
    threshold: npt.NDArray[np.float64]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]
    roots: npt.NDArray[np.int32]
    tree_class: npt.NDArray[np.int32]
    start: npt.NDArray[np.float64]
    width: int
    scale: float = 1.0

    def logits(self, X: Matrix) -> FloatArray:
        """Dense rows (n, d) → logits (n, k). Raises ValueError for rows of another width."""
        rows = np.asarray(X, np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.width:
            raise ValueError(f"rows of {self.width} columns are needed")
        trees_of = (self.tree_class[:, None] == np.arange(len(self.start))[None, :]).astype(np.float64)
        chunk = max(1, _CELLS // max(1, len(self.roots)))
        found = np.empty((len(rows), len(self.start)), np.float32)
        for begin in range(0, len(rows), chunk):
            leaves = self._leaves(rows[begin : begin + chunk])
            found[begin : begin + chunk] = (self.value[leaves] @ trees_of + self.start) * self.scale
        return found

    def _leaves(self, rows: FloatArray) -> npt.NDArray[np.int32]:
        """The leaf of every row in every tree (n, T)."""
        node = np.repeat(self.roots[None, :], len(rows), axis=0)
        at = np.arange(len(rows))[:, None]
        while True:
            asked = self.feature[node]
            inner = asked >= 0
            if not inner.any():
                return node
            goes_left = rows[at, np.maximum(asked, 0)] <= self.threshold[node]
            node = np.where(inner, np.where(goes_left, self.left[node], self.right[node]), node)

    def probabilities(self, X: Matrix) -> FloatArray:
        """Rows (n, d) → class probabilities (n, k), each row adding to 1."""
        return softmax_rows(self.logits(X))

    def with_class_ids(self, ids: tuple[int, ...]) -> "TreesHead":
        """The same head with other names for its columns."""
        return replace(self, class_ids=ids)

    def arrays(self) -> Arrays:
        """The nodes, the roots and the class ids."""
        return {
            "feature": self.feature,
            "threshold": self.threshold,
            "left": self.left,
            "right": self.right,
            "value": self.value,
            "roots": self.roots,
            "tree_class": self.tree_class,
            "start": self.start,
            "width": np.array([self.width]),
            "scale": np.array([self.scale]),
            "class_ids": np.asarray(self.class_ids, np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "TreesHead":
        """The inverse of `arrays`. Refuses node numbers that leave the list or go round in circles."""
        feature, left, right = (arrays[name].astype(np.int32) for name in ("feature", "left", "right"))
        threshold, value, start = (arrays[name].astype(np.float64) for name in ("threshold", "value", "start"))
        roots, tree_class = arrays["roots"].astype(np.int32), arrays["tree_class"].astype(np.int32)
        width, nodes, classes = int(arrays["width"][0]), len(feature), len(start)
        same = {a.shape for a in (feature, left, right, threshold, value)} == {(nodes,)}
        if not same or roots.shape != tree_class.shape or start.ndim != 1 or not nodes:
            raise ValueError("the nodes do not belong together")
        inner = np.flatnonzero(feature >= 0)
        children = np.concatenate([left[inner], right[inner]])
        forward = (children > np.concatenate([inner, inner])).all() and (children < nodes).all()
        inside = _within(roots, nodes) and _within(tree_class, classes) and int(feature.max()) < width
        if not (forward and inside):
            raise ValueError("a node points nowhere")
        ids = read_class_ids(arrays, classes)
        scale = float(arrays["scale"][0])
        return cls(ids, feature, threshold, left, right, value, roots, tree_class, start, width, scale)


def _within(numbers: npt.NDArray[np.int32], limit: int) -> bool:
    return bool(len(numbers) == 0 or (numbers.min() >= 0 and numbers.max() < limit))
