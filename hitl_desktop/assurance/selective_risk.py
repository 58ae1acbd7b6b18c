"""How often the surest answers are wrong: coverage against selective risk."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.intervals import wilson_of_shares

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """One point per confidence that occurs, from the strictest threshold to the loosest. All arrays (m,), 0–1.

    `coverage` is the share of checks at or above each of `thresholds`, `risk` the share of those that is wrong, and
    `low`–`high` its pointwise 95 % interval. Picking a threshold by it proves nothing: that takes a certificate.
    """

    thresholds: Floats
    coverage: Floats
    risk: Floats
    low: Floats
    high: Floats


def risk_coverage(confidence: Floats, right: npt.NDArray[np.bool_], weights: Floats) -> RiskCoverage:
    """The curve of checks with a `confidence` (n,) in the first class, whether that was `right` (n,), and weights.

    Equal confidences are taken together, as a threshold cannot part them. Empty for no checks.
    Sources: El-Yaniv and Wiener, "On the foundations of noise-free selective classification", JMLR 2010;
    Geifman and El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017.
    """
    order = np.argsort(-confidence, kind="stable")
    ordered = confidence[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)) if len(ordered) else np.empty(0, np.int64)
    taken = weights[order]
    covered = np.cumsum(taken)[last]
    wrong = np.cumsum(np.where(right[order], 0.0, taken))[last]
    sizes = covered**2 / np.cumsum(taken**2)[last]
    risk = wrong / covered
    low, high = wilson_of_shares(risk, sizes)
    return RiskCoverage(ordered[last], covered / weights.sum(), risk, low, high)
