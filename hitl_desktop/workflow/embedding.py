"""From cached features to the rows a model sees, which are cached too: making them may take milliseconds an item."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.features.extractor import Extractor
from hitl_desktop.language import tr
from hitl_desktop.learning.representations import REPRESENTATIONS, Matrix, Representation, representation_for
from hitl_desktop.workflow.extraction import Features
from hitl_desktop.workflow.scores import read_arrays, write_arrays

_CHUNK: Final = 512
_FIT_ROWS: Final = 4000
"""So many rows are enough to fit a dense representation."""
_FORMAT: Final = 2
"""Part of the names of what is kept: goes up when the same representation comes to be kept, or computed, otherwise."""
_KEPT: Final = 3
"""How many representations' rows are kept: the model's in the box, the last one trained, and one more."""


@dataclass(frozen=True, slots=True)
class PoolRepresentation:
    """A representation fitted on the pool, and its name in the table."""

    name: str
    representation: Representation


def pool_representation(cache_folder: Path, features: Features, view: str, seed: int) -> PoolRepresentation:
    """The representation of `view` that was fitted on these items before, or a new one.

    It is kept beside the cached features, so that every training of the same pool maps items to the same rows.
    """
    blocks = features.blocks
    name = representation_for(features.take(range(min(1, len(features.rows)))), blocks)
    kind_of = REPRESENTATIONS[name]
    basis = features.of(range(features.fitted_on)) if 0 < features.fitted_on < features.items else features
    mark = _mark(name, view, features.fitted_on or features.items, len(basis.rows), seed)
    path = cache_folder / f"representation-{mark}.npz"
    stored = read_arrays(path)
    if stored is not None:
        try:
            return PoolRepresentation(name, kind_of.from_arrays(stored, blocks))
        except (LookupError, ValueError):  # a whole file with other arrays in it: made anew
            pass
    rng = np.random.default_rng(seed)
    stored = kind_of.fit(_to_fit_on(basis, rng), blocks, rng).arrays()
    write_arrays(path, stored)
    # What is kept may be rounded, so the rounded map is used from the first training on.
    return PoolRepresentation(name, kind_of.from_arrays(stored, blocks))


def _mark(*facts: Any) -> str:
    """A part of a file's name that stands for all that decides what lies in there."""
    return hashlib.sha256(repr((_FORMAT, *facts)).encode()).hexdigest()[:24]


def embedded(
    cache_folder: Path, features: Features, representation: Representation, progress: Progress, cancelled: CancelCheck
) -> Matrix:
    """The rows (len(features.rows), d) a model with this representation sees: from the cache, or made now.

    Sparse rows are made anew each time, which costs less than reading them. Raises Cancelled; what was made until
    then stays in the cache.
    """
    total = len(features.rows)
    if features.is_sparse or not total:
        return representation.transform(features.X)
    dims = int(representation.transform(features.take([0])).shape[1])
    cache = row_cache(cache_folder, features.caches, representation, dims)
    missing = cache.missing(features.digests)
    for at in range(0, len(missing), _CHUNK):
        if cancelled():
            raise Cancelled
        part = missing[at : at + _CHUNK]
        cache.append([features.digests[i] for i in part], representation.transform(features.take(part)))
        progress(total - len(missing) + at + len(part), total, tr("Preparing features"))
    os.utime(cache_folder / cache.extractor.cache_name)  # adding rows to its files does not change a folder's time
    _forget_old(cache_folder, cache.extractor.cache_name)
    return cache.rows(features.digests)


def _to_fit_on(features: Features, rng: np.random.Generator) -> Matrix:
    """All sparse rows, as rare words are counted; of dense rows, a seeded draw."""
    total = len(features.rows)
    if features.is_sparse or total <= _FIT_ROWS:
        return features.X
    return features.take(np.sort(rng.choice(total, _FIT_ROWS, replace=False)).tolist())


def row_cache(
    cache_folder: Path, caches: Sequence[FeatureCache], representation: Representation, dims: int
) -> FeatureCache:
    """The cache of the rows (n, `dims`) that one representation makes of the features in `caches`."""
    made_of = [feature_cache.extractor.cache_name for feature_cache in caches]
    name = f"rows-{_mark(made_of, representation.digest())}"
    return FeatureCache(cache_folder, Extractor(name, 1, "", (("rows", dims),), False, _never_extracted))


def _never_extracted(_: Any) -> Any:
    raise NotImplementedError("These rows come from a representation.")


def _forget_old(cache_folder: Path, in_use: str) -> None:
    """Remove the rows of representations that were not used for long."""
    others = [path for path in cache_folder.glob("rows-*") if path.name != in_use]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in others[_KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)
