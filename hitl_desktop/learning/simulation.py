"""Simulation: a simulated reviewer answers with the hidden truth, and the learning curve is drawn."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.learning.heads import fit_head
from hitl_desktop.learning.metrics import accuracy, macro_f1
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES, Query
from hitl_desktop.learning.representations import REPRESENTATIONS, Blocks, Matrix, representation_for
from hitl_desktop.learning.training import FROM_SCRATCH

HELD_OUT_SHARE = 0.25
_FEWEST = 20

Ids = npt.NDArray[np.int64]


@dataclass
class Curves:
    """One strategy's learning curves: for every number of labels, one value per seed."""

    labels: list[int] = field(default_factory=list)
    accuracy: list[list[float]] = field(default_factory=list)
    macro_f1: list[list[float]] = field(default_factory=list)


@dataclass
class SimulationResult:
    """`strategies` by name; `full` is what all labels of the training part give, per seed."""

    strategies: dict[str, Curves]
    full_accuracy: list[float]
    full_macro_f1: list[float]
    held_out: int
    candidates: int


def run_simulation(
    X: Matrix,
    truth: Ids,
    blocks: Blocks,
    *,
    budget: int,
    batch: int,
    strategies: tuple[str, ...],
    seeds: int,
    progress: Progress,
    cancelled: CancelCheck,
) -> SimulationResult:
    """Replay `strategies` on features (n, dims) with known class ids (n,), measured on a held-out quarter.

    Every seed splits anew, starts with `batch` random labels and asks `batch` at a time up to `budget`.
    All strategies of one seed share split, start and representation. Raises KnownError when there is too little
    truth, Cancelled when stopped.
    """
    _check(truth, budget, batch, strategies, seeds)
    points = [*range(batch, budget, batch), budget]
    curves = {name: Curves(points, [[] for _ in points], [[] for _ in points]) for name in strategies}
    full_accuracy, full_f1 = [], []
    total = seeds * (1 + len(strategies) * len(points))
    done = 0
    held: Ids = np.empty(0, np.int64)
    train: Ids = held
    for seed in range(seeds):
        train, held = _split(truth, seed)
        name = representation_for(X)
        rep = REPRESENTATIONS[name].fit(X[train], blocks, np.random.default_rng(seed))
        mapped_train, mapped_held = rep.transform(X[train]), rep.transform(X[held])
        replay = _Replay(mapped_train, truth[train], mapped_held, truth[held], FROM_SCRATCH[name], seed)
        a, f = replay.measure(np.arange(len(train)))
        full_accuracy.append(a)
        full_f1.append(f)
        done += 1
        for strategy in strategies:
            for at, (a, f) in enumerate(replay.curve(strategy, points)):
                if cancelled():
                    raise Cancelled
                curves[strategy].accuracy[at].append(a)
                curves[strategy].macro_f1[at].append(f)
                done += 1
                progress(done, total, f"{QUERY_STRATEGIES[strategy].title}, seed {seed + 1} of {seeds}")
    return SimulationResult(curves, full_accuracy, full_f1, len(held), len(train))


class _Replay:
    """One seed: a fixed split, a simulated reviewer, and a model that is refitted after every batch."""

    def __init__(self, X: Matrix, y: Ids, X_held: Matrix, y_held: Ids, strength: float, seed: int) -> None:
        self._X, self._y, self._X_held, self._y_held = X, y, X_held, y_held
        self._strength = strength
        self._seed = seed

    def measure(self, rows: Ids) -> tuple[float, float]:
        """Accuracy and macro-F1 on the held-out part after learning from `rows`."""
        predicted, _ = self._fit(rows)
        return accuracy(self._y_held, predicted), macro_f1(self._y_held, predicted)

    def curve(self, strategy: str, points: list[int]) -> Iterator[tuple[float, float]]:
        """Accuracy and macro-F1 on the held-out part at every number of labels in `points`."""
        rng = np.random.default_rng([self._seed, 0x73696D])
        rows = rng.permutation(len(self._y))[: points[0]]
        for at, point in enumerate(points):
            predicted, probabilities = self._fit(rows)
            yield accuracy(self._y_held, predicted), macro_f1(self._y_held, predicted)
            if at + 1 < len(points):
                rows = np.concatenate([rows, self._ask(strategy, rows, probabilities, points[at + 1] - point, rng)])

    def _ask(self, strategy: str, rows: Ids, probabilities: FloatArray, count: int, rng: np.random.Generator) -> Ids:
        """The next `count` candidates: highest utility first, ties by chance."""
        candidates = np.setdiff1d(np.arange(len(self._y)), rows)
        query = Query(probabilities[candidates], self._X[candidates], self._X[rows], self._y[rows], batch=count)
        utilities = QUERY_STRATEGIES[strategy].utilities(query, rng)
        return candidates[np.lexsort((rng.random(len(candidates)), -utilities))[:count]]

    def _fit(self, rows: Ids) -> tuple[Ids, FloatArray]:
        """Predicted ids of the held-out part, and probabilities of all candidates."""
        seen = np.unique(self._y[rows])
        if len(seen) == 1:  # nothing to tell apart yet: everything is that class
            return np.full(len(self._y_held), seen[0]), np.ones((len(self._y), 1), np.float32)
        head = fit_head(self._X[rows], self._y[rows], strength=self._strength, seed=self._seed)
        ids = np.asarray(head.class_ids)
        return ids[head.logits(self._X_held).argmax(axis=1)], head.probabilities(self._X)


def _check(truth: Ids, budget: int, batch: int, strategies: tuple[str, ...], seeds: int) -> None:
    if not strategies:
        raise KnownError("No strategy is named.", f"Use default or: {', '.join(QUERY_STRATEGIES)}.")
    unknown = [name for name in strategies if name not in QUERY_STRATEGIES]
    if unknown:
        raise KnownError(
            f"There is no strategy named {', '.join(unknown)}.", f"Use default or: {', '.join(QUERY_STRATEGIES)}."
        )
    if len(truth) < _FEWEST or len(np.unique(truth)) < 2:
        raise KnownError(
            f"A simulation needs at least {_FEWEST} items of two classes whose class is known.",
            "Make the project with the labels as hidden truth.",
        )
    if batch < 1 or seeds < 1:
        raise KnownError("Batch and seeds must be at least 1.")
    candidates = len(truth) - _held_out(len(truth))
    if not batch <= budget <= candidates:
        raise KnownError(
            f"The budget must be at least one batch ({batch}) and at most {candidates}, the items not held out."
        )


def _held_out(items: int) -> int:
    """How many items are kept aside to measure on."""
    return math.ceil(items * HELD_OUT_SHARE)


def _split(truth: Ids, seed: int) -> tuple[Ids, Ids]:
    """A seeded split into candidates and held-out part, by class where every class has two items."""
    counts = np.unique(truth, return_counts=True)[1]
    held_out = _held_out(len(truth))
    room = min(held_out, len(truth) - held_out)
    by_class = truth if counts.min() >= 2 and room >= len(counts) else None
    rows = np.arange(len(truth))
    train, held = train_test_split(rows, test_size=held_out, random_state=seed, stratify=by_class)
    return np.sort(train), np.sort(held)
