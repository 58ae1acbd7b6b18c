"""What every column of a transformed row adds to its score, for any head that can be taken apart, trees among them.

Of a boosted tree the amount of a column is what the score changes along the row's own path at the nodes that ask for
it: the value of a node is the mean of the leaves below it, weighted by the rows of training that came there. The sum
over all nodes is the score, exactly: root value plus all changes is the value of the leaf.
Source: Saabas, "Interpreting random forests", 2014 (for boosted trees: "path attribution", as in treeinterpreter).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.learning.calibration import Calibration
from hitl_desktop.learning.explanations.contributions import Contrast, decompose, straight_line
from hitl_desktop.learning.heads import Head, SeveralHead, TreesHead
from hitl_desktop.learning.heads.several import NOT_THERE, THERE
from hitl_desktop.learning.representations import Matrix

Amounts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ColumnAmounts:
    """`start` + Σ `amounts` (d,) = `score`, up to rounding; `is_exact` False where the amounts are shared out."""

    score: float
    start: float
    amounts: Amounts
    is_exact: bool


def column_amounts(head: Head, calibration: Calibration | None, row: Matrix, contrast: Contrast) -> ColumnAmounts:
    """Take the score of one dense row (1, d) apart by its columns."""
    part, this, other = head, contrast.this, contrast.other
    if isinstance(head, SeveralHead):
        part, this, other = head.parts[contrast.this], THERE, NOT_THERE
    if isinstance(part, TreesHead):
        scale, shift = straight_line(calibration, contrast)
        start, amounts = tree_paths(part, np.asarray(row, np.float32).ravel(), this, other)
        start = scale * start + shift
        return ColumnAmounts(start + float(scale * amounts.sum()), start, scale * amounts, True)
    whole = decompose(head, calibration, row, contrast)
    if whole is None:
        raise TypeError("a head of a kind that nobody can take apart")
    values = np.asarray(row, np.float64).ravel() * whole.gradient
    return ColumnAmounts(whole.score, whole.start, values, whole.is_exact)


def tree_paths(head: TreesHead, row: npt.NDArray[np.float32], this: int, other: int) -> tuple[float, Amounts]:
    """What the score of a row (d,), logit `this` minus logit `other`, starts from, and what each column adds (d,)."""
    sign = (head.tree_class == this).astype(np.float64) - (head.tree_class == other)
    node = head.roots.astype(np.int64)
    start = float(head.start[this]) - (float(head.start[other]) if other >= 0 else 0.0)
    start += float(sign @ head.value[node])
    amounts = np.zeros(head.width)
    while True:
        asked = head.feature[node]
        inner = np.flatnonzero(asked >= 0)
        if not len(inner):
            return start * head.scale, amounts * head.scale
        at = node[inner]
        goes_left = row[asked[inner]] <= head.threshold[at]
        node[inner] = np.where(goes_left, head.left[at], head.right[at])
        np.add.at(amounts, asked[inner], sign[inner] * (head.value[node[inner]] - head.value[at]))
