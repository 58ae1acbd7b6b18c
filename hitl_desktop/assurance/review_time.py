"""How long a decision takes: a mean that a few forgotten coffees do not move."""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.estimates import Score
from hitl_desktop.assurance.intervals import Z_95

CUT: Final = 0.1
"""The share that is left out at either end."""
LEAST: Final = 5
"""With fewer times there is no interval."""


def trimmed_mean(seconds: npt.NDArray[np.float64]) -> Score | None:
    """The mean of times (n,) without the shortest and the longest tenth, with its 95 % interval; None for no times.

    The standard error is that of the winsorised times. With fewer than `LEAST` times the interval is 0 to infinity.
    Source: Tukey and McLaughlin, "Less vulnerable confidence and significance procedures for location based on a single
    sample", Sankhya A 1963.
    """
    times = np.sort(seconds[np.isfinite(seconds)])
    n = len(times)
    if not n:
        return None
    cut = int(CUT * n)
    mean = float(times[cut : n - cut].mean())
    if n < LEAST:
        return Score(mean, 0.0, math.inf)
    kept = np.clip(times, times[cut], times[n - cut - 1])
    error = float(kept.std(ddof=1)) / ((1 - 2 * cut / n) * math.sqrt(n))
    reach = students(n - 2 * cut - 1) * error
    return Score(mean, max(0.0, mean - reach), mean + reach)


def students(freedom: int, z: float = Z_95) -> float:
    """The point of Student's distribution that lies where `z` lies on the normal one, for 3 degrees or more.

    Source: Abramowitz and Stegun, "Handbook of mathematical functions", 1964, 26.7.5; right to 1 % from 3 degrees on.
    """
    nu = float(max(3, freedom))
    terms = (
        (z**3 + z) / (4 * nu),
        (5 * z**5 + 16 * z**3 + 3 * z) / (96 * nu**2),
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * nu**3),
    )
    return z + sum(terms)
