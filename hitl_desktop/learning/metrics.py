"""How right a model is on items whose class is known."""

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]


def accuracy(truth: Ids, predicted: Ids) -> float:
    """Share of items whose predicted class id is the true one; NaN for none. Shapes (n,), (n,)."""
    return float((truth == predicted).mean()) if len(truth) else float("nan")


def macro_f1(truth: Ids, predicted: Ids) -> float:
    """Mean over the classes that occur in truth or prediction of their F1; NaN for no items. Shapes (n,), (n,).

    Source: Sokolova and Lapalme, "A systematic analysis of performance measures", 2009.
    """
    classes = np.union1d(truth, predicted)
    if not len(classes):
        return float("nan")
    scores = []
    for c in classes:
        hits = int(((truth == c) & (predicted == c)).sum())
        given = int((truth == c).sum()) + int((predicted == c).sum())
        scores.append(2 * hits / given if given else 0.0)
    return float(np.mean(scores))
