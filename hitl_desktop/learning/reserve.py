"""The reserve: a uniform random tenth of the pool that measures models and never trains them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESERVE_EVERY = 10
RESERVE_SHARE = 1 / RESERVE_EVERY


@dataclass(frozen=True, slots=True)
class Reserve:
    """Which items measure, and in which order they are asked.

    `members` (n,) says of every item of the pool whether it belongs; `order` (m,) are the members by their random
    keys. Query strategies never choose a member, so whatever part of `order` has been answered from its beginning is
    a simple random sample of the pool without replacement, and plain shares over it are unbiased.
    Source: Cochran, "Sampling techniques", 1977, chapter 2.
    """

    members: npt.NDArray[np.bool_]
    order: npt.NDArray[np.int64]

    def measuring(self, open_items: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """The members up to the first that is still open: those that measure. `open_items` (n,) → (r,)."""
        waiting = np.flatnonzero(open_items[self.order])
        return self.order[: waiting[0]] if len(waiting) else self.order


def draw_reserve(pool_size: int, seed: int, apart: npt.NDArray[np.int64]) -> Reserve:
    """Draw a tenth of the pool, rounded up, uniformly.

    `apart` are items that cannot be drawn, as their labels came with the data: they are not in the count either.
    """
    keys = np.random.default_rng([seed, 0x6578706C]).random(pool_size)
    keys[apart] = np.inf
    count = -(-(pool_size - len(apart)) // RESERVE_EVERY)
    order = np.argsort(keys, kind="stable")[:count]
    members = np.zeros(pool_size, bool)
    members[order] = True
    return Reserve(members, order)
