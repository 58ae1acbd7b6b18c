"""Scoring: every item of the pool gets class probabilities from one model."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.sentences import say
from hitl_desktop.learning.bundles import ModelBundle, load_bundle
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.workflow.check_scores import rows_kept
from hitl_desktop.workflow.embedding import embedded
from hitl_desktop.workflow.extraction import features_of
from hitl_desktop.workflow.quick_files import add_quick_rows, write_quick_rows
from hitl_desktop.workflow.quick_paths import quick_rows_file
from hitl_desktop.workflow.requests import Scored, ScoreRequest
from hitl_desktop.workflow.scores import read_scores, write_scores

_CHUNK = 5000


def score_pool(request: ScoreRequest, progress: Progress, cancelled: CancelCheck) -> Scored:
    """Score the pool with a stored model and write the probabilities to `request.out`.

    What is scored already, and is to be kept, is not scored again. Raises Cancelled, and KnownError for a damaged model
    or one made for another kind of data.
    """
    bundle = load_bundle(request.bundle)
    if bundle.kind != request.features.kind:
        raise KnownError(
            say("The model was made for another kind of data."), say("Choose another model, or train again.")
        )
    features = features_of(replace(request.features, extractor=bundle.extractor), progress, cancelled)
    kept = _kept(request)
    fresh = features.of(range(len(kept), features.items)) if len(kept) else features
    rows = embedded(request.features.cache, fresh, bundle.representation, progress, cancelled)
    scores = probabilities_for(bundle, rows, fresh.rows, features.items, request.label_ids, cancelled)
    scores[: len(kept)] = kept
    if len(kept):
        add_quick_rows(request.out, fresh, rows, len(kept))
    else:
        write_quick_rows(quick_rows_file(request.out, features.items), features, rows, 0)
    write_scores(request.out, scores)
    return Scored(request.out, len(scores), features.unreadable, _on_checks(request, progress, cancelled))


def _kept(request: ScoreRequest) -> FloatArray:
    """The scores that are there and stay (m, k); classes that came since have probability 0 in them."""
    classes = len(request.label_ids)
    stored = read_scores(request.out) if request.keep else None
    if stored is None or stored.shape[1] > classes:
        return np.empty((0, classes), np.float32)
    kept = np.zeros((min(request.keep, len(stored)), classes), np.float32)
    kept[:, : stored.shape[1]] = stored[: len(kept)]
    kept[~np.isfinite(kept).all(axis=1)] = np.nan
    return kept


def _on_checks(
    request: ScoreRequest, progress: Progress, cancelled: CancelCheck
) -> dict[int, tuple[npt.NDArray[np.int64], FloatArray]]:
    """What earlier versions say of checks that came after them; a version that cannot be read says nothing."""
    found = {}
    for version, folder in request.versions:
        there = set(rows_kept(folder).tolist())
        missing = [row for row in request.checks if row not in there]
        if not missing:
            continue
        try:
            bundle = load_bundle(folder)
            features = features_of(replace(request.features, extractor=bundle.extractor), progress, cancelled)
        except KnownError:
            continue
        features = features.of(set(missing))
        rows = bundle.representation.transform(features.X) if features.rows else np.empty((0, 1), np.float32)
        scores = probabilities_for(bundle, rows, features.rows, features.items, request.label_ids, cancelled)
        found[version] = np.asarray(missing, np.int64), scores[missing]
    return found


def probabilities_for(
    bundle: ModelBundle,
    rows: Matrix,
    places: Sequence[int],
    items: int,
    label_ids: Sequence[int],
    cancelled: CancelCheck,
) -> FloatArray:
    """Probabilities (items, classes) with columns as in `label_ids`; NaN for items not in `places`.

    `rows` (len(places), d) are what the model sees of those. Classes the model does not know have probability 0.
    """
    scores = np.full((items, len(label_ids)), np.nan, np.float32)
    columns = np.asarray([label_ids.index(c) for c in bundle.head.class_ids], np.int64)
    indexes = np.asarray(places, np.int64)
    for start in range(0, len(indexes), _CHUNK):
        if cancelled():
            raise Cancelled
        part = indexes[start : start + _CHUNK]
        scores[part] = 0.0
        scores[np.ix_(part, columns)] = bundle.probabilities_of(rows[start : start + len(part)])
    return scores
