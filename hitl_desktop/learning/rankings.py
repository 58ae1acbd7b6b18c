"""Training a reward model: rankings as pairs of answers, of which one is better or both are equal."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.responses import MOST_ANSWERS
from hitl_desktop.learning.cross_validation import Ids, spread
from hitl_desktop.learning.estimators import Estimator, Settings
from hitl_desktop.learning.heads import TOLERANCE, RankingHead
from hitl_desktop.learning.heads.head import without_advice
from hitl_desktop.learning.heads.ranking import TIES
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.representations.answers import places_of

Ranks = npt.NDArray[np.int8]
"""Per item the rank of each answer, 0 for the best, −1 where there is none or it was not ranked: (n, MOST_ANSWERS)."""
_ITERATIONS: Final = 1000
_HALF: Final = 0.5


def ranks_of(ranking: Sequence[Sequence[int]]) -> Ranks:
    """One ranking, best group first, as ranks (MOST_ANSWERS,)."""
    ranks = np.full(MOST_ANSWERS, -1, np.int8)
    for rank, group in enumerate(ranking):
        ranks[list(group)] = rank
    return ranks


def implied_ranks(labels: Ids, class_ids: Sequence[int]) -> Ranks:
    """What classes alone say, for items (n,) without a ranking: the best before all others, or all of them equal."""
    column: Ids = np.argsort(class_ids)[np.searchsorted(np.sort(class_ids), labels)]
    answers = len(class_ids) - TIES
    ranks = np.full((len(labels), MOST_ANSWERS), -1, np.int8)
    others = np.asarray(column < answers, np.int8)[:, None]
    ranks[:, :answers] = np.where(np.arange(answers) == column[:, None], 0, others)
    return ranks


def pairs_of(
    places: FloatArray, ranks: Ranks, of_items: npt.NDArray[np.float64] | None = None
) -> tuple[FloatArray, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The pairs that rankings imply: differences (m, d), 1 for the first better or 0.5 for equal, and weights.

    `places` (n, places, 1 + d), `of_items` (n,) the weight of each item. The pairs of one ranking of k answers weigh
    k − 1 together: it has no more to say.
    """
    differences, targets, weights = [], [], []
    there = places[:, :, 0] > 0
    ranked = np.where(there, ranks[:, : places.shape[1]], -1)
    count = (ranked >= 0).sum(axis=1)
    for i in range(places.shape[1]):
        for j in range(i + 1, places.shape[1]):
            both = np.flatnonzero((ranked[:, i] >= 0) & (ranked[:, j] >= 0))
            differences.append(places[both, i, 1:] - places[both, j, 1:])
            targets.append(np.where(ranked[both, i] == ranked[both, j], _HALF, ranked[both, i] < ranked[both, j]))
            own = np.ones(len(both)) if of_items is None else of_items[both]
            weights.append(own * 2.0 / np.maximum(count[both], 2))
    return np.concatenate(differences), np.concatenate(targets), np.concatenate(weights)


def fit_scores(
    places: FloatArray, ranks: Ranks, strength: float, weights: npt.NDArray[np.float64] | None = None
) -> FloatArray:
    """The weights (d,) of scores: logistic regression without an intercept on both orientations of every pair.

    A tie counts half for each side. `strength` is scikit-learn's C per pair; `weights` (n,) are those of the items.
    """
    from sklearn.linear_model import LogisticRegression

    difference, target, weight = pairs_of(places, ranks, weights)
    rows = np.vstack([difference, -difference])
    better = np.concatenate([target, 1 - target])
    both = np.concatenate([weight, weight]) / 2
    # A row and its part: for the first being better by `better`, for it being worse by the rest.
    model = LogisticRegression(C=strength, fit_intercept=False, tol=TOLERANCE, max_iter=_ITERATIONS)
    kept = [(rows, np.ones(len(rows)), both * better), (rows, np.zeros(len(rows)), both * (1 - better))]
    X = np.vstack([r[w > 0] for r, _, w in kept])
    y = np.concatenate([t[w > 0] for _, t, w in kept])
    with without_advice():
        model.fit(X, y, sample_weight=np.concatenate([w[w > 0] for _, _, w in kept]))
    return np.asarray(model.coef_[0], np.float32)


def tie_odds(labels: Ids, class_ids: Sequence[int]) -> FloatArray:
    """Log odds (2,) of equal and bad against one answer of average score, from how often people say so."""
    answers = len(class_ids) - TIES
    counts = np.array([np.count_nonzero(labels == i) for i in class_ids], np.float64)
    decided = (counts[:answers].sum() + 1) / answers
    return np.asarray(np.log((counts[answers:] + 0.5) / decided), np.float32)


def for_answers(estimator: Estimator, class_ids: Sequence[int]) -> Estimator:
    """The same way to train, for labels that say which of some answers is best: `class_ids` are the answers', then
    those of equal and bad.
    """
    ids = tuple(class_ids)

    def fit(lesson: Lesson, settings: Settings) -> RankingHead:
        places = places_of(np.asarray(lesson.rows, np.float32))
        ranks = implied_ranks(lesson.labels, ids)
        if lesson.ranks is not None:
            ranks = np.where(np.max(lesson.ranks, axis=1, keepdims=True) >= 0, lesson.ranks, ranks)
        return RankingHead(ids, fit_scores(places, ranks, settings["C"], lesson.weights), tie_odds(lesson.labels, ids))

    def held_out(lesson: Lesson, settings: Settings, folds: Sequence[Ids]) -> FloatArray:
        seen = np.unique(lesson.labels)
        found = np.full((len(lesson.labels), len(seen)), 1 / len(seen), np.float32)
        columns = [ids.index(int(i)) for i in seen]
        for fold in folds:
            part = lesson.part(np.setdiff1d(np.arange(len(lesson.labels)), fold))
            if len(np.unique(part.labels)) > 1:
                said = fit(part, settings).probabilities(lesson.rows[fold])[:, columns]
                found[fold] = spread(said / said.sum(axis=1, keepdims=True), seen.tolist(), seen)
        return found

    return replace(estimator, fit=fit, closed_form=held_out)


def compared(rows: FloatArray, probabilities: FloatArray | None = None) -> FloatArray:
    """What one would learn from each comparison: the difference (n, d) of its two best answers, the first two before
    there is a model. `probabilities` (n, k) have a column for each answer first.
    """
    places = places_of(rows)
    there = places[:, :, 0] > 0
    liking = np.where(there, -np.arange(places.shape[1], dtype=float), -np.inf)
    if probabilities is not None:
        count = min(places.shape[1], probabilities.shape[1])
        liking[:, :count] = np.where(there[:, :count], probabilities[:, :count], -np.inf)
    order = np.argsort(-liking, axis=1, kind="stable")
    at = np.arange(len(rows))
    first, second = np.minimum(order[:, 0], order[:, 1]), np.maximum(order[:, 0], order[:, 1])
    return np.asarray(places[at, first, 1:] - places[at, second, 1:], np.float32)
