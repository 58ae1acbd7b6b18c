"""How the checks were drawn, and what each of them counts for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.intervals import effective_size, wilson_of_shares


@dataclass(frozen=True, slots=True)
class Strata:
    """Checks drawn uniformly within each of several parts of the pool.

    `membership` (n,) is the part each check was drawn from; `sizes` (parts,) are the items of each part. One part is
    the first import, further ones are batches added later, the last are the items whose label came with the data; a
    check of a part with many items per check counts for more, so that shares over all are unbiased for the whole pool.
    Source: Cochran, "Sampling techniques", 1977, chapter 5. Parts without a check are not measured: estimates are
    then about the other parts only. Intervals take the sample as one of `effective_size` draws, which holds as long as
    the model is not far better on one part than on the other.
    """

    membership: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]

    def weights(self) -> npt.NDArray[np.float64]:
        """What each check counts for, shape (n,), adding up to 1."""
        drawn = np.bincount(self.membership, minlength=len(self.sizes))
        share = np.where(drawn > 0, self.sizes, 0) / np.maximum(drawn, 1)
        weights = share[self.membership]
        total = weights.sum()
        return np.asarray(weights / total if total else weights, np.float64)


def estimate(right: npt.NDArray[np.bool_], weights: npt.NDArray[np.float64]) -> Estimate | None:
    """The weighted share that is right, with its 95 % interval; None without checks. Shapes (n,), (n,)."""
    size = effective_size(weights)
    if not size:
        return None
    share = float(weights[right].sum() / weights.sum())
    low, high = wilson_of_shares(np.array([share]), np.array([size]))
    return Estimate(int(right.sum()), len(right), share, float(low[0]), float(high[0]))
