"""The task behind the list of label problems: near-identical items and cross-validated probabilities."""

from dataclasses import replace
from typing import Any, Final

import numpy as np

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.findings import flags_of
from hitl_desktop.domain.label_problems import NEEDED, LabelProblem, ProblemSort
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.language import tr
from hitl_desktop.learning.asking import embedding_of
from hitl_desktop.learning.bundles import ModelBundle, load_bundle
from hitl_desktop.learning.estimators import ESTIMATORS, Estimator, Settings
from hitl_desktop.learning.heads.linear import MOST_FACTORED
from hitl_desktop.learning.label_problems import (
    Suspects,
    contradictions,
    out_of_sample,
    suspect_findings,
    suspects,
)
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.rankings import for_answers
from hitl_desktop.learning.several import for_findings
from hitl_desktop.learning.training import USUAL, usual_settings
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.embedding import PoolRepresentation, embedded, pool_representation
from hitl_desktop.workflow.extraction import SOON, count_missing, features_of
from hitl_desktop.workflow.grouping import groups_of
from hitl_desktop.workflow.problems_request import Problems, ProblemsRequest
from hitl_desktop.workflow.requests import Decided, FeatureRequest
from hitl_desktop.workflow.views import parts_of, views_for

ALIKE: Final = {"image": 0.9}
"""From this cosine on, two items are near-identical. Of the ten pairs of ultrasound pictures under two classes that are
known, .9 finds all and nothing else, .95 half of them."""
ALIKE_TEXTS: Final = 0.95
_STEPS: Final = 3
_LARGEST_KERNEL: Final = 3000
"""Labels from which a kernel machine would take minutes and gigabytes: then logistic regression is asked."""


def find_problems(request: ProblemsRequest, progress: Progress, cancelled: CancelCheck) -> Problems:
    """Look for problems among the decided items. Raises Cancelled; KnownError when features cannot be made."""
    bundle = None if request.bundle is None else load_bundle(request.bundle)
    view = _first_view(request) if bundle is None else bundle.extractor
    features = features_of(replace(request.features, extractor=view), progress, cancelled)
    cache = request.features.cache
    seen = (
        PoolRepresentation(bundle.representation_name, bundle.representation)
        if bundle is not None
        else pool_representation(cache, features, view, request.seed)
    )
    rows = embedded(cache, features, seen.representation, progress, cancelled)
    place = np.full(features.items, -1, np.int64)
    place[features.rows] = np.arange(len(features.rows))
    decided = request.decided.only(place[request.decided.rows] >= 0)
    of_decided = rows[place[decided.rows]]
    _step(1, tr("Looking for contradictions"), progress, cancelled)
    # Of comparisons the last column is the number of places, which is no likeness.
    compared = of_decided[:, :-1] if request.answers else embedding_of(of_decided, features.blocks)
    found = [*_contradictions(request, decided, compared, cancelled), *_copies(request, decided)]
    _step(2, tr("Looking for suspicious labels"), progress, cancelled)
    name = seen.name
    if len(decided.rows) > MOST_FACTORED and not request.answers and isinstance(compared, np.ndarray):
        of_decided, name = compared, "unit"  # many words in many texts would take minutes, and find no more
    suspicious, judged, right = _suspicious(request, decided, of_decided, name, bundle, cancelled)
    progress(_STEPS, _STEPS, tr("Ready"))
    return Problems((*found, *suspicious), len(decided.rows), judged, right, request.version, request.after)


def _first_view(request: ProblemsRequest) -> str:
    """What items are compared by before there is a model: the best features that take no long time to make."""
    views = views_for(request.features.kind, request.features_choice, request.features.extractor)
    soon = [v for v in views if all(_missing(request.features, key) <= SOON for key in parts_of(v))]
    return soon[0] if soon else request.features.extractor


def _missing(features: FeatureRequest, key: str) -> int:
    return count_missing(replace(features, extractor=key))


def _contradictions(
    request: ProblemsRequest, decided: Decided, compared: Any, cancelled: CancelCheck
) -> list[LabelProblem]:
    alike = ALIKE.get(request.features.kind, ALIKE_TEXTS)
    found = contradictions(compared, decided.labels, alike=alike, most=request.most, cancelled=cancelled)
    return [
        LabelProblem(
            ProblemSort.CONTRADICTION,
            int(decided.rows[one]),
            int(decided.labels[one]),
            round(float(strength), 4),
            likely=int(decided.labels[other]),
            other=int(decided.rows[other]),
        )
        for one, other, strength in zip(found.one, found.other, found.alike, strict=True)
    ]


def _copies(request: ProblemsRequest, decided: Decided) -> list[LabelProblem]:
    """Decided items whose content came with the data a second time, under another class."""
    store = Store.reader(request.features.folder)
    try:
        named = store.items.disagreeing_copies()
    finally:
        store.close()
    given = dict(zip(decided.rows.tolist(), decided.labels.tolist(), strict=True))
    return [
        LabelProblem(ProblemSort.COPY, index, given[index], 1.0, named=file) for index, file in named if index in given
    ][: request.most]


def _suspicious(
    request: ProblemsRequest,
    decided: Decided,
    rows: Any,
    representation: str,
    bundle: ModelBundle | None,
    cancelled: CancelCheck,
) -> tuple[list[LabelProblem], int, int]:
    """Suspicious labels, how many were judged, and of how many the models said the same."""
    labels = decided.labels
    if len(labels) < NEEDED or len(np.unique(labels)) < 2:
        return [], 0, 0
    groups = groups_of(request.features.folder, decided.rows, request.group_column)
    lesson = Lesson(rows, labels, groups, "none", request.seed, None, cancelled)
    estimator, settings = _estimator(representation, bundle, len(labels))
    if request.answers:
        estimator = for_answers(estimator, request.answers)
    if request.findings:
        several = for_findings(estimator, range(request.findings))
        chances, _ = out_of_sample(several, lesson, settings, findings=request.findings)
        flags = flags_of(labels, request.findings)
        found, right = suspect_findings(chances, flags), ((chances >= 0.5) == flags).all(axis=1)
    else:
        chances, class_ids = out_of_sample(estimator, lesson, settings)
        found, right = suspects(chances, labels, class_ids), class_ids[chances.argmax(axis=1)] == labels
    return _as_problems(found, decided, request.most), len(labels), int(np.asarray(right).sum())


def _as_problems(found: Suspects, decided: Decided, most: int) -> list[LabelProblem]:
    return [
        LabelProblem(
            ProblemSort.SUSPICIOUS,
            int(decided.rows[row]),
            int(decided.labels[row]),
            round(float(chance), 4),
            likely=int(likely),
        )
        for row, likely, chance in zip(found.rows[:most], found.likely[:most], found.chances[:most], strict=True)
    ]


def _estimator(representation: str, bundle: ModelBundle | None, labels: int) -> tuple[Estimator, Settings]:
    """What the model in use was chosen to be trained with; the usual one where it was not trained from scratch."""
    choice = {} if bundle is None else dict(bundle.card.get("choice", {}))
    name = str(choice.get("estimator", ""))
    if name not in ESTIMATORS or bundle is None or bundle.representation_name != representation:
        name, choice = USUAL[representation], {}
    if name == "rbf_kernel" and labels > _LARGEST_KERNEL:
        name, choice = "logistic_regression", {}
    settings = choice.get("settings") or usual_settings(representation, name)
    return ESTIMATORS[name], settings


def _step(at: int, what: str, progress: Progress, cancelled: CancelCheck) -> None:
    if cancelled():
        raise Cancelled
    progress(at, _STEPS, what)
