"""The reserve: a uniform random part of the pool, the project's holdout, that measures models and never trains them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Reserve:
    """Which items measure, and in which order they are asked.

    `members` (n,) says of every item of the pool whether it belongs; `order` (m,) are the members by their random
    keys; `probability` is the chance that each item had of being drawn, 0–1. Query strategies never choose a member,
    so whatever part of `order` has been answered from its beginning is a simple random sample of the pool without
    replacement, and plain shares over it are unbiased.
    Source: Cochran, "Sampling techniques", 1977, chapter 2.

    It cannot be made larger once strategies have chosen. The next items by their keys would be a random sample too, had
    none of them trained; leaving out those that did leaves the ones no strategy wanted, which are easier than most.
    """

    members: npt.NDArray[np.bool_]
    order: npt.NDArray[np.int64]
    probability: float

    def measuring(self, open_items: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """The members up to the first that is still open: those that measure. `open_items` (n,) → (r,)."""
        waiting = np.flatnonzero(open_items[self.order])
        return self.order[: waiting[0]] if len(waiting) else self.order


def draw_reserve(pool_size: int, seed: int, apart: npt.NDArray[np.int64], count: int) -> Reserve:
    """Draw `count` items of the pool uniformly.

    `apart` are items that cannot be drawn, as their labels came with the data.
    """
    eligible = pool_size - len(apart)
    if not 0 <= count <= eligible:
        raise ValueError(f"{count} of {eligible} items cannot be drawn")
    keys = np.random.default_rng([seed, 0x6578706C]).random(pool_size)
    keys[apart] = np.inf
    order = np.argsort(keys, kind="stable")[:count]
    members = np.zeros(pool_size, bool)
    members[order] = True
    return Reserve(members, order, count / eligible if eligible else 0.0)
