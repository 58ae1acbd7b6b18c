"""The task behind drift: a batch of new items against those before it, by features and by scores, at a bounded cost."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, issparse

from hitl_desktop.assurance.drift import feature_shift, score_shifts
from hitl_desktop.domain.batch_comparison import FEWEST, BatchComparison, ClassScore
from hitl_desktop.domain.class_changes import folded
from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.features import EXTRACTORS
from hitl_desktop.features.record_fields import MOVING, NUMBERS
from hitl_desktop.language import tr
from hitl_desktop.learning.representations import Blocks, Matrix
from hitl_desktop.learning.representations.record_columns import RecordColumnsMap
from hitl_desktop.workflow.compare_request import CompareRequest
from hitl_desktop.workflow.extraction import Features, count_missing, features_of
from hitl_desktop.workflow.scores import read_scores

_NEW: Final = 800
_BEFORE: Final = 1200
"""So many items of each side are drawn for the classifier, which costs the cube of their sum."""
_SCORES: Final = 5000
_LISTED: Final = 200
_CHANCE: Final = 0x64726966
_MEANING: Final = "text-minilm"

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def compare_batch(request: CompareRequest, progress: Progress, cancelled: CancelCheck) -> BatchComparison:
    """Compare a batch. Items that cannot be read are left out of it. Raises Cancelled, and KnownError where features
    cannot be made.
    """
    rng = np.random.default_rng([request.seed, _CHANCE, request.first, request.stop])
    new = _drawn(np.arange(request.first, request.stop), _NEW, rng)
    before = _drawn(np.arange(request.before), _BEFORE, rng)
    views = [features.of(set(new.tolist()) | set(before.tolist())) for features in _views(request, progress, cancelled)]
    rows = np.array(views[0].rows, np.int64)
    is_new = rows >= request.first
    found = BatchComparison(request.first, int(is_new.sum()), int((~is_new).sum()))
    if cancelled():
        raise Cancelled
    progress(0, 0, tr("Comparing with what was there"))
    if min(found.items, found.against) >= FEWEST:
        gram = np.mean([gram_of(view.X, view.blocks) for view in views], axis=0)
        shift = feature_shift(gram, is_new, rng)
        order = np.argsort(-shift.strangeness, kind="stable")[:_LISTED]
        strangest = tuple(int(index) for index in rows[is_new][order])
        found = replace(found, auc=shift.auc, p_features=shift.p, strangest=strangest)
    return _with_scores(found, request, rng)


def _drawn(rows: Rows, most: int, rng: np.random.Generator) -> Rows:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))


def _views(request: CompareRequest, progress: Progress, cancelled: CancelCheck) -> list[Features]:
    """The features of the items: those every project has, and the meaning of texts where it was made already."""
    features = [features_of(request.features, progress, cancelled)]
    if request.features.kind == "text" and _MEANING in EXTRACTORS:
        meaning = replace(request.features, extractor=EXTRACTORS[_MEANING].key)
        if count_missing(meaning) == 0:
            features.append(features_of(meaning, progress, cancelled))
    return features


def gram_of(rows: Matrix, blocks: Blocks) -> Floats:
    """Inner products of items (n, d), made without knowing which are new: blocks of dense features standardised and
    counted alike, rows of counts in logarithms and of one length. The mean square of a row is 1.
    """
    if blocks and blocks[0][0] == NUMBERS:
        rows = _of_records(rows, blocks)
        blocks = (("columns", rows.shape[1]),)
    if issparse(rows):
        counts = csr_matrix(rows, dtype=np.float64, copy=True)
        counts.data = np.log1p(np.abs(counts.data)) * np.sign(counts.data)
        lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
        gram = np.asarray((counts @ counts.T).toarray(), np.float64)
        return np.asarray(gram / np.maximum(np.outer(lengths, lengths), 1e-12), np.float64)
    dense = np.asarray(rows, np.float64)
    spread = dense.std(axis=0)
    dense = np.divide(dense - dense.mean(axis=0), spread, out=np.zeros_like(dense), where=spread > 1e-12)
    np.clip(dense, -5.0, 5.0, out=dense)
    at = 0
    for _, width in blocks:
        dense[:, at : at + width] /= np.sqrt(width)
        at += width
    gram = dense @ dense.T
    return np.asarray(gram / max(float(np.diagonal(gram).mean()), 1e-12), np.float64)


def _of_records(rows: Matrix, blocks: Blocks) -> Floats:
    """The columns of records (n, d) without those that move on with time, which tell later rows from earlier ones
    whatever is in them.
    """
    fitted = RecordColumnsMap.fit(rows, blocks, np.random.default_rng(0))
    stays = np.ones(fitted.rows.width, bool)
    stays[: len(fitted.rows.numbers)] = fitted.rows.numbers < MOVING
    return np.asarray(fitted.transform(rows)[:, stays], np.float64)


def _with_scores(found: BatchComparison, request: CompareRequest, rng: np.random.Generator) -> BatchComparison:
    scores = None if request.scores is None else read_scores(request.scores)
    if scores is None or len(scores) < request.stop or scores.shape[1] > len(request.columns):
        return found
    scores = folded(np.asarray(scores), request.columns, several=request.several)
    standing = [column for column in range(scores.shape[1]) if request.columns[column] == column]
    sides = []
    for rows in (request.reference, np.arange(request.first, request.stop)):
        side = np.asarray(scores[_drawn(rows, _SCORES, rng)][:, standing], np.float64)
        sides.append(side[np.isfinite(side).all(axis=1)])
    if not standing or min(len(side) for side in sides) < FEWEST:
        return found
    shifts = score_shifts(*sides, complementary=not request.several)
    told = tuple(ClassScore(request.label_ids[standing[s.column]], s.distance, s.p, s.before, s.now) for s in shifts)
    return replace(found, scores=told, scores_against=len(sides[0]), model=request.model)
