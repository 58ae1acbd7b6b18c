"""Quick answers: what the model in use says once the decisions since its training are taken into account.

They come within a moment of a decision, beside the window, and last until the next version. They are shown, and noted
with every decision; nothing else knows of them: routes, certificates, automatic decisions, exports, the order of asking
and every figure are those of the version alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.class_changes import folded_code
from hitl_desktop.domain.findings import flags_of, suggested_codes
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.pool import AUTOMATIC, STATES, TO_DO
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.steering import IGNORED, USUAL
from hitl_desktop.learning.quick_head import ANCHORS, BLOCK, MOST_DECISIONS, fit_step, log_odds, quick_answers
from hitl_desktop.workflow.number_files import load_numbers
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.quick_paths import quick_rows_file
from hitl_desktop.workflow.scores import read_scores

SWITCH: Final = "quick_answers"
"""The fact that says whether they are wanted."""
AGREEMENT: Final = "quick_agreement"

DECIDED: Final = STATES.index(ItemState.DECIDED)

Rows = npt.NDArray[np.float16]
NOTHING_SHOWN: Final[npt.NDArray[np.int64]] = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class QuickRequest:
    """What a quick answer is made of: the quick rows and scores of `version`, of the whole pool.

    `items` (m,) were decided since, by the events `numbers` (m,), as `labels` (m,): class columns, or codes of sets;
    `weights` (m,) says how much each counts. `anchors` (a,) are items that stay as they are. `front` (f,) are those
    shown next, which are answered at once.
    """

    version: int
    several: bool
    rows: Rows
    probabilities: FloatArray
    items: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    anchors: npt.NDArray[np.int64]
    front: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class QuickAnswers:
    """What `updates` decisions since change about the answers of `version`: a step (d + 1, k) over the quick rows.

    `ready` has the probabilities (k,) of what is shown next, by item, NaN where it is not scored: to work them out row
    by row, while the window paints, took it some milliseconds.
    """

    version: int
    updates: int
    several: bool
    rows: Rows
    probabilities: FloatArray
    step: FloatArray
    ready: Mapping[int, FloatArray]

    def of_one(self, item: int) -> FloatArray:
        """The probabilities of one item (k,), as `of`."""
        found = self.ready.get(item)
        return self.of(np.array([item], np.int64))[0] if found is None else found

    def of(self, items: npt.NDArray[np.int64]) -> FloatArray:
        """The probabilities of some items (m, k); NaN where one is not scored, or has no quick row."""
        found = np.full((len(items), self.step.shape[1]), np.nan, np.float32)
        known = items < min(len(self.rows), len(self.probabilities))
        chosen = items[known]
        found[known] = quick_answers(self.probabilities[chosen], self.rows[chosen], self.step, several=self.several)
        return found


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the quick answer foresaw a full fit: of `items` with an answer by both, the quick one, made of `updates`
    decisions on top of version `before`, agreed on `same`, that version alone on `same_before`.
    """

    version: int
    before: int
    updates: int
    items: int
    same: int
    same_before: int


def is_wanted(project: Project) -> bool:
    """True unless somebody has turned quick answers off."""
    return bool(project.store.fact(SWITCH, True))


def quick_request(
    project: Project, known: Rows | None = None, front: npt.NDArray[np.int64] = NOTHING_SHOWN
) -> QuickRequest | None:
    """What the quick answers are to be made of now; None where there is nothing to answer with, or from.

    `known` are the rows of the last request, if it was of the same version; `front` are the items that are shown next.
    """
    model, scores = project.model, project.pool.probabilities
    if model is None or scores is None or not project.is_scored or not is_wanted(project) or project.kind.compares:
        return None
    rows = known if known is not None else _rows(project, model.version)
    if rows is None:
        return None
    found = project.store.answers.answers_since(model.after_decision, MOST_DECISIONS)
    is_several = project.task is Task.SEVERAL
    answers = []
    for number, index, label_id, findings in found:
        if project.reserve.members[index] or index >= len(rows) or project.pool.states[index] != DECIDED:
            continue
        label = project.label_now(label_id) if label_id is not None else None
        if is_several and findings is not None:
            answers.append((index, number, folded_code(project.code(findings), project.columns_now)))
        elif label is not None and not is_several:
            answers.append((index, number, project.label(label).position))
    if not answers:
        return None
    items, numbers, labels = (np.array(column, np.int64) for column in zip(*answers, strict=True))
    examples = project.store.steering.examples()
    weights = np.array([examples.get(int(item), USUAL) for item in items], np.float64)
    kept = weights != IGNORED
    if not kept.any():
        return None
    return QuickRequest(
        model.version,
        is_several,
        rows,
        scores,
        items[kept],
        numbers[kept],
        labels[kept],
        weights[kept],
        _anchors(project, model.version, items, len(rows)),
        front,
    )


def _rows(project: Project, version: int) -> Rows | None:
    rows = load_numbers(quick_rows_file(project.scores_file(version), len(project.pool)), is_mapped=True)
    return rows if rows is not None and rows.ndim == 2 and rows.dtype == np.float16 else None


