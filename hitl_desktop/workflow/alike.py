"""The task behind "Find alike": the items nearest to one item, by what models are taught with."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import issparse

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.sentences import say
from hitl_desktop.learning.asking import embedding_of
from hitl_desktop.learning.bundles import load_bundle
from hitl_desktop.learning.near_copies import ALIKE
from hitl_desktop.workflow.alike_request import Alike, AlikeRequest
from hitl_desktop.workflow.embedding import embedded, pool_representation
from hitl_desktop.workflow.extraction import Features, features_of
from hitl_desktop.workflow.requests import FeatureRequest

_AT_ONCE = 20_000


def find_alike(request: AlikeRequest, progress: Progress, cancelled: CancelCheck) -> Alike:
    """The items of the pool nearest to one, by the cosine of their rows. Raises Cancelled, and KnownError when the
    item cannot be read.
    """
    features = features_of(request.features, progress, cancelled)
    if request.index not in features.unreadable and request.index in features.rows:
        rows = rows_seen(request.features, request.bundle, request.seed, features, progress, cancelled)
        at = features.rows.index(request.index)
        cosines = _cosines(rows, at)
        order = np.argsort(-cosines, kind="stable")
        order = order[order != at][: request.count]
        indexes = tuple(int(features.rows[place]) for place in order)
        return Alike(request.index, indexes, sum(bool(cosines[place] >= ALIKE) for place in order))
    raise KnownError(say("This item cannot be read, so nothing can be compared with it."))


def rows_seen(
    asked: FeatureRequest,
    bundle: Path | None,
    seed: int,
    features: Features,
    progress: Progress,
    cancelled: CancelCheck,
) -> Any:
    """What the model in `bundle` sees of the items, rows (n, d); without one, what the first one will see."""
    cache = asked.cache
    representation = (
        load_bundle(bundle).representation
        if bundle is not None
        else pool_representation(cache, features, asked.extractor, seed).representation
    )
    return embedding_of(embedded(cache, features, representation, progress, cancelled), features.blocks)


def _cosines(rows: Any, at: int) -> npt.NDArray[np.float32]:
    """The cosine of every row (n, d), dense or sparse, with the row at one place; a row of zeros is like nothing."""
    found = np.empty(rows.shape[0], np.float32)
    wanted = rows[at : at + 1]
    for start in range(0, len(found), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        inner = part @ wanted.T
        squares = part.multiply(part).sum(axis=1) if issparse(part) else np.einsum("nd,nd->n", part, part)
        lengths = np.sqrt(np.asarray(squares, np.float64)).ravel()
        inner = np.asarray(inner.toarray() if issparse(inner) else inner, np.float64).ravel()
        found[start : start + _AT_ONCE] = inner / np.maximum(lengths, 1e-12)
    return np.asarray(found / max(float(found[at]), 1e-12), np.float32)
