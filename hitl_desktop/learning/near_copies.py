"""Near copies: the same question twice in a row wastes a decision and tires the reviewer."""

from collections import deque
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.clustering import dense

Ids = npt.NDArray[np.int64]

ALIKE: Final = 0.95
"""From this cosine of two embeddings on, one item is a near copy of the other."""

PLACES: Final = 2000
"""How far down the order copies are looked for: nobody decides more between two rankings."""


def spaced(order: Ids, embedding: Any, *, places: int = PLACES) -> Ids:
    """`order` (n,) of rows of `embedding` (n, d), where no row follows its near copy in the first `places`.

    A copy waits for the first place behind something else; all others keep their order. When only copies of one
    another are left, they follow in a row.
    """
    head = order[:places]
    rows = _unit(dense(embedding[head]))
    near = np.einsum("nd,nd->n", rows[1:], rows[:-1]) >= ALIKE
    if not near.any():
        return order
    return np.concatenate([head[_spread(rows)], order[places:]])


def _spread(rows: FloatArray) -> Ids:
    """Places of rows (n, d) of length 1, in their order, but with no near copies in a row where that can be."""
    waiting: deque[int] = deque()
    placed: list[int] = []
    for row in range(len(rows)):
        waiting.append(row)
        while waiting:
            free = np.ones(1, bool) if not placed else rows[list(waiting)] @ rows[placed[-1]] < ALIKE
            if not free.any():
                break
            first = int(free.argmax())
            placed.append(waiting[first])
            del waiting[first]
    return np.asarray([*placed, *waiting], np.int64)


def _unit(rows: FloatArray) -> FloatArray:
    """Rows of length 1; a row of zeros stays one, and is like nothing."""
    length = np.sqrt(np.einsum("nd,nd->n", rows, rows))[:, None]
    return np.asarray(rows / np.maximum(length, 1e-12), np.float32)
