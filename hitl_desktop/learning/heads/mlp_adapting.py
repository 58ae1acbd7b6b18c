"""Adapting a small neural network to decisions: its hidden layer stays, its last layer moves."""

from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.learning.heads.head import Ids
from hitl_desktop.learning.heads.linear import LinearHead, adapt_head
from hitl_desktop.learning.heads.mlp import MlpHead
from hitl_desktop.learning.representations import Matrix

_TIMES: Final = 3.0
"""How much stronger a decision moves a last layer than a linear head on features. What hidden units say was learned for
these classes: fewer numbers have to move, and moving them does less harm. 1, 3, 10 and 30 were tried (docs/LEARNING.md,
`tests/benchmarks/starting.py`).
"""


def adapt_mlp_head(
    start: MlpHead, X: Matrix, labels: Ids, *, strength: float, weights: npt.NDArray[np.float64] | None = None
) -> MlpHead:
    """The head nearest to `start` that fits the decisions, among those with its hidden layer.

    What the hidden units say is a row as any other, and the last layer a linear head on it, so it is adapted as those
    are: maximum a posteriori with a Gaussian prior at `start`. These rows are divided by their usual length first,
    that a strength means the same for every network. Scaling and shifting all log odds, as is done with trees, cannot
    learn that two classes are called the other way round (docs/LEARNING.md has the figures). Classes that `start` does
    not know are added. Rows (n, d), class ids (n,); `weights` (n,) says how much each counts, None: all the same.
    """
    inner = start.inner(X)
    length = float(np.sqrt((inner.astype(np.float64) ** 2).sum(axis=1).mean())) or 1.0
    last = LinearHead(
        start.class_ids,
        (start.out * (start.scale * length)).astype(np.float32),
        (start.out_bias * start.scale).astype(np.float32),
    )
    found = adapt_head(last, (inner / length).astype(np.float32), labels, strength=_TIMES * strength, weights=weights)
    out = (found.weights / length).astype(np.float32)
    return MlpHead(found.class_ids, start.hidden, start.hidden_bias, out, found.bias, columns=start.columns)
