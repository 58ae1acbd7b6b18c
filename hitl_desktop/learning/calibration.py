"""Calibration: maps logits to probabilities that may be believed, fitted on audit labels only.

Temperature scaling for several classes, Platt scaling for two, isotonic regression from `ISOTONIC_FROM` labels on.
Items picked because they were uncertain must never be passed in: they are no fair sample.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.sentences import Figure, Sentence, say, say_n
from hitl_desktop.learning.enough_checks import NEEDED as NEEDED
from hitl_desktop.learning.heads.head import softmax_rows
from hitl_desktop.learning.representations import Arrays
from hitl_desktop.learning.scaling import LARGEST, PRIOR, best_scale

Columns = npt.NDArray[np.int64]

ISOTONIC_FROM: Final = 1000
"""Audit labels from which isotonic regression replaces the one- or two-number maps."""
_FOLDS: Final = 5
OF_EACH_ANSWER: Final = 5
"""Checks that have a finding, and that have it not, from which its probability is set right by itself."""


class Calibration(Protocol):
    """A monotone map from logits to probabilities."""

    kind: ClassVar[str]

    def apply(self, logits: FloatArray) -> FloatArray:
        """Logits (n, k) → probabilities (n, k), each row adding to 1."""

    def in_words(self) -> Sentence:
        """What it does, for people."""

    def arrays(self) -> Arrays:
        """What `from_arrays` needs to make the same map again."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The inverse of `arrays`. Raises ValueError or LookupError for numbers that make no sense."""


@dataclass(frozen=True, slots=True)
class Temperature:
    """softmax(logits / temperature). Source: Guo et al., "On calibration of modern neural networks", ICML 2017."""

    kind: ClassVar[str] = "temperature"

    temperature: float

    def apply(self, logits: FloatArray) -> FloatArray:
        """Logits (n, k) → probabilities (n, k); the order of the classes stays."""
        return softmax_rows(logits / np.float32(self.temperature))

    def in_words(self) -> Sentence:
        """The temperature, and which way it moves the model."""
        temperature = Figure(self.temperature, 2)
        if self.temperature > 1:
            return say("Temperature {temperature}: it was made less sure of itself", temperature=temperature)
        return say("Temperature {temperature}: it was made surer of itself", temperature=temperature)

    def arrays(self) -> Arrays:
        """The temperature."""
        return {"temperature": np.array([self.temperature])}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Temperature":
        """The inverse of `arrays`."""
        temperature = float(arrays["temperature"][0])
        if not 0 < temperature < np.inf:
            raise ValueError("a temperature is a positive number")
        return cls(temperature)


@dataclass(frozen=True, slots=True)
class Platt:
    """For two classes: p(second) = sigmoid(slope · (logit₂ − logit₁) + intercept).

    Source: Platt, "Probabilistic outputs for support vector machines", 1999.
    """

    kind: ClassVar[str] = "platt"

    slope: float
    intercept: float

    def apply(self, logits: FloatArray) -> FloatArray:
        """Logits (n, 2) → probabilities (n, 2)."""
        if logits.shape[1] != 2:
            raise ValueError("Platt scaling is for two classes")
        second = expit(self.slope * (logits[:, 1] - logits[:, 0]).astype(np.float64) + self.intercept)
        return np.stack([1 - second, second], axis=1).astype(np.float32)

    def in_words(self) -> Sentence:
        """Slope and intercept."""
        return say(
            "Platt scaling: slope {slope}, intercept {sign}{intercept}",
            slope=Figure(self.slope, 2),
            sign="+" if self.intercept >= 0 else "-",
            intercept=Figure(abs(self.intercept), 2),
        )

    def arrays(self) -> Arrays:
        """Slope and intercept."""
        return {"line": np.array([self.slope, self.intercept])}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Platt":
        """The inverse of `arrays`."""
        slope, intercept = (float(v) for v in arrays["line"])
        if not (0 < slope < np.inf and np.isfinite(intercept)):
            raise ValueError("a Platt slope is a positive number")
        return cls(slope, intercept)


