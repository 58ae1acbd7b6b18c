"""The draw of an audit: uniform, without replacement, and the same for the same seed."""

import numpy as np
import numpy.typing as npt


def draw(zone: npt.NDArray[np.int64], count: int, seed: int) -> npt.NDArray[np.int64]:
    """`count` of the items `zone` (m,) in the order of asking; every set of so many has the same chance.

    Any beginning of the order is a simple random sample too. Raises ValueError for more than there are.
    """
    if not 0 <= count <= len(zone):
        raise ValueError(f"{count} of {len(zone)} items cannot be drawn")
    return np.random.default_rng([seed, 0x6175646974]).permutation(zone)[:count]
