"""The task behind the order of asking: how much every item is worth asking, computed beside the window."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.class_changes import folded, is_plain
from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.findings import flags_of, most_doubtful
from hitl_desktop.domain.predictions import FloatArray, margin_uncertainty
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.learning.asking import ask, embedding_of
from hitl_desktop.learning.bundles import load_bundle
from hitl_desktop.learning.novelty import novelty
from hitl_desktop.learning.query_strategies import Query
from hitl_desktop.learning.query_strategies.query import Findings
from hitl_desktop.learning.ranking import rank_pool
from hitl_desktop.learning.rankings import compared as best_two
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.workflow.embedding import embedded, pool_representation
from hitl_desktop.workflow.extraction import Features, count_missing, extract_missing, features_of
from hitl_desktop.workflow.requests import Asked, Asking, AskRequest, Decided
from hitl_desktop.workflow.scores import read_scores, write_utilities
from hitl_desktop.workflow.stakes import expected_losses
from hitl_desktop.workflow.views import extractors_of, views_for

_CHANCE: Final = 0x7574696C
_NOVELTY: Final = 0x6E6F7665


def prepare_and_ask(request: AskRequest, progress: Progress, cancelled: CancelCheck) -> Asked:
    """Make the features the project will learn from, then write the utilities of its items.

    Raises Cancelled; features made until then stay, so that the next attempt goes on from there.
    """
    views = views_for(request.features.kind, request.features_choice, request.features.extractor)
    extractors = extractors_of(views)
    for extractor in extractors:
        part = replace(request.features, extractor=extractor)
        extract_missing(part, progress, cancelled, first=request.first)
    if request.asking.out.is_file():  # a training has ranked the pool meanwhile; only features were missing
        return Asked(request.asking.out)
    cache = request.features.cache
    bundle = None if request.bundle is None else load_bundle(request.bundle)
    view = _first_view(request, extractors[-1]) if bundle is None else bundle.extractor
    features = features_of(replace(request.features, extractor=view), progress, cancelled)
    representation = (
        bundle.representation if bundle else pool_representation(cache, features, view, request.seed).representation
    )
    rows = embedded(cache, features, representation, progress, cancelled)
    if cancelled():
        raise Cancelled
    scores = None if request.scores is None else read_scores(request.scores)
    write_asking(request.asking, features, rows, scores, request.training, request.label_ids, request.seed)
    return Asked(request.asking.out)


def _first_view(request: AskRequest, best: str) -> str:
    """What items are compared by before there is a model: the best features, or what is there without waiting."""
    is_there = count_missing(replace(request.features, extractor=best)) == 0
    return best if is_there else request.features.extractor


def write_asking(
    asking: Asking,
    features: Features,
    rows: Matrix,
    scores: FloatArray | None,
    training: Decided,
    label_ids: tuple[int, ...],
    seed: int,
) -> None:
    """Write utilities and reasons of the whole pool, and how unlike anything decided each item is.

    `rows` (len(features.rows), d) are what the model sees; `scores` (items, k) have a column for each of `label_ids`.
    Items that are not among the candidates get their closeness, for when an answer is taken back. With several
    findings per item, strategies see the most doubtful finding of each item, and the class balance all of them.
    """
    findings = len(label_ids)
    if scores is not None:
        scores, label_ids = _in_classes_now(scores, asking, label_ids)
    each = scores
    if asking.several:
        scores = None if scores is None else most_doubtful(scores)
    place = np.full(features.items, -1, np.int64)
    place[features.rows] = np.arange(len(features.rows))
    candidates = asking.candidates[place[asking.candidates] >= 0]
    if scores is not None:
        candidates = candidates[np.isfinite(scores[candidates]).all(axis=1)]
    utilities = np.zeros(features.items, np.float32) if scores is None else margin_uncertainty(scores)
    reasons = np.zeros(features.items, np.uint8)
    known = place[training.rows] >= 0
    compared = embedding_of(rows, features.blocks)
    if asking.compares:
        compared = best_two(rows, None if scores is None else np.asarray(scores[features.rows]))
    found = novelty(compared, place[training.rows[known]], np.random.default_rng([seed, _NOVELTY]))
    novel = None if found is None else np.ones(features.items, np.float32)
    if novel is not None:
        novel[features.rows] = found
    if len(candidates):
        said = None
        if asking.several and each is not None:
            flags = flags_of(training.labels[known], findings)[:, _standing(asking, findings)]
            said = Findings(np.asarray(each[candidates]), flags)
        query = Query(
            probabilities=None if scores is None else np.asarray(scores[candidates]),
            embedding=compared[place[candidates]],
            decided=compared[place[training.rows[known]]],
            decided_labels=None if asking.several else training.labels[known],
            classes=len(label_ids),
            batch=asking.batch,
            class_ids=None if asking.several else np.asarray(label_ids, np.int64),
            findings=said,
            losses=_losses(asking, scores, label_ids, candidates),
        )
        rng = np.random.default_rng([seed, _CHANCE])
        asked = ask(asking.strategy, query, rng, start=asking.start, cold=asking.cold and not asking.several)
        utilities[candidates] = asked.utilities
        reasons[candidates] = asked.reasons
    utilities = np.asarray(utilities, np.float32)
    write_utilities(asking.out, utilities, reasons, novel, rank_pool(utilities, features.items, seed))


def _losses(
    asking: Asking, scores: FloatArray | None, label_ids: tuple[int, ...], candidates: npt.NDArray[np.int64]
) -> FloatArray | None:
    """What is expected to be lost on each candidate; None for a strategy that does not ask, or without stakes."""
    if asking.strategy != "expected_loss" or asking.stakes is None or scores is None or asking.several:
        return None
    if asking.folder is None:
        return None
    found = expected_losses(asking.folder, asking.stakes, scores, label_ids)
    return None if found is None else found[candidates]


def _in_classes_now(
    scores: FloatArray, asking: Asking, label_ids: tuple[int, ...]
) -> tuple[FloatArray, tuple[int, ...]]:
    """The scores with a column for each class there is now, and the ids of those.

    Classes that came after the model have probability 0, retired ones have no column.
    """
    added = len(label_ids) - scores.shape[1]
    if added > 0:
        scores = np.concatenate([scores, np.zeros((len(scores), added), scores.dtype)], axis=1)
    if is_plain(asking.columns_now):
        return scores, label_ids
    now = folded(scores, asking.columns_now, several=asking.several)
    kept = _standing(asking, len(label_ids))
    return now[:, kept], tuple(label_ids[place] for place in kept)


def _standing(asking: Asking, classes: int) -> list[int]:
    """The columns of the classes that there are now, of all there were."""
    if is_plain(asking.columns_now):
        return list(range(classes))
    return [place for place, column in enumerate(asking.columns_now) if place == column]
