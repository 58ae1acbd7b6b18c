"""The task behind `retraining`: fit on the decisions, calibrate on the checks, score the pool, and rank it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.responses import MOST_ANSWERS
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.language import tr
from hitl_desktop.learning.adapting import can_be_adapted
from hitl_desktop.learning.bundles import ModelBundle, load_bundle, save_bundle
from hitl_desktop.learning.learned_items import marks_of
from hitl_desktop.learning.rankings import ranks_of
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.learning.starting import adapt, adapt_or_begin, reason_to_adapt, saying_it_began_anew
from hitl_desktop.learning.training import (
    FeatureSource,
    TrainingOptions,
    View,
    calibrated,
    train_from_scratch,
)
from hitl_desktop.workflow.asking_pool import write_asking
from hitl_desktop.workflow.calibrated_checks import keep_calibrated_checks
from hitl_desktop.workflow.embedding import PoolRepresentation, embedded, pool_representation
from hitl_desktop.workflow.extraction import SOON, Features, count_missing, features_of
from hitl_desktop.workflow.grouping import groups_of
from hitl_desktop.workflow.guessing import guessed_by
from hitl_desktop.workflow.known_items import read_known, write_known
from hitl_desktop.workflow.learning_choices import AUTOMATIC
from hitl_desktop.workflow.quick_files import write_quick_rows
from hitl_desktop.workflow.quick_paths import quick_beside
from hitl_desktop.workflow.requests import Decided, Trained, TrainRequest
from hitl_desktop.workflow.scores import write_scores
from hitl_desktop.workflow.scoring import probabilities_for
from hitl_desktop.workflow.variants import Made, make_variants
from hitl_desktop.workflow.views import parts_of, views_for

_STEPS: Final = 4
_NOTHING: Final = np.empty(0, np.int64)


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

    def variants(self, made: Made, folder: Path) -> Matrix:
        """The rows of variants, whose features lie in the caches of a folder since just now."""
        caches = tuple(FeatureCache(folder, cache.extractor) for cache in self.features.caches)
        every = replace(self.features, digests=list(made.digests), caches=caches)
        return self.representation.representation.transform(every.take(range(len(made.digests))))

    def digests(self, items: npt.NDArray[np.int64]) -> list[str]:
        """The content digests of those of some items (indexes) that can be read."""
        return [self.features.digests[place] for place in self.place[items] if place >= 0]


def train_and_score(request: TrainRequest, progress: Progress, cancelled: CancelCheck) -> Trained:
    """Train a model and score the pool with it; the files are new, what is in use is not touched.

    Raises Cancelled, and KnownError when there is nothing to learn from (no decisions, one class).
    """
    trained = _fit(request, progress, cancelled)
    bundle, seen = trained.bundle, trained.seen
    checks = request.checks.only(~np.isin(request.checks.rows, trained.known))
    check_rows, check_labels, readable = seen.of(checks)
    bundle = calibrated(bundle, check_rows, check_labels)
    _step(2, tr("Scoring"), progress, cancelled)
    features = seen.features
    scores = probabilities_for(bundle, seen.rows, features.rows, features.items, request.label_ids, cancelled)
    _step(3, tr("Choosing what to ask"), progress, cancelled)
    write_asking(request.asking, features, seen.rows, scores, request.training, request.label_ids, request.seed)
    save_bundle(bundle.having_learned(marks_of(seen.digests(request.training.rows))), request.bundle_out)
    if bundle.learned is not None:
        write_known(request.bundle_out, trained.known)
    keep_calibrated_checks(
        request.bundle_out,
        bundle,
        checks.rows[readable],
        check_rows,
        check_labels,
        request.label_ids,
        seed=request.seed,
    )
    write_quick_rows(quick_beside(request.scores_out), features, seen.rows, request.seed)
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


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A trained bundle, the view it sees the pool in, and the items (indexes) it learned from before it came here."""

    bundle: ModelBundle
    seen: _Seen
    known: npt.NDArray[np.int64]


def _fit(request: TrainRequest, progress: Progress, cancelled: CancelCheck) -> _Fitted:
    start = None if request.start is None else load_bundle(request.start)
    if request.start is not None and start is not None and can_be_adapted(start.head):
        return _fit_from(request, start, read_known(request.start), progress, cancelled)
    seen_in = _seen_in_views(request, progress, cancelled)
    _step(1, tr("Learning"), progress, cancelled)
    lesson = _taught(request, seen_in, cancelled)
    readable = lesson.readable
    bundle = train_from_scratch(
        _views(request, seen_in, lesson),
        readable.labels,
        request.names,
        options=_options(request, lesson),
        groups=groups_of(
            request.features.folder, readable.rows, request.group_column, by_prompt=request.asking.compares
        ),
        seed=request.seed,
        card={**request.card, "started_from": "nothing"},  # also where there is one that cannot be adapted
        warm=_warm(request.warm),
        cancelled=cancelled,
    )
    bundle = bundle if start is None else saying_it_began_anew(bundle)
    return _Fitted(bundle, seen_in[bundle.extractor], _NOTHING)