@dataclass(frozen=True, slots=True)
class Isotonic:
    """The confidence in the first choice mapped by a rising curve; the other classes share the rest as before.

    `confidences` (m,) rise, `shares` (m,) are the shares found right there; in between, straight lines. The first
    choice stays the first. Source: Zadrozny and Elkan, "Transforming classifier scores into accurate multiclass
    probability estimates", KDD 2002.
    """

    kind: ClassVar[str] = "isotonic"

    confidences: npt.NDArray[np.float64]
    shares: npt.NDArray[np.float64]

    def apply(self, logits: FloatArray) -> FloatArray:
        """Logits (n, k) → probabilities (n, k)."""
        raw = softmax_rows(logits).astype(np.float64)
        places = np.arange(len(raw)), raw.argmax(axis=1)
        first = raw[places]
        others = raw.copy()
        others[places] = 0.0
        runner_up = others.max(axis=1)
        rest = np.maximum(others.sum(axis=1), 1e-12)
        lowest = runner_up / (rest + runner_up) + 1e-6
        mapped = np.clip(np.interp(first, self.confidences, self.shares), np.minimum(lowest, 1.0), 1.0)
        scaled = others * ((1 - mapped) / rest)[:, None]
        scaled[places] = mapped
        return np.asarray(scaled / scaled.sum(axis=1, keepdims=True), np.float32)

    def in_words(self) -> Sentence:
        """How many steps the curve has."""
        return say_n("Isotonic regression with {n} step", "Isotonic regression with {n} steps", len(self.confidences))

    def arrays(self) -> Arrays:
        """The corners of the curve."""
        return {"confidences": self.confidences, "shares": self.shares}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Isotonic":
        """The inverse of `arrays`."""
        x, y = arrays["confidences"].astype(np.float64), arrays["shares"].astype(np.float64)
        both = np.concatenate([x, y])
        if x.ndim != 1 or x.shape != y.shape or not len(x) or not np.isfinite(both).all():
            raise ValueError("the curve has no corners")
        if both.min() < 0 or both.max() > 1 or (np.diff(x) < 0).any() or (np.diff(y) < 0).any():
            raise ValueError("the curve does not rise from 0 to 1")
        return cls(x, y)


@dataclass(frozen=True, slots=True)
class PlattEach:
    """For several findings: Platt scaling of each one's log odds by itself; slopes and intercepts (k,)."""

    kind: ClassVar[str] = "platt_each"

    slopes: npt.NDArray[np.float64]
    intercepts: npt.NDArray[np.float64]

    def apply(self, logits: FloatArray) -> FloatArray:
        """Log odds (n, k) → the probability of every finding (n, k)."""
        return np.asarray(expit(self.slopes * logits.astype(np.float64) + self.intercepts), np.float32)

    def changes(self) -> npt.NDArray[np.bool_]:
        """Which findings it sets right, (k,): the others had too few checks of either answer."""
        return np.asarray((self.slopes != 1) | (self.intercepts != 0), bool)

    def in_words(self) -> Sentence:
        """For how many findings it changes anything."""
        changed = int(self.changes().sum())
        return say("Platt scaling of {changed} of {all} findings", changed=changed, all=len(self.slopes))

    def arrays(self) -> Arrays:
        """Slopes and intercepts."""
        return {"lines": np.stack([self.slopes, self.intercepts])}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "PlattEach":
        """The inverse of `arrays`."""
        slopes, intercepts = arrays["lines"].astype(np.float64)
        if not (np.isfinite(slopes).all() and (slopes > 0).all() and np.isfinite(intercepts).all()):
            raise ValueError("a Platt slope is a positive number")
        return cls(slopes, intercepts)


CALIBRATIONS: Final[dict[str, type[Temperature] | type[Platt] | type[Isotonic] | type[PlattEach]]] = {
    "temperature": Temperature,
    "platt": Platt,
    "isotonic": Isotonic,
    "platt_each": PlattEach,
}


def fit_calibration(logits: FloatArray, columns: Columns) -> Temperature | Platt | Isotonic | None:
    """The map that suits this many audit labels, or None below `NEEDED`.

    `logits` (n, k); `columns` (n,) the true column of each row, −1 for a class that the model does not know.
    """
    fit = _way_to_fit(logits, columns)
    return None if fit is None else fit(logits, columns)


def fit_each(logits: FloatArray, flags: npt.NDArray[np.bool_]) -> PlattEach | None:
    """Platt scaling of every finding, or None below `NEEDED` checks. Log odds and which findings are there, (n, k).

    A finding with fewer than `OF_EACH_ANSWER` checks that have it, or that have it not, stays as it is.
    """
    return None if len(flags) < NEEDED else line_for_each(logits, flags)


