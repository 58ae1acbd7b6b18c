"""The task behind `retraining`: fit on the decisions, calibrate on the checks, score the pool, and rank it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.language import tr
from hitl_desktop.learning.bundles import ModelBundle, load_bundle, save_bundle
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.learning.training import (
    FeatureSource,
    TrainingOptions,
    View,
    calibrated,
    can_be_adapted,
    train_from,
    train_from_scratch,
)
from hitl_desktop.workflow.asking_pool import write_asking
from hitl_desktop.workflow.calibrated_checks import keep_calibrated_checks
from hitl_desktop.workflow.embedding import PoolRepresentation, embedded, pool_representation
from hitl_desktop.workflow.extraction import SOON, Features, count_missing, features_of
from hitl_desktop.workflow.grouping import groups_of
from hitl_desktop.workflow.learning_choices import AUTOMATIC
from hitl_desktop.workflow.requests import Decided, Trained, TrainRequest
from hitl_desktop.workflow.scores import write_scores
from hitl_desktop.workflow.scoring import probabilities_for
from hitl_desktop.workflow.views import parts_of, views_for

_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class _Seen:
    """The pool in one view: its features, its representation, the rows made of both, and where each item's row is."""

    features: Features
    representation: PoolRepresentation
    rows: Matrix
    place: npt.NDArray[np.int64]

    def of(self, decided: Decided) -> tuple[Matrix, npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Rows and labels of the decided items that can be read, and which those are."""
        known = self.place[decided.rows] >= 0
        return self.rows[self.place[decided.rows[known]]], decided.labels[known], known


def train_and_score(request: TrainRequest, progress: Progress, cancelled: CancelCheck) -> Trained:
    """Train a model and score the pool with it; the files are new, what is in use is not touched.

    Raises Cancelled, and KnownError when there is nothing to learn from (no decisions, one class).
    """
    bundle, seen = _fit(request, progress, cancelled)
    check_rows, check_labels, known = seen.of(request.checks)
    bundle = calibrated(bundle, check_rows, check_labels)
    _step(2, tr("Scoring"), progress, cancelled)
    features = seen.features
    scores = probabilities_for(bundle, seen.rows, features.rows, features.items, request.label_ids, cancelled)
    _step(3, tr("Choosing what to ask"), progress, cancelled)
    write_asking(request.asking, features, seen.rows, scores, request.training, request.label_ids, request.seed)
    save_bundle(bundle, request.bundle_out)
    checks = request.checks.rows[known]
    keep_calibrated_checks(
        request.bundle_out, bundle, checks, check_rows, check_labels, request.label_ids, seed=request.seed
    )
    write_scores(request.scores_out, scores)
    progress(_STEPS, _STEPS, tr("Ready"))
    return Trained(
        request.bundle_out,
        request.scores_out,
        request.asking.out,
        (request.asking.start, request.asking.strategy),
        len(request.training.rows),
        features.unreadable,
    )


def _fit(request: TrainRequest, progress: Progress, cancelled: CancelCheck) -> tuple[ModelBundle, _Seen]:
    start = None if request.start is None else load_bundle(request.start)
    if start is not None and can_be_adapted(start.head):
        seen = _see(request, start.extractor, progress, cancelled, start)
        _step(1, tr("Learning"), progress, cancelled)
        rows, labels, _ = seen.of(request.training)
        return train_from(start, rows, labels, request.names, card=request.card), seen
    seen_in = {view: _see(request, view, progress, cancelled) for view in _ready(request)}
    _step(1, tr("Learning"), progress, cancelled)
    views = []
    # Not every view can read every item, and all of them learn from the same ones.
    everywhere = np.logical_and.reduce([seen.of(request.training)[2] for seen in seen_in.values()])
    readable = Decided(request.training.rows[everywhere], request.training.labels[everywhere])
    for view, seen in seen_in.items():
        rows, _, _ = seen.of(readable)
        source = FeatureSource(request.features.kind, view, seen.features.blocks)
        views.append(View(source, seen.representation.name, seen.representation.representation, rows))
    bundle = train_from_scratch(
        views,
        readable.labels,
        request.names,
        options=TrainingOptions(
            request.estimator, request.class_weight, request.label_ids if request.asking.several else ()
        ),
        groups=groups_of(request.features.folder, readable.rows, request.group_column),
        seed=request.seed,
        card={**request.card, "started_from": "nothing"},  # also where there is one that cannot be adapted
        warm=_warm(request.warm),
        cancelled=cancelled,
    )
    return bundle, seen_in[bundle.extractor]


def _warm(folder: Path | None) -> ModelBundle | None:
    """The model before; None when there is none, or its files are damaged: then the solver begins at zero."""
    try:
        return None if folder is None else load_bundle(folder)
    except KnownError:
        return None


def _ready(request: TrainRequest) -> list[str]:
    """The views to choose from now: those whose features are there, or soon made, or all when only they will do."""
    base = request.features.extractor
    views = list(views_for(request.features.kind, request.features_choice, base))
    if request.features_choice != AUTOMATIC:
        return views
    soon = [
        view
        for view in views
        if all(count_missing(replace(request.features, extractor=key)) <= SOON for key in parts_of(view))
    ]
    return soon or [base]


def _see(
    request: TrainRequest, view: str, progress: Progress, cancelled: CancelCheck, start: ModelBundle | None = None
) -> _Seen:
    cache = request.features.cache
    features = features_of(replace(request.features, extractor=view), progress, cancelled)
    fitted = (
        PoolRepresentation(start.representation_name, start.representation)
        if start
        else pool_representation(cache, features, view, request.seed)
    )
    rows = embedded(cache, features, fitted.representation, progress, cancelled)
    place = np.full(features.items, -1, np.int64)
    place[features.rows] = np.arange(len(features.rows))
    return _Seen(features, fitted, rows, place)


def _step(at: int, what: str, progress: Progress, cancelled: CancelCheck) -> None:
    if cancelled():
        raise Cancelled
    progress(at, _STEPS, what)