def _anchors(project: Project, version: int, but: npt.NDArray[np.int64], known: int) -> npt.NDArray[np.int64]:
    """Items decided before, and any of the pool: the same ones for all updates of a version, as far as they last."""
    rng = np.random.default_rng([project.seed, version, 0x616E6368])
    states = project.pool.states[:known]
    decided = np.flatnonzero((states != TO_DO) & (states != AUTOMATIC))
    decided = decided[~np.isin(decided, but)]
    chosen = rng.choice(decided, min(ANCHORS, len(decided)), replace=False)
    return np.setdiff1d(np.union1d(chosen, rng.integers(0, known, ANCHORS)), but)


def answered(request: QuickRequest, upto: int | None = None) -> QuickAnswers | None:
    """The answers; of the decisions up to the event `upto` alone, None: of all. None where that leaves none."""
    chosen = np.ones(len(request.items), bool) if upto is None else request.numbers <= upto
    items = request.items[chosen]
    if not len(items):
        return None
    together = np.concatenate([items, request.anchors])
    said = np.asarray(request.probabilities[together], np.float32)
    readable = np.isfinite(said).all(axis=1)
    classes = said.shape[1]
    labels = request.labels[chosen]
    target = flags_of(labels, classes) if request.several else labels[:, None] == np.arange(classes)[None, :]
    targets = np.concatenate([target.astype(np.float64), said[len(items) :].astype(np.float64)])
    weights = np.concatenate([request.weights[chosen], np.ones(len(request.anchors))])
    step = fit_step(
        np.asarray(request.rows[together[readable]], np.float32),
        log_odds(said[readable], several=request.several),
        targets[readable],
        several=request.several,
        weights=weights[readable],
    )
    made = QuickAnswers(request.version, len(items), request.several, request.rows, request.probabilities, step, {})
    ready = dict(zip(request.front.tolist(), made.of(request.front), strict=True))
    return replace(made, ready=ready)


def changed(answers: QuickAnswers, among: npt.NDArray[np.int64], check: Callable[[], None]) -> int:
    """How many suggestions for some items (m,) differ from those of the version alone. `check` is called between parts,
    and may raise Cancelled.
    """
    total = 0
    for at in range(0, len(among), BLOCK):
        check()
        part = among[at : at + BLOCK]
        part = part[part < min(len(answers.rows), len(answers.probabilities))]
        now, before = answers.of(part), np.asarray(answers.probabilities[part])
        total += int((_said(now, answers.several) != _said(before, answers.several)).sum())
    return total


def agreement(answers: QuickAnswers, version: int, scores: Path, check: Callable[[], None]) -> Agreement | None:
    """How far quick answers foresaw the full fit `version`, whose probabilities lie in `scores`. None where these are
    not there, or of other classes. `check` as in `changed`.
    """
    full = read_scores(scores)
    if full is None or full.shape[1] != answers.step.shape[1]:
        return None
    items = np.arange(min(len(full), len(answers.rows), len(answers.probabilities)))
    both = same = same_before = 0
    for at in range(0, len(items), BLOCK):
        check()
        part = items[at : at + BLOCK]
        now, before = answers.of(part), np.asarray(answers.probabilities[part])
        told, quick, alone = (_said(x, answers.several) for x in (np.asarray(full[part]), now, before))
        known = (told >= 0) & (alone >= 0)
        both += int(known.sum())
        same += int((known & (told == quick)).sum())
        same_before += int((known & (told == alone)).sum())
    return Agreement(version, answers.version, answers.updates, both, same, same_before) if both else None


def _said(probabilities: FloatArray, several: bool) -> npt.NDArray[np.int64]:
    """The first class or the set of findings of each row; −1 where it is not scored."""
    if several:
        return suggested_codes(probabilities)
    known = np.isfinite(probabilities).all(axis=1)
    return np.where(known, np.nan_to_num(probabilities).argmax(axis=1), -1)


def keep(project: Project, found: Agreement) -> None:
    """Note how far the last quick answers agreed with the full fit that followed."""
    values = {name: getattr(found, name) for name in Agreement.__slots__}
    with project.store.transaction():
        project.store.set_fact(AGREEMENT, values)


def last_agreement(project: Project) -> Agreement | None:
    """The agreement noted last; None before there is one."""
    values = project.store.fact(AGREEMENT)
    try:
        return Agreement(**values) if isinstance(values, dict) else None
    except TypeError:  # written by another version of the program
        return None


def can_answer(project: Project) -> bool:
    """True when there is what quick answers are made from: quick rows of the version in use, for the whole pool."""
    return project.model is not None and not project.kind.compares and _rows(project, project.model.version) is not None


def want(project: Project, *, wanted: bool) -> Changes:
    """Turn quick answers on or off."""
    with project.store.transaction():
        project.store.set_fact(SWITCH, wanted)
    return Changes(settings=True)
