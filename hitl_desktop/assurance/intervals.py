"""Intervals for shares: no estimate is shown without one."""

import numpy as np
import numpy.typing as npt

Z_95 = 1.959964


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share; (0, 1) for no trials.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
    """
    if trials == 0:
        return 0.0, 1.0
    low, high = wilson_of_shares(np.array([hits / trials]), np.array([float(trials)]))
    return float(low[0]), float(high[0])


def wilson_of_shares(
    shares: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """95 % Wilson intervals of many shares (m,) of samples of `sizes` > 0 (m,), which need not be whole: (low, high).

    A weighted sample is put in with its effective size (see `effective_size`).
    """
    z = Z_95
    centre = shares + z * z / (2 * sizes)
    spread = z * np.sqrt(np.maximum(shares * (1 - shares), 0.0) / sizes + z * z / (4 * sizes * sizes))
    scale = 1 + z * z / sizes
    return np.maximum(0.0, (centre - spread) / scale), np.minimum(1.0, (centre + spread) / scale)


def effective_size(weights: npt.NDArray[np.float64]) -> float:
    """How many equally weighted draws say as much as these, (Σw)² / Σw²; 0 for none.

    Source: Kish, "Survey sampling", 1965, section 11.7.
    """
    total = float((weights**2).sum())
    return float(weights.sum()) ** 2 / total if total else 0.0
