"""Labels that are probably wrong: near-identical items decided differently, and answers that the rest speaks against.

Nothing here changes a label: problems are ranked for another look.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import issparse

from hitl_desktop.domain.findings import codes_of
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.protocols import CancelCheck, never_cancelled
from hitl_desktop.learning.cross_validation import Ids, folds_for
from hitl_desktop.learning.estimators import Estimator, Settings
from hitl_desktop.learning.heads import softmax_rows
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.near_pairs import nearest_of_other_labels
from hitl_desktop.learning.scaling import best_scale

FEWEST_OF_A_CLASS: Final = 3
"""Labels of a class below which it is not set against others: most folds would not know it."""
BLATANT: Final = 10
"""A label that another class is so many times likelier than is told however few errors are expected: where errors are
few, their estimated number is often none."""
_LEAST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Suspects:
    """Labels that the others speak against, the most suspicious first.

    `rows` (m,) are places among the labels that were looked at, `likely` (m,) the class ids (of several findings: the
    codes) that are likelier, `chances` (m,) how sure models are of it that did not see the label, 0–1. `odds` (m,) are
    the logarithms of how much likelier, each class measured by what is usual for it: what they are ordered by.
    """

    rows: Ids
    likely: Ids
    chances: FloatArray
    odds: FloatArray


@dataclass(frozen=True, slots=True)
class Contradictions:
    """Pairs of near-identical rows with different labels, the most alike first: `one` < `other` (m,), `alike` (m,)."""

    one: Ids
    other: Ids
    alike: FloatArray


def suspects(probabilities: FloatArray, labels: Ids, class_ids: Ids) -> Suspects:
    """Labels that are probably wrong, by confident learning.

    `probabilities` (n, k) come from models that did not see the row they speak of, with columns for `class_ids` (k,)
    ascending; `labels` (n,) are class ids among them. What is usual for a class is the mean of its probability over
    the rows labelled so: of a class that models are shy of, little is much. A row is suspicious when another class is
    likelier than its label, each divided by what is usual; they are ordered by that ratio. How many are told is the
    number of wrong labels that the confident joint estimates: rows counted by label and by the likeliest class that
    reaches what is usual for it, scaled to the number of labels of each class; more where more are blatant. Classes
    with fewer than `FEWEST_OF_A_CLASS` labels neither accuse nor are accused.
    Source: Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset labels", Journal of
    Artificial Intelligence Research 70, 2021, for what is usual and for the count; own implementation. The order by
    the ratio is ours: on banking77 with 5 % of the labels flipped it had 100 of the first 100 right, the difference of
    the two probabilities 97 (docs/LEARNING.md).
    """
    columns = np.searchsorted(class_ids, labels)
    counts = np.bincount(columns, minlength=len(class_ids))
    enough = counts >= FEWEST_OF_A_CLASS
    everyone = np.arange(len(labels))
    values = np.maximum(np.asarray(probabilities, np.float64), _LEAST)
    sums = np.bincount(columns, weights=values[everyone, columns], minlength=len(class_ids))
    usual = np.where(enough, sums / np.maximum(counts, 1), np.inf)
    odds = np.log(values) - np.log(usual)
    own = odds[everyone, columns]
    odds[everyone, columns] = -np.inf
    strongest = odds.argmax(axis=1)
    with np.errstate(invalid="ignore"):
        likelier = np.where(enough[columns], odds[everyone, strongest] - own, -np.inf)
    found = np.flatnonzero(likelier > 0)
    told = max(_expected(values, columns, usual, counts), int((likelier >= np.log(BLATANT)).sum()))
    order = found[np.argsort(-likelier[found], kind="stable")][:told]
    return Suspects(
        order.astype(np.int64),
        np.asarray(class_ids[strongest[order]], np.int64),
        np.asarray(probabilities[order, strongest[order]], np.float32),
        likelier[order].astype(np.float32),
    )


def _expected(values: npt.NDArray[np.float64], columns: Ids, usual: npt.NDArray[np.float64], counts: Ids) -> int:
    """How many labels are wrong, by the confident joint: values (n, k), columns (n,), usual and counts (k,)."""
    speaks = np.where(values >= usual, values, -1.0)
    strongest, is_heard = speaks.argmax(axis=1), speaks.max(axis=1) > 0
    joint = np.zeros((len(counts), len(counts)))
    np.add.at(joint, (columns[is_heard], strongest[is_heard]), 1.0)
    share_wrong = 1.0 - np.diag(joint) / np.maximum(joint.sum(axis=1), 1.0)
    return math.ceil(float((share_wrong * counts)[joint.sum(axis=1) > 0].sum()))


def suspect_findings(probabilities: FloatArray, flags: npt.NDArray[np.bool_]) -> Suspects:
    """As `suspects` for several findings per item: probabilities and what was said to be there, both (n, k).

    Each finding is looked at by itself; of a row with several suspicious ones the most suspicious counts. `likely` are
    codes of the set with that finding put right (bit p for position p).
    """
    odds = np.full(len(flags), -np.inf, np.float32)
    place = np.full(len(flags), -1, np.int64)
    chance = np.zeros(len(flags), np.float32)
    for column in range(flags.shape[1]):
        if not FEWEST_OF_A_CLASS <= flags[:, column].sum() <= len(flags) - FEWEST_OF_A_CLASS:
            continue
        there = np.asarray(probabilities[:, column], np.float64)
        both = np.stack([1 - there, there], axis=1).astype(np.float32)
        found = suspects(both, flags[:, column].astype(np.int64), np.arange(2))
        more = found.odds > odds[found.rows]
        rows = found.rows[more]
        odds[rows], place[rows], chance[rows] = found.odds[more], column, found.chances[more]
    rows = np.flatnonzero(place >= 0)
    order = rows[np.argsort(-odds[rows], kind="stable")]
    likely = codes_of(flags[order]) ^ np.left_shift(np.int64(1), place[order])
    return Suspects(order.astype(np.int64), likely, chance[order], odds[order])


def out_of_sample(
    estimator: Estimator, lesson: Lesson, settings: Settings, *, findings: int = 0
) -> tuple[FloatArray, Ids]:
    """Probabilities of every row of a lesson from models that did not see it, and the class ids of the columns.

    Five folds that keep classes spread and groups together. One factor sets the probabilities right as a whole, so
    that "93 %" may be said. With `findings`, the number of them, the columns are findings and nothing is scaled.
    """
    folds = folds_for(lesson.labels, lesson.groups, seed=lesson.seed, folds=estimator.folds)
    found = estimator.cross_validated(lesson, settings, folds)
    if findings:
        return found, np.arange(findings)
    class_ids = np.unique(lesson.labels)
    logits = np.log(np.maximum(found, 1e-6))
    scale = best_scale(logits, np.searchsorted(class_ids, lesson.labels))
    return softmax_rows((logits * scale).astype(np.float32)), class_ids


def contradictions(
    rows: Any, labels: Ids, *, alike: float, most: int = 500, cancelled: CancelCheck = never_cancelled
) -> Contradictions:
    """Pairs of rows (n, d) of different labels (n,) whose cosine is at least `alike`: of each row the nearest one.

    Rows may be sparse; a row of zeros is like nothing. A pair is told once. Raises Cancelled.
    """
    nearest, cosine = nearest_of_other_labels(_unit(rows), labels, alike, cancelled)
    found = np.flatnonzero(cosine >= alike)
    pairs = np.unique(np.sort(np.stack([found, nearest[found]], axis=1), axis=1), axis=0)
    likeness = np.maximum(
        np.where(nearest[pairs[:, 0]] == pairs[:, 1], cosine[pairs[:, 0]], -1.0),
        np.where(nearest[pairs[:, 1]] == pairs[:, 0], cosine[pairs[:, 1]], -1.0),
    )
    order = np.argsort(-likeness, kind="stable")[:most]
    return Contradictions(pairs[order, 0], pairs[order, 1], np.minimum(likeness[order], 1.0).astype(np.float32))


def _unit(rows: Any) -> Any:
    if issparse(rows):
        length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1), np.float64)).ravel()
        return rows.multiply(1 / np.maximum(length, 1e-12)[:, None]).tocsr().astype(np.float32)
    length = np.sqrt(np.einsum("nd,nd->n", rows, rows, dtype=np.float64))[:, None]
    return np.asarray(rows / np.maximum(length, 1e-12), np.float32)
