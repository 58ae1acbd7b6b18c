"""Comparisons for a head: what each answer says, is like and means, in few columns of one scale.

The rows that come out have a place for each answer, and in a last column the number of places, so that whoever gets
them can take them apart (`places_of`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.responses import MOST_ANSWERS
from hitl_desktop.learning.representations.representation import Arrays, Blocks, Matrix, digest_of, parts

WORDS: Final = "answer-words"
MEANING: Final = "answer-minilm"
STYLE: Final = 12
"""The columns at the end of a place of words: how an answer is written. As in `features.answers`."""
_TOPICS: Final = 128
_FIT_ANSWERS: Final = 12_000
_CLIP: Final = 5.0
"""Standard deviations: an answer far longer than all others is not a hundred times as good or bad."""
_POWER_ROUNDS: Final = 4


def places_of(rows: FloatArray) -> FloatArray:
    """Transformed rows (n, d) as (n, places, width): in each place 1 where there is an answer, then what it is like."""
    places = max(1, int(rows[0, -1])) if len(rows) else 1
    return rows[:, :-1].reshape(len(rows), places, -1)


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """Words weighted by how rare they are, reduced to topics; and style, standardised.

    `columns` (m,) are the words that at least two answers have, `weights` (m,) their inverse document frequencies,
    `topics` (m, ≤ 128) the directions; `mean` and `scale` (STYLE,) standardise style.
    """

    columns: npt.NDArray[np.int64]
    weights: FloatArray
    topics: FloatArray
    mean: FloatArray
    scale: FloatArray

    @classmethod
    def fit(cls, X: Matrix, rng: np.random.Generator) -> "AnswerWords":
        """Fit on answers (m, 1 + words + STYLE)."""
        counts = X[:, 1:-STYLE]
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        columns = np.flatnonzero(frequency >= 2)
        weights = (np.log((1 + X.shape[0]) / (1 + frequency[columns])) + 1).astype(np.float32)
        style = X[:, -STYLE:].toarray()
        spread = style.std(axis=0) if len(style) else np.zeros(STYLE)
        mean = style.mean(axis=0) if len(style) else np.zeros(STYLE)
        scale = np.where(spread > 1e-5, 1 / (np.maximum(spread, 1e-5) * np.sqrt(STYLE)), 0.0)
        blank = cls(
            columns, weights, np.zeros((len(columns), 0), np.float32), mean.astype(np.float32), scale.astype(np.float32)
        )
        weighted = blank.weighted(X)
        keep = min(_TOPICS, min(weighted.shape, default=0) - 1)
        if keep < 1:
            return blank
        from sklearn.utils.extmath import randomized_svd

        seed = int(rng.integers(2**31))
        _, _, directions = randomized_svd(weighted, keep, n_iter=_POWER_ROUNDS, random_state=seed)
        topics = np.asarray(directions.T, np.float32)
        energy = float(np.square(weighted @ topics).sum(axis=1).mean())
        topics = topics / np.float32(np.sqrt(max(energy, 1e-6)))
        return cls(columns, weights, topics, blank.mean, blank.scale)

    def weighted(self, X: Matrix) -> Matrix:
        """Weighted word counts of answers (m, words), each row of length 1."""
        counts = X[:, 1:-STYLE][:, self.columns].tocsr()
        data = (1 + np.log(np.maximum(counts.data, 1))) * self.weights[counts.indices]
        rows = sp.csr_matrix((data.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)
        length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
        return sp.diags(1 / np.maximum(length, 1e-9)).dot(rows).tocsr()

    def transform(self, X: Matrix) -> FloatArray:
        """Answers (m, 1 + words + STYLE) → (m, topics + STYLE)."""
        style = (X[:, -STYLE:].toarray() - self.mean) * self.scale
        bound = _CLIP / np.sqrt(STYLE)
        return np.hstack([self.weighted(X) @ self.topics, np.clip(style, -bound, bound)]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class AnswerPlaces:
    """Comparisons (n, features) → (n, places · width + 1). A place is 1 and then its answer; empty ones are zero.

    Words become topics (latent semantic analysis: Deerwester et al., JASIS 1990) beside figures of style, an embedding
    stays as it is. Every part has mean square norm about 1.
    """

    blocks: tuple[tuple[str, int], ...]
    places: int
    words: AnswerWords | None

    @classmethod
    def fit(cls, X: Matrix, blocks: Blocks, rng: np.random.Generator) -> "AnswerPlaces":
        """Fit on unlabelled rows (n, features)."""
        found = [stacked_places(X[:, part], width) for (_, width), part in zip(blocks, parts(blocks), strict=True)]
        there = _there(found[0]) if found else np.zeros((0, MOST_ANSWERS), bool)
        places = max(2, int(there.any(axis=0).sum())) if len(there) else 2
        words = None
        for (name, _), stacked in zip(blocks, found, strict=True):
            if name == WORDS:
                answers = np.flatnonzero(there.ravel())
                if len(answers) > _FIT_ANSWERS:
                    answers = np.sort(rng.choice(answers, _FIT_ANSWERS, replace=False))
                words = AnswerWords.fit(stacked[answers], rng)
        return cls(tuple(blocks), places, words)

    def transform(self, X: Matrix) -> Matrix:
        """Rows (n, features) → (n, places · width + 1) float32. Answers beyond the places are left out."""
        n = X.shape[0]
        mapped: list[FloatArray] = []
        there = np.zeros((n, self.places), bool)
        for (name, width), part in zip(self.blocks, parts(self.blocks), strict=True):
            stacked = stacked_places(X[:, part], width)
            there = _there(stacked)[:, : self.places]
            wanted = (np.arange(n)[:, None] * MOST_ANSWERS + np.arange(self.places)).ravel()
            answers = stacked[wanted]
            rows = self.words.transform(answers) if name == WORDS and self.words else answers[:, 1:].toarray()
            mapped.append(np.asarray(rows, np.float32).reshape(n, self.places, -1))
        out = np.concatenate([there[:, :, None].astype(np.float32), *mapped], axis=2) * there[:, :, None]
        number = np.full((n, 1), self.places, np.float32)
        return np.hstack([out.reshape(n, -1), number]).astype(np.float32)

    def arrays(self) -> Arrays:
        """The number of places, and what was fitted on words."""
        named: Arrays = {"places": np.array([self.places], np.int64)}
        if self.words is not None:
            named |= {
                "columns": self.words.columns.astype(np.int32),
                "weights": self.words.weights,
                "topics": self.words.topics.astype(np.float16),
                "mean": self.words.mean,
                "scale": self.words.scale,
            }
        return named

    def digest(self) -> str:
        """SHA-256 in hex of what is saved."""
        return digest_of("answer-places", self.blocks, self.arrays())

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], blocks: Blocks) -> "AnswerPlaces":
        """The inverse of `arrays`. Raises KeyError when one is not there, ValueError when shapes do not fit."""
        places = int(arrays["places"].astype(np.int64).ravel()[0])
        if not 2 <= places <= MOST_ANSWERS:
            raise ValueError("There are not so many places.")
        if not any(name == WORDS for name, _ in blocks):
            return cls(tuple(blocks), places, None)
        columns, topics = arrays["columns"].astype(np.int64), arrays["topics"].astype(np.float32)
        weights, mean, scale = (arrays[name].astype(np.float32) for name in ("weights", "mean", "scale"))
        width = next(width for name, width in blocks if name == WORDS) // MOST_ANSWERS
        if topics.ndim != 2 or len(topics) != len(columns) or weights.shape != columns.shape:
            raise ValueError("The words do not belong together.")
        if mean.shape != (STYLE,) or scale.shape != (STYLE,):
            raise ValueError("The figures of style do not belong together.")
        if len(columns) and not (columns.min() >= 0 and columns.max() < width - 1 - STYLE):
            raise ValueError("There are not so many words.")
        return cls(tuple(blocks), places, AnswerWords(columns, weights, topics, mean, scale))


def stacked_places(X: Matrix, width: int) -> Matrix:
    """Rows of places (n, MOST_ANSWERS · w) as one row per place (n · MOST_ANSWERS, w), without copying much."""
    w = width // MOST_ANSWERS
    rows = sp.csr_matrix(X).tocoo()
    place = rows.col // w
    shape = (X.shape[0] * MOST_ANSWERS, w)
    return sp.csr_matrix((rows.data, (rows.row.astype(np.int64) * MOST_ANSWERS + place, rows.col % w)), shape=shape)


def _there(stacked: Matrix) -> npt.NDArray[np.bool_]:
    """Which places hold an answer: (n, MOST_ANSWERS)."""
    return np.asarray(stacked[:, 0].toarray().reshape(-1, MOST_ANSWERS) > 0)
