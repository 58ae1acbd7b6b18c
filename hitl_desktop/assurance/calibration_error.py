"""Can confidence be believed? Reliability bins, the expected calibration error and the Brier score."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.strata import estimate

Floats = npt.NDArray[np.float64]
Rights = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Checks of similar confidence: from `low_edge` to `high_edge`, `stated` on average, `observed` right.

    `weight` is what the checks of the bin count for among all, 0–1.
    """

    low_edge: float
    high_edge: float
    stated: float
    observed: Estimate
    weight: float

    @property
    def gap(self) -> float:
        """Stated less observed: above 0 the model is too sure of itself."""
        return self.stated - self.observed.share


def bins_of_equal_count(confidence: Floats, right: Rights, weights: Floats, bins: int) -> list[ReliabilityBin]:
    """Reliability in up to `bins` groups of about as many checks each; equal confidences are never torn apart.

    `confidence` (n,) of the first class, `right` (n,), `weights` (n,) as of `Strata.weights`. In order of confidence.
    Equal counts bias the calibration error less than equal widths when most confidences are high.
    Source: Nguyen and O'Connor, "Posterior calibration and exploratory analysis for natural language processing
    models", EMNLP 2015; Roelofs et al., "Mitigating bias in calibration error estimation", AISTATS 2022.
    """
    if not len(confidence):
        return []
    order = np.argsort(confidence, kind="stable")
    ordered = confidence[order]
    first = ordered[np.arange(bins) * len(ordered) // bins]
    cuts = np.unique(np.searchsorted(ordered, first))[1:]
    return [
        _bin(confidence[part], right[part], weights[part], float(confidence[part[0]]), float(confidence[part[-1]]))
        for part in np.split(order, cuts)
    ]


def expected_calibration_error(bins: list[ReliabilityBin]) -> float | None:
    """The mean distance of stated and observed, weighted by checks, 0–1; None without bins.

    Source: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015.
    """
    if not bins:
        return None
    return sum(b.weight * abs(b.gap) for b in bins) / sum(b.weight for b in bins)


def error_by_chance(bins: list[ReliabilityBin]) -> float | None:
    """About how large that error would be for perfect confidences, from so few checks alone; None without bins.

    The mean distance of a share from its truth is √(2/π) of its standard deviation where the normal curve holds.
    """
    if not bins:
        return None
    spread = [b.weight * np.sqrt(2 / np.pi * b.stated * (1 - b.stated) / b.observed.of) for b in bins]
    return float(sum(spread) / sum(b.weight for b in bins))


def brier(probabilities: Floats, truth: npt.NDArray[np.int64], weights: Floats) -> float | None:
    """The Brier score: mean of Σ(p − truth)² over the classes, 0 (perfect) to 2; None without checks.

    `probabilities` (n, k); `truth` (n,) columns. A check the model could not read (NaN) counts like a uniform answer.
    Source: Brier, "Verification of forecasts expressed in terms of probability", 1950.
    """
    if not len(truth):
        return None
    filled = np.where(np.isfinite(probabilities), probabilities, 1 / probabilities.shape[1])
    filled[np.arange(len(truth)), truth] -= 1.0
    return float(np.average((filled**2).sum(axis=1), weights=weights))


def _bin(confidence: Floats, right: Rights, weights: Floats, low_edge: float, high_edge: float) -> ReliabilityBin:
    observed = estimate(right, weights)
    assert observed is not None  # noqa: S101 - a bin is never empty
    stated = float(np.average(confidence, weights=weights))
    return ReliabilityBin(low_edge, high_edge, stated, observed, float(weights.sum()))
