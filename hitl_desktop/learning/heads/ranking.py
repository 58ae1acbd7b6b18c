"""The head of a reward model: one score per answer, and from the scores how likely each is to be preferred.

Bradley and Terry, "Rank analysis of incomplete block designs", Biometrika 1952; with ties as in Davidson, "On extending
the Bradley-Terry model to accommodate ties", JASA 1970, for any number of answers: equal and bad have the mean of the
scores, moved by how often people said so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.heads.head import read_class_ids, softmax_rows
from hitl_desktop.learning.representations import Arrays, Matrix
from hitl_desktop.learning.representations.answers import places_of

TIES: Final = 2
"""Classes beside the answers: equal, and bad."""
_ABSENT: Final = -30.0


@dataclass(frozen=True, slots=True)
class RankingHead:
    """Scores are `weights` (d,) times what an answer is like; `ties` (2,) are the log odds of equal and bad.

    `class_ids` are one for each answer that may be the best, then equal and bad.
    """

    kind: ClassVar[str] = "ranking"

    class_ids: tuple[int, ...]
    weights: FloatArray
    ties: FloatArray

    def scores(self, X: Matrix) -> FloatArray:
        """Rows (n, dims) of `AnswerPlaces` → one score per place (n, places); NaN where there is no answer."""
        places = places_of(np.asarray(X, np.float32))
        if places.shape[2] != len(self.weights) + 1:
            raise ValueError("the rows are not those of this reward model")
        return np.where(places[:, :, 0] > 0, places[:, :, 1:] @ self.weights, np.nan).astype(np.float32)

    def logits(self, X: Matrix) -> FloatArray:
        """Rows (n, dims) → logits (n, k)."""
        answers = len(self.class_ids) - TIES
        scores = self.scores(X)[:, :answers]
        there = np.isfinite(scores)
        known = np.where(there, scores, 0.0)
        mean = known.sum(axis=1, keepdims=True) / np.maximum(there.sum(axis=1, keepdims=True), 1)
        found = np.full((len(scores), answers), _ABSENT, np.float32)
        # Only differences count; around their mean they stay small, whatever a prompt makes of all answers.
        found[:, : scores.shape[1]] = np.where(there, known - mean, _ABSENT)
        return np.hstack([found, np.broadcast_to(self.ties, (len(scores), TIES))]).astype(np.float32)

    def probabilities(self, X: Matrix) -> FloatArray:
        """Rows (n, dims) → class probabilities (n, k), each row adding to 1."""
        return softmax_rows(self.logits(X))

    def with_class_ids(self, ids: tuple[int, ...]) -> "RankingHead":
        """The same head with other names for its columns."""
        return replace(self, class_ids=ids)

    def arrays(self) -> Arrays:
        """Weights, log odds of ties, class ids."""
        return {"weights": self.weights, "ties": self.ties, "class_ids": np.asarray(self.class_ids, np.int64)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "RankingHead":
        """The inverse of `arrays`."""
        weights, ties = arrays["weights"].astype(np.float32), arrays["ties"].astype(np.float32)
        if weights.ndim != 1 or ties.shape != (TIES,):
            raise ValueError("weights and ties do not belong together")
        ids = read_class_ids(arrays, len(arrays["class_ids"].ravel()))
        if len(ids) < TIES + 2:
            raise ValueError("a reward model knows two answers at least")
        return cls(ids, weights, ties)
