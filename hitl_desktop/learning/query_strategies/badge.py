"""BADGE: a batch that is both uncertain and different, drawn from the gradients of the last layer.

The gradient of candidate i is the outer product of a_i = p_i − onehot(first choice) and x_i. It is never formed:
⟨a_i ⊗ x_i, a_j ⊗ x_j⟩ = ⟨a_i, a_j⟩ ⟨x_i, x_j⟩.
Source: Ash et al., "Deep batch active learning by diverse, uncertain gradient lower bounds", ICLR 2020.
"""

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray, margin_uncertainty
from hitl_desktop.learning.clustering import content_order, dense
from hitl_desktop.learning.query_strategies.query import Ids, Query, batch_first


def utilities(query: Query, rng: np.random.Generator) -> FloatArray:
    """Utilities (n,): a batch drawn by k-means++ among the gradients comes first; the others follow by margin."""
    rows = dense(query.rows)
    order = content_order(rows, rng)
    gradients = Gradients(query.model[order], rows[order])
    return batch_first(order[_draw(gradients, query.batch, rng)], margin_uncertainty(query.model))


class Gradients:
    """Gradient embeddings of candidates, as factors (n, k) and (n, d)."""

    def __init__(self, probabilities: FloatArray, rows: FloatArray) -> None:
        self._errors = probabilities.copy()
        self._errors[np.arange(len(rows)), probabilities.argmax(axis=1)] -= 1
        self._rows = rows
        self.squares = np.einsum("nk,nk->n", self._errors, self._errors) * np.einsum("nd,nd->n", rows, rows)

    def squared_distances(self, one: int) -> FloatArray:
        """Squared distances (n,) of all gradients to that of candidate `one`."""
        products = (self._errors @ self._errors[one]) * (self._rows @ self._rows[one])
        away = np.maximum(self.squares + self.squares[one] - 2 * products, 0)
        away[one] = 0.0  # not left to rounding: what is drawn must not be drawn again
        return np.asarray(away, np.float32)


def _draw(gradients: Gradients, count: int, rng: np.random.Generator) -> Ids:
    """k-means++: the longest gradient, then each with probability of its squared distance to the nearest before.

    The origin counts as a place that is taken, as in scikit-activeml: what the model is sure of is never drawn.
    """
    nearest: npt.NDArray[np.float64] = gradients.squares.astype(np.float64)
    chosen: list[int] = []
    for _ in range(min(count, len(nearest))):
        mass = np.cumsum(nearest)
        if not mass.size or mass[-1] <= 0:
            break
        drawn = np.searchsorted(mass, rng.random() * mass[-1], side="right")
        chosen.append(int(drawn) if chosen else int(nearest.argmax()))
        nearest = np.minimum(nearest, gradients.squared_distances(chosen[-1]))
    return np.asarray(chosen, np.int64)
