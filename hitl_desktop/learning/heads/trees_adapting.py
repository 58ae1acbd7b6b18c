"""Adapting boosted trees to decisions: what they say is scaled and shifted, the trees stay as they are."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax

from hitl_desktop.learning.heads.head import Ids, one_hot
from hitl_desktop.learning.heads.linear import UNSEEN
from hitl_desktop.learning.heads.trees import TreesHead
from hitl_desktop.learning.representations import Matrix

_ITERATIONS = 200
_SCALE_WEIGHT = 25.0


def adapt_trees_head(
    start: TreesHead, X: Matrix, labels: Ids, *, strength: float, weights: npt.NDArray[np.float64] | None = None
) -> TreesHead:
    """The head nearest to `start` that fits the decisions, among those with logits e^a · start + b, one b per class.

    Minimises (25 a² + ‖b‖²)/2 + strength · Σ log-loss: maximum a posteriori with a Gaussian prior at `start`, as for
    the linear head, and a narrow one for the scale, a fifth either way: it multiplies all there is, and a run of easy
    decisions must not make the model sure of everything. So few decisions correct how sure good trees are and how
    frequent the classes are here, and never wipe out what they know; trees from scratch learn more, once
    cross-validation says so. Classes that `start` does not know are added, and all that is learned of them is how
    frequent they are. Rows (n, d), class ids (n,); `weights` (n,) says how much each counts, None: all the same.
    """
    from scipy.optimize import minimize

    ids = tuple(sorted({*start.class_ids, *(int(i) for i in labels)}))
    base = _spread(start, ids)
    offset, target = base.logits(X).astype(np.float64), one_hot(labels, ids)
    each = strength * (np.ones(len(target)) if weights is None else weights)[:, None]

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        scaled = np.exp(flat[0]) * offset
        log_p = log_softmax(scaled + flat[1:], axis=1)
        error = each * (np.exp(log_p) - target)
        gradient = np.concatenate([[(error * scaled).sum()], error.sum(axis=0)]) + weight * flat
        return float(0.5 * (weight * flat**2).sum() - (each * target * log_p).sum()), gradient

    weight = np.concatenate([[_SCALE_WEIGHT], np.ones(len(ids))])
    found = minimize(loss, np.zeros(1 + len(ids)), jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS}).x
    scale = base.scale * float(np.exp(found[0]))
    return replace(base, scale=scale, start=base.start + found[1:] / scale)


def _spread(head: TreesHead, ids: tuple[int, ...]) -> TreesHead:
    """The same head with a column for every class in `ids`."""
    places = np.array([ids.index(one) for one in head.class_ids], np.int32)
    start = np.full(len(ids), float(head.start.mean()) + UNSEEN / head.scale)
    start[places] = head.start
    return replace(head, class_ids=ids, start=start, tree_class=places[head.tree_class])