def line_for_each(logits: FloatArray, flags: npt.NDArray[np.bool_]) -> PlattEach:
    """Platt scaling of every finding, however few rows there are: log odds and which are there, (n, k)."""
    slopes, intercepts = np.ones(flags.shape[1]), np.zeros(flags.shape[1])
    for place in range(flags.shape[1]):
        there = int(flags[:, place].sum())
        if min(there, len(flags) - there) >= OF_EACH_ANSWER:
            pair = np.stack([np.zeros(len(flags)), logits[:, place]], axis=1).astype(np.float32)
            line = _platt(pair, flags[:, place].astype(np.int64))
            slopes[place], intercepts[place] = line.slope, line.intercept
    return PlattEach(slopes, intercepts)


def cross_fitted(logits: FloatArray, columns: Columns, *, seed: int) -> FloatArray:
    """Probabilities (n, k) in which each row went through a map fitted without it.

    Calibration error measured on these is honest, though the same labels fitted the map that is put to use. All labels
    together decide which kind of map that is, as they do for the one put to use: a fold alone may be too small for it.
    """
    place = np.random.default_rng(seed).permutation(len(columns)) % _FOLDS
    found = softmax_rows(logits)
    fit = _way_to_fit(logits, columns)
    if fit is None:
        return found
    for fold in range(_FOLDS):
        found[place == fold] = fit(logits[place != fold], columns[place != fold]).apply(logits[place == fold])
    return found


def _way_to_fit(
    logits: FloatArray, columns: Columns
) -> Callable[[FloatArray, Columns], Temperature | Platt | Isotonic] | None:
    """What fits the kind of map that suits these labels, or None when they are too few."""
    if len(columns) < NEEDED:
        return None
    if len(columns) >= ISOTONIC_FROM:
        return _isotonic
    return _platt if logits.shape[1] == 2 and (columns >= 0).all() else _temperature


def _temperature(logits: FloatArray, columns: Columns) -> Temperature:
    return Temperature(1.0 / best_scale(logits, columns))


def cross_fitted_each(logits: FloatArray, flags: npt.NDArray[np.bool_], *, seed: int) -> FloatArray:
    """The same for several findings: log odds and which are there, (n, k) → probabilities (n, k)."""
    place = np.random.default_rng(seed).permutation(len(flags)) % _FOLDS
    found = np.asarray(expit(logits.astype(np.float64)), np.float32)
    if len(flags) < NEEDED:
        return found
    for fold in range(_FOLDS):
        fitted = line_for_each(logits[place != fold], flags[place != fold])
        found[place == fold] = fitted.apply(logits[place == fold])
    return found


def _platt(logits: FloatArray, columns: Columns) -> Platt:
    """Maximum likelihood with Platt's softened targets, from slope 1 and intercept 0."""
    from scipy.optimize import minimize

    gap = (logits[:, 1] - logits[:, 0]).astype(np.float64)
    ones = int((columns == 1).sum())
    target = np.where(columns == 1, (ones + 1) / (ones + 2), 1 / (len(columns) - ones + 2))

    def loss(line: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        slope = np.exp(line[0])
        z = slope * gap + line[1]
        error = expit(z) - target
        value = (np.logaddexp(0, z) - target * z).sum() + 0.5 * (line**2).sum() / PRIOR**2
        return float(value), np.array([(error * gap).sum() * slope, error.sum()]) + line / PRIOR**2

    found = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", bounds=[(-LARGEST, LARGEST), (None, None)])
    return Platt(float(np.exp(found.x[0])), float(found.x[1]))


def _isotonic(logits: FloatArray, columns: Columns) -> Isotonic:
    """Pool adjacent violators over the confidence in the first choice; no step claims more than its labels show."""
    raw = softmax_rows(logits)
    confidence = raw.max(axis=1).astype(np.float64)
    right = (raw.argmax(axis=1) == columns).astype(np.float64)
    order = np.argsort(confidence, kind="stable")
    steps: list[list[float]] = []  # sum of confidences, labels, right ones
    for at in order:
        steps.append([confidence[at], 1.0, right[at]])
        while len(steps) > 1 and steps[-2][2] * steps[-1][1] >= steps[-1][2] * steps[-2][1]:
            last = steps.pop()
            steps[-1] = [a + b for a, b in zip(steps[-1], last, strict=True)]
    total, count, hits = np.array(steps).T
    shares = np.maximum.accumulate((hits + 0.5) / (count + 1.0))
    return Isotonic(total / count, shares)