def _fit_from(
    request: TrainRequest,
    start: ModelBundle,
    known: npt.NDArray[np.int64] | None,
    progress: Progress,
    cancelled: CancelCheck,
) -> _Fitted:
    """The model that was there before, adapted; or one from scratch, where that does better."""
    rows_known = _NOTHING if known is None else known
    seen = _see(request, start.extractor, progress, cancelled, start)
    readable = _readable_in(request.training, [seen])
    is_known = np.isin(readable.rows, rows_known)
    why = reason_to_adapt(start, readable.labels, is_known, request.label_ids if request.asking.several else ())
    if why:
        _step(1, tr("Learning"), progress, cancelled)
        lesson = _taught(request, {start.extractor: seen}, cancelled)
        own, options = _view(request, start.extractor, seen, lesson), _options(request, lesson)
        bundle = adapt(start, own, readable.labels, request.names, card=request.card, why=why, options=options)
        return _Fitted(bundle, seen, rows_known)
    seen_in = _seen_in_views(request, progress, cancelled)
    _step(1, tr("Learning"), progress, cancelled)
    lesson = _taught(request, {start.extractor: seen, **seen_in}, cancelled)
    readable = lesson.readable
    bundle = adapt_or_begin(
        start,
        _view(request, start.extractor, seen, lesson),
        _views(request, seen_in, lesson),
        readable.labels,
        request.names,
        known=np.isin(readable.rows, rows_known),
        options=_options(request, lesson),
        groups=groups_of(
            request.features.folder, readable.rows, request.group_column, by_prompt=request.asking.compares
        ),
        seed=request.seed,
        card=request.card,
        warm=_warm(request.warm),
        cancelled=cancelled,
    )
    if bundle.card.get("started_from", "nothing") == "nothing":
        return _Fitted(bundle, seen_in[bundle.extractor], _NOTHING)
    return _Fitted(bundle, seen, rows_known)


@dataclass(frozen=True, slots=True)
class _Taught:
    """What a training learns from: decisions that every view can read, what rules say, and what marks make of them."""

    readable: Decided
    weak: Decided
    made: Made | None


def _taught(request: TrainRequest, seen: Mapping[str, _Seen], cancelled: CancelCheck) -> _Taught:
    readable = _readable_in(request.training, seen.values())
    made = make_variants(request.features, list(seen), request.marked, readable, cancelled)
    return _Taught(readable, _weak_in(request, seen.values()), made)


def _options(request: TrainRequest, lesson: _Taught) -> TrainingOptions:
    readable = lesson.readable
    findings = request.label_ids if request.asking.several else ()
    weights = None
    if request.weights is not None:
        weights = request.weights[np.searchsorted(request.training.rows, readable.rows)]
    guessed = lesson.weak.labels if len(lesson.weak.rows) else None
    options = TrainingOptions(request.estimator, request.class_weight, findings, weights, guessed)
    variants = None if lesson.made is None else lesson.made.places
    options = replace(options, variants=variants, regularisation=request.regularisation)
    if not request.asking.compares:
        return options
    ranks = np.array([ranks_of(request.rankings.get(int(row), ())) for row in readable.rows]).reshape(-1, MOST_ANSWERS)
    return replace(options, answers=request.label_ids, ranks=ranks)


def _weak_in(request: TrainRequest, seen: Iterable[_Seen]) -> Decided:
    """What the rules say of items that every view can read."""
    if not request.rules or request.undecided is None:
        return Decided(_NOTHING, _NOTHING)
    return _readable_in(guessed_by(request.features.folder, request.rules, request.undecided, request.seed), seen)


def _seen_in_views(request: TrainRequest, progress: Progress, cancelled: CancelCheck) -> dict[str, _Seen]:
    return {view: _see(request, view, progress, cancelled) for view in _ready(request)}


def _readable_in(decided: Decided, seen: Iterable[_Seen]) -> Decided:
    """Not every view can read every item, and all of them learn from the same ones."""
    return decided.only(np.logical_and.reduce([one.of(decided)[2] for one in seen]))


def _views(request: TrainRequest, seen_in: Mapping[str, _Seen], lesson: "_Taught") -> list[View]:
    return [_view(request, name, seen, lesson) for name, seen in seen_in.items()]


def _view(request: TrainRequest, name: str, seen: _Seen, lesson: "_Taught") -> View:
    source = FeatureSource(request.features.kind, name, seen.features.blocks)
    guessed = seen.of(lesson.weak)[0] if len(lesson.weak.rows) else None
    made = None if lesson.made is None else seen.variants(lesson.made, request.features.cache)
    fitted = seen.representation
    return View(source, fitted.name, fitted.representation, seen.of(lesson.readable)[0], guessed, made)


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
