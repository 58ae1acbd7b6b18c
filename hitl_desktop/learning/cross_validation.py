"""Cross-validation: folds that keep classes spread and groups together, and the scores of what was held out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.findings import PRESENT
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.metrics import accuracy, macro_f1

Ids = npt.NDArray[np.int64]

FOLDS: Final = 5
UNSEEN_PROBABILITY: Final = 1e-3
"""What a class gets that the training part of a fold never held: its rows are errors, but not infinite ones."""


def folds_for(labels: Ids, groups: Ids | None, *, seed: int, folds: int = FOLDS) -> list[Ids]:
    """Row sets to hold out, one after another: every row in exactly one, ascending; none empty.

    Classes are dealt out evenly, also those with fewer members than folds. Rows of one group stay together. Fewer
    folds than asked for come back where there are fewer rows or groups. Labels (n,), groups (n,) or None.
    Source of the grouped rule: greedy, largest group first, as scikit-learn's StratifiedGroupKFold.
    """
    rng = np.random.default_rng([seed, 0x666F6C64])
    place = _dealt(labels, folds, rng) if groups is None else _dealt_groups(labels, groups, folds, rng)
    found = [np.flatnonzero(place == fold) for fold in range(folds)]
    return [rows for rows in found if len(rows)]


def _dealt(labels: Ids, folds: int, rng: np.random.Generator) -> Ids:
    """A fold number per row: class by class in random order, going on where the class before stopped."""
    order = rng.permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    place = np.empty(len(labels), np.int64)
    place[order] = np.arange(len(labels)) % folds
    return place


def _dealt_groups(labels: Ids, groups: Ids, folds: int, rng: np.random.Generator) -> Ids:
    """A fold number per row: each group to the fold that is then the least out of balance."""
    classes, columns = np.unique(labels, return_inverse=True)
    members, which = np.unique(groups, return_inverse=True)
    counts = np.zeros((len(members), len(classes)))
    np.add.at(counts, (which, columns), 1.0)
    share = counts / counts.sum(axis=0)
    load = np.zeros((folds, len(classes)))
    fold_of = np.empty(len(members), np.int64)
    order = rng.permutation(len(members))
    for group in order[np.argsort(-counts[order].sum(axis=1), kind="stable")]:
        unevenness = [float(((load[f] + share[group]) ** 2).sum() - (load[f] ** 2).sum()) for f in range(folds)]
        fold_of[group] = int(np.argmin(unevenness))
        load[fold_of[group]] += share[group]
    return fold_of[which]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How one way of training did on the rows held out: one loss per row (n,), and the figures made of them."""

    losses: npt.NDArray[np.float64]
    accuracy: float
    macro_f1: float

    @property
    def log_loss(self) -> float:
        """The mean loss: smaller is better."""
        return float(self.losses.mean())


def judged(
    probabilities: FloatArray, labels: Ids, class_ids: Ids, weights: npt.NDArray[np.float64] | None = None
) -> HeldOut:
    """Score held-out probabilities (n, k), columns as in `class_ids` (k,), against the labels (n,).

    `weights` (n,) of mean 1 weigh the losses, so that a rare class counts as much as a common one.
    """
    columns = np.searchsorted(class_ids, labels)
    of_truth = probabilities[np.arange(len(labels)), columns].astype(np.float64)
    predicted = class_ids[probabilities.argmax(axis=1)]
    losses = -np.log(np.maximum(of_truth, UNSEEN_PROBABILITY))
    if weights is not None:
        losses = losses * weights
    return HeldOut(losses, accuracy(labels, predicted), macro_f1(labels, predicted))


def judged_findings(probabilities: FloatArray, flags: npt.NDArray[np.bool_]) -> HeldOut:
    """Score held-out probabilities of findings against which are there, both (n, k).

    The loss of a row is the mean log-loss of its findings; accuracy asks for all findings of a row to be right;
    macro-F1 is the mean over findings that occur.
    """
    of_truth = np.where(flags, probabilities, 1 - probabilities).astype(np.float64)
    losses = -np.log(np.maximum(of_truth, UNSEEN_PROBABILITY)).mean(axis=1)
    said = probabilities >= PRESENT
    return HeldOut(losses, float((flags == said).all(axis=1).mean()), findings_f1(flags, said))


def findings_f1(flags: npt.NDArray[np.bool_], said: npt.NDArray[np.bool_]) -> float:
    """The mean F1 of the findings that are there or were said to be, both (n, k); 0 without any."""
    f1 = 2 * (flags & said).sum(axis=0) / np.maximum(flags.sum(axis=0) + said.sum(axis=0), 1)
    known = (flags | said).any(axis=0)
    return float(f1[known].mean()) if known.any() else 0.0


def no_worse(one: HeldOut, best: HeldOut) -> bool:
    """True when the losses of `one` are, pair by pair, within one standard error of those of `best`.

    Source: Breiman et al., "Classification and regression trees", 1984, section 3.4.3, on paired differences.
    """
    difference = one.losses - best.losses
    if len(difference) < 2:
        return True
    return bool(difference.mean() <= difference.std(ddof=1) / np.sqrt(len(difference)))


def spread(probabilities: FloatArray, seen: Sequence[int], class_ids: Ids) -> FloatArray:
    """Probabilities (n, s) of the classes `seen` in training → (n, k) for all of `class_ids`."""
    found = np.full((len(probabilities), len(class_ids)), UNSEEN_PROBABILITY, np.float32)
    found[:, np.searchsorted(class_ids, np.asarray(seen))] = probabilities
    return found
