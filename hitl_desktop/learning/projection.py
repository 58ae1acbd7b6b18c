"""A pool on a plane: near each other is what a model sees as alike. For looking; nothing is computed from it."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.protocols import CancelCheck, never_cancelled
from hitl_desktop.learning.clustering import dense, pool_clusters, squared_distances

Ids = npt.NDArray[np.int64]

LANDMARKS: Final = 2_000
"""So many items are laid out against each other; the others go where those like them are."""
_DIRECTIONS: Final = 50
_NEIGHBOURS: Final = 5
_AT_ONCE: Final = 4_096
_PERPLEXITY: Final = 30.0
_FEWEST: Final = 12
"""With fewer items there are no neighbourhoods to keep."""
_GROUPS: Final = (2, 24)


@dataclass(frozen=True, slots=True)
class Layout:
    """`places` (n, 2) float32, 0–1 each; `groups` (n,) the number of the group of alike items, the largest first."""

    places: FloatArray
    groups: Ids


def laid_out(rows: Any, seed: int, cancelled: CancelCheck = never_cancelled) -> Layout:
    """Lay out rows (n, d), dense or sparse: t-SNE of at most `LANDMARKS` of them on their main directions, the others
    at the weighted mean of their nearest landmarks. The same rows and seed give the same layout. Raises Cancelled.

    Sources: van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 2008; the start by main directions is from
    Kobak and Berens, "The art of using t-SNE for single-cell transcriptomics", Nature Communications 2019.
    """
    rng = np.random.default_rng([seed, 0x6D6170])
    reduced = _main_directions(dense(rows), seed)
    if len(reduced) < _FEWEST:
        places = np.zeros((len(reduced), 2), np.float32)
        places[:, : min(2, reduced.shape[1])] = reduced[:, :2]
        return Layout(_to_unit(places), np.zeros(len(reduced), np.int64))
    _stop_where(cancelled)
    chosen = np.sort(rng.permutation(len(reduced))[:LANDMARKS])
    landmarks = _neighbourhoods(reduced[chosen], seed)
    _stop_where(cancelled)
    places = landmarks if len(chosen) == len(reduced) else _among(reduced, reduced[chosen], landmarks, cancelled)
    count = int(np.clip(np.sqrt(len(reduced) / 8), *_GROUPS))
    groups, _ = pool_clusters(reduced, count, rng)
    return Layout(_to_unit(places), _largest_first(groups))


def _main_directions(rows: FloatArray, seed: int) -> FloatArray:
    """At most 50 main directions of the rows (n, d)."""
    centred = rows - rows.mean(axis=0, keepdims=True) if len(rows) else rows
    if min(centred.shape) <= _DIRECTIONS:
        return np.asarray(centred, np.float32)
    from sklearn.utils.extmath import randomized_svd

    left, lengths, _ = randomized_svd(centred, n_components=_DIRECTIONS, random_state=seed)
    return np.asarray(left * lengths, np.float32)


def _neighbourhoods(rows: FloatArray, seed: int) -> FloatArray:
    from sklearn.manifold import TSNE

    spread = rows[:, :2] / max(float(rows[:, 0].std()), 1e-12) * 1e-4
    start = np.zeros((len(rows), 2), np.float32)
    start[:, : spread.shape[1]] = spread
    if not start.any():  # all alike: any plane will do
        return start
    perplexity = min(_PERPLEXITY, (len(rows) - 1) / 3)
    model = TSNE(2, perplexity=perplexity, init=start, random_state=seed, n_jobs=1, max_iter=500)
    return np.asarray(model.fit_transform(rows), np.float32)


def _among(rows: FloatArray, landmarks: FloatArray, places: FloatArray, cancelled: CancelCheck) -> FloatArray:
    """Where each row (n, d) goes: the mean of the places (m, 2) of its nearest landmarks (m, d), by their closeness."""
    found = np.empty((len(rows), 2), np.float32)
    for start in range(0, len(rows), _AT_ONCE):
        _stop_where(cancelled)
        squares = squared_distances(rows[start : start + _AT_ONCE], landmarks)
        nearest = np.argpartition(squares, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
        weights = 1.0 / (np.take_along_axis(squares, nearest, axis=1) + 1e-9)
        weights /= weights.sum(axis=1, keepdims=True)
        found[start : start + _AT_ONCE] = np.einsum("nk,nkc->nc", weights, places[nearest])
    return found


def _to_unit(places: FloatArray) -> FloatArray:
    """The same places with each side from 0 to 1."""
    if not len(places):
        return places
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - low) / np.maximum(high - low, 1e-12), np.float32)


def _largest_first(groups: Ids) -> Ids:
    """The same groups, numbered by their size."""
    names, numbered, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    rank = np.empty(len(names), np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(names))
    return np.asarray(rank[numbered], np.int64)


def _stop_where(cancelled: CancelCheck) -> None:
    if cancelled():
        raise Cancelled
