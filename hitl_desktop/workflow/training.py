"""The task behind `retraining`: fit on the decisions, then score the pool with the result."""

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.learning.bundles import ModelBundle, load_bundle, save_bundle
from hitl_desktop.learning.training import (
    FeatureSource,
    TrainingOptions,
    View,
    fit_representation,
    train_from,
    train_from_scratch,
)
from hitl_desktop.workflow.extraction import extractor_of, features_of
from hitl_desktop.workflow.requests import Trained, TrainRequest
from hitl_desktop.workflow.scores import write_scores
from hitl_desktop.workflow.scoring import probabilities_for


def train_and_score(request: TrainRequest, progress: Progress, cancelled: CancelCheck) -> Trained:
    """Train a model and score the pool with it; the files are new, what is in use is not touched.

    Raises Cancelled, and KnownError when there is nothing to learn from (no decisions, one class).
    """
    features = features_of(request.features, progress, cancelled)
    _stop(cancelled)
    progress(1, 3, "Learning")
    bundle = _fit(request, features.X, features.rows)
    _stop(cancelled)
    progress(2, 3, "Scoring")
    scores = probabilities_for(bundle, features.X, features.rows, features.items, request.label_ids, cancelled)
    save_bundle(bundle, request.bundle_out)
    write_scores(request.scores_out, scores)
    progress(3, 3, "Scoring")
    return Trained(request.bundle_out, request.scores_out, len(request.rows), features.unreadable)


def _fit(request: TrainRequest, X: object, readable: list[int]) -> ModelBundle:
    place = {index: row for row, index in enumerate(readable)}
    known = [i for i, index in enumerate(request.rows.tolist()) if index in place]
    rows = request.rows[known]
    labels = request.labels[known]
    positions = rows.copy()
    for i, index in enumerate(rows.tolist()):
        positions[i] = place[index]
    if request.start is not None:
        start = load_bundle(request.start)
        decided = start.embed(X[positions])  # type: ignore[index]
        return train_from(start, decided, labels, request.names, card=request.card)
    extractor = extractor_of(request.features.extractor)
    source = FeatureSource(extractor.kind, extractor.key, extractor.blocks)
    name, representation = fit_representation(X, source, request.seed)
    view = View(source, name, representation, representation.transform(X[positions]))  # type: ignore[index]
    return train_from_scratch(
        [view], labels, request.names, options=TrainingOptions(), seed=request.seed, card=request.card
    )


def _stop(cancelled: CancelCheck) -> None:
    if cancelled():
        raise Cancelled
