"""From cached features to the rows a model sees, which are cached too: making them may take milliseconds an item."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.sparse as sp

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.features.extractor import Extractor
from hitl_desktop.learning.representations import Matrix, Representation
from hitl_desktop.workflow.extraction import Features

_log = logging.getLogger(__name__)
_CHUNK: Final = 512
_KEPT: Final = 3
"""How many representations' rows are kept: the model's in the box, the last one trained, and one more."""


def embedded(
    cache_folder: Path, features: Features, representation: Representation, progress: Progress, cancelled: CancelCheck
) -> Matrix:
    """The rows (len(features.rows), d) a model with this representation sees: from the cache, or made now.

    Sparse rows are made anew each time, which costs less than reading them. Raises Cancelled; what was made until
    then stays in the cache.
    """
    total = len(features.rows)
    if sp.issparse(features.X):
        return _joined([representation.transform(features.X[at : at + _CHUNK]) for at in range(0, total, _CHUNK)])
    digests = features.digests
    first = representation.transform(features.X[:1])
    cache = FeatureCache(cache_folder, _rows_of(representation, first.shape[1]))
    missing = cache.missing(digests)
    for at in range(0, len(missing), _CHUNK):
        if cancelled():
            raise Cancelled
        part = missing[at : at + _CHUNK]
        cache.append([digests[i] for i in part], representation.transform(features.X[part]))
        progress(total - len(missing) + at + len(part), total, "Preparing features")
    _forget_old(cache_folder, cache.extractor.key)
    return cache.rows(digests)


@dataclass(frozen=True, slots=True)
class PoolRepresentation:
    """A representation fitted on the pool, and its name in the table."""

    name: str
    representation: Representation


def pool_representation(cache_folder: Path, features: Features, view: str, seed: int) -> PoolRepresentation:
    """The representation of `view` that was fitted on these items, or a new one.

    It is kept beside the cached features, so that every training of the same pool maps items to the same rows.
    """
    blocks = features.blocks
    name = representation_for(features.X, blocks)
    mark = hashlib.sha256(repr((view, features.items, len(features.rows), seed)).encode()).hexdigest()[:24]
    path = cache_folder / f"representation-{mark}.npz"
    stored = read_arrays(path)
    if stored is not None:
        return PoolRepresentation(name, REPRESENTATIONS[name].from_arrays(stored, blocks))
    fitted = REPRESENTATIONS[name].fit(features.X, blocks, np.random.default_rng(seed))
    # What is kept may be rounded; all trainings then use the rounded map.
    write_arrays(path, fitted.arrays())
    return PoolRepresentation(name, REPRESENTATIONS[name].from_arrays(fitted.arrays(), blocks))


def _rows_of(representation: Representation, dims: int) -> Extractor:
    """The rows of one representation, as the cache names them: `rows-<digest>-v1`."""
    return Extractor(f"rows-{representation.digest()[:24]}", 1, "", (("rows", dims),), False, _never_extracted)


def _never_extracted(items: Any) -> Any:
    raise NotImplementedError("rows come from a representation")


def _forget_old(cache_folder: Path, in_use: str) -> None:
    """Remove the rows of representations that were not used for long."""
    folders = sorted(cache_folder.glob("rows-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in [f for f in folders if f.name != in_use][_KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)
