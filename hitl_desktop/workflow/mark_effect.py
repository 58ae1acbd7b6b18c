"""What the marks on one item change: two small fits beside each other, without and with them.

They learn from at most some hundred decided items in the way that the model in use was trained, but for rules and
calibration; so the figures say which way a training will go, and about how far. Nothing is written: a training may be
writing to the caches of features meanwhile.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.sentences import say
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.learning.adapting import adapted
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.estimators import ESTIMATORS
from hitl_desktop.learning.heads import Head, needs_second_class
from hitl_desktop.learning.lessons import Lesson, Variants
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.learning.training import ADAPTING, CLASS_WEIGHT
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.explaining import OpenedModel, opened_model
from hitl_desktop.workflow.extraction import extractor_of
from hitl_desktop.workflow.mark_effect_request import MarkEffect, MarkEffectRequest
from hitl_desktop.workflow.requests import Decided
from hitl_desktop.workflow.variants import Recipe, builder, contents_of, placed, recipes_for
from hitl_desktop.workflow.views import parts_of

_LEAST: float = 1e-6


def effect_of_marks(request: MarkEffectRequest, _progress: Progress, cancelled: CancelCheck) -> MarkEffect:
    """Fit without and with the marks. Raises Cancelled, and KnownError where there is nothing to learn from yet, or
    the item cannot be read.
    """
    opened = opened_model(request.bundle, request.features.folder)
    own = request.marked
    store = Store.reader(request.features.folder)
    try:
        lesson, training, row = _decided(request, opened, store)
        if cancelled():
            raise Cancelled
        recipes = recipes_for((own,), training)
        without = Recipe("out", own.index, own.index, request.about, own.size, 1.0)
        rows, made = _rows_now(request, opened, store, [without, *recipes])
        others = _cached(request, opened, store, recipes_for(request.others, training))
    finally:
        store.close()
    if not made or made[0] is not without:
        raise KnownError(say("What is marked cannot be taken out of this item."))
    before = replace(lesson, variants=_variants(others[0], others[1], training))
    every = [*others[1], *made[1:]]
    after = replace(lesson, variants=_variants(_stacked([others[0], rows[1:]]), every, training))
    found = []
    for taught in (before, after):
        if cancelled():
            raise Cancelled
        found.append(_said(_fit(opened.bundle, taught, is_trained=request.is_trained), row, rows[:1], own.label_id))
    (chance, part), (chance_after, part_after) = found
    return MarkEffect(own.index, own.label_id, chance, chance_after, part, part_after)


def _decided(request: MarkEffectRequest, opened: OpenedModel, store: Store) -> tuple[Lesson, Decided, Matrix]:
    """The decided items that have rows, with the item among them as it would be decided; and the row of the item."""
    own = request.marked
    apart = np.asarray(store.decisions.imported_checks(), np.int64)
    training = request.training.only(~np.isin(request.training.rows, apart))
    at = int(np.searchsorted(training.rows, own.index))
    training = Decided(np.insert(training.rows, at, own.index), np.insert(training.labels, at, own.label_id))
    digests = opened.digests_of(store, training.rows.tolist())
    known, rows = opened.decided_rows(digests)
    training = Decided(training.rows[known], training.labels[known])
    refusal = needs_second_class(training.labels)
    if refusal:
        raise refusal
    if own.index not in training.rows:
        raise KnownError(say("The model could not read this item."))
    row = rows[[int(np.searchsorted(training.rows, own.index))]]
    choice = opened.bundle.card.get("choice", {})
    weight = str(choice.get("class_weight", CLASS_WEIGHT.get(opened.bundle.representation_name, "none")))
    return Lesson(rows, training.labels, None, weight, request.seed), training, row


def _rows_now(
    request: MarkEffectRequest, opened: OpenedModel, store: Store, recipes: Sequence[Recipe]
) -> tuple[Matrix, list[Recipe]]:
    """What the model sees of variants, made now, and of which recipes: those that could be."""
    contents = contents_of(store, recipes)
    parts, made = [], list(recipes)
    for key in parts_of(opened.bundle.extractor):
        extractor = extractor_of(key, request.features.folder)
        try:
            build = builder(request.features, store, made, contents, extractor.side)
            items = [(recipe, build(recipe)) for recipe in made]
            made = [recipe for recipe, item in items if item is not None]
            if not made:
                return None, []
            parts.append(extractor.extract([item for _, item in items if item is not None]))
        finally:
            extractor.close()
    return opened.bundle.embed(_beside(parts)), made


def _cached(
    request: MarkEffectRequest, opened: OpenedModel, store: Store, recipes: Sequence[Recipe]
) -> tuple[Matrix, list[Recipe]]:
    """Variants of other items' marks as far as trainings have made them already."""
    if not recipes:
        return None, []
    contents = contents_of(store, recipes)
    digests = [recipe.digest(contents) for recipe in recipes]
    caches = [FeatureCache(request.features.cache, extractor) for extractor in opened.extractors]
    absent = {place for cache in caches for place in cache.missing(digests)}
    there = [place for place in range(len(recipes)) if place not in absent]
    if not there:
        return None, []
    features = _beside([cache.rows([digests[place] for place in there]) for cache in caches])
    return opened.bundle.embed(features), [recipes[place] for place in there]


def _variants(rows: Matrix | None, recipes: Sequence[Recipe], training: Decided) -> Variants | None:
    return replace(placed(recipes, training.rows), rows=rows) if recipes else None


def _fit(bundle: ModelBundle, lesson: Lesson, *, is_trained: bool) -> Head:
    """A head trained as the one in use was, or adapted from it where it was not trained from nothing."""
    choice = bundle.card.get("choice", {})
    estimator = ESTIMATORS.get(str(choice.get("estimator", "")))
    if is_trained and estimator is not None and estimator.refusal(lesson.rows) is None:
        return estimator.train(lesson, choice.get("settings") or estimator.grid[0])
    whole = replace(lesson, class_weight="none").taught()
    strength = choice.get("settings", {}).get("strength", ADAPTING[bundle.representation_name])
    return adapted(bundle.head, whole.rows, whole.labels, strength=float(strength), weights=whole.weights)


def _said(head: Head, row: Matrix, without: Matrix, label_id: int) -> tuple[float, float]:
    """The probability of a class, and what its log odds lose without what is marked."""
    column = list(head.class_ids).index(label_id)
    chances = [float(head.probabilities(one)[0, column]) for one in (row, without)]
    odds = [np.log(max(chance, _LEAST) / max(1 - chance, _LEAST)) for chance in chances]
    return chances[0], float(odds[0] - odds[1])


def _beside(parts: Sequence[Matrix]) -> Matrix:
    if len(parts) == 1:
        return parts[0]
    if any(sp.issparse(part) for part in parts):
        return sp.hstack(parts, format="csr", dtype=np.float32)
    return np.hstack(parts)


def _stacked(parts: Sequence[Matrix | None]) -> Matrix:
    there = [part for part in parts if part is not None and part.shape[0]]
    if len(there) < 2:
        return there[0] if there else None
    return sp.vstack(there, format="csr") if sp.issparse(there[0]) else np.concatenate(there)
