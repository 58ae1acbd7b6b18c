"""What a finished training comes to, worked out before it is kept: it takes a while where there are many items."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.class_changes import folded, is_plain
from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.findings import needs_difference, suggested_codes
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.pool import DECIDED
from hitl_desktop.domain.sentences import say
from hitl_desktop.domain.steering import IGNORED
from hitl_desktop.learning.cards import load_card
from hitl_desktop.workflow.check_scores import read_answers, write_check_scores
from hitl_desktop.workflow.insight import replaces_learned_elsewhere
from hitl_desktop.workflow.known_items import read_known
from hitl_desktop.workflow.measuring import MeasuringSample, answers_of, known_to, measuring_sample
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.promotion import Judgement, judge
from hitl_desktop.workflow.ready_scores import ReadyScores, ready_scores
from hitl_desktop.workflow.requests import Trained
from hitl_desktop.workflow.scores import read_scores
from hitl_desktop.workflow.snapshot import Snapshot
from hitl_desktop.workflow.training_record import training_hash


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """All that is to be known of it. `learned_from` counts the decisions that it learned from; `items` are those it has
    scored; `in_use` and `labels` are the version and the classes that it was compared with.
    """

    judgement: Judgement
    metrics: dict[str, Any]
    changed: dict[str, int]
    learned_from: int
    training_hash: str
    items: int
    scores: ReadyScores | None
    in_use: int | None
    labels: tuple[Label, ...]

    def fits(self, project: Project) -> bool:
        """True while the version in use and the classes are those that it was compared with."""
        in_use = project.model.version if project.model else None
        return (self.in_use, self.labels) == (in_use, tuple(project.labels))


def hindrance(project: Project, snapshot: Snapshot) -> KnownError | None:
    """Why these decisions are no training, or None."""
    _, labels = snapshot.training
    if project.task is Task.SEVERAL:
        return needs_difference(labels)
    distinct = set(labels.tolist())
    if not distinct:
        return KnownError(say("There are no decisions to learn from yet."), say("Decide some items first."))
    if len(distinct) == 1:
        name = project.label(distinct.pop()).name
        return KnownError(
            say("All decisions so far say {name}. Training needs a second class.", name=name),
            say("Decide items of another class first."),
        )
    return None


def two_that_differ(project: Project) -> npt.NDArray[np.int64] | None:
    """Two items that train and are decided otherwise, as far as that is seen without reading all decisions; None where
    it is not.
    """
    if project.task is Task.SEVERAL or not is_plain(project.columns_now):
        return None
    pool = project.pool
    rows = np.flatnonzero((pool.states == DECIDED) & ~project.reserve.members)
    others = rows[pool.label_ids[rows] != pool.label_ids[rows[:1]]] if len(rows) else rows
    if not len(others):
        return None
    pair, examples = np.array([rows[0], others[0]]), project.store.steering.examples()
    slots = [live[-1].slot for i in pair.tolist() if (live := project.store.decisions.live(i))]
    trains = not {Slot.IMPORTED_CHECK, Slot.WATCH, Slot.EXPLORE}.intersection(slots) and len(slots) == len(pair)
    return pair if trains and all(examples.get(i) != IGNORED for i in pair.tolist()) else None


def made_ready(project: Project, snapshot: Snapshot, trained: Trained) -> Ready:
    """Compare a training with the version in use on the checks there are, and count what it changes. What it says of
    the items that measure is laid down in its bundle.
    """
    several = project.task is Task.SEVERAL
    scores = read_scores(trained.scores)
    if scores is not None:
        rows = project.measuring_items()
        rows = rows[rows < len(scores)]  # of items added since, it is asked when the pool is scored
        write_check_scores(trained.bundle, rows, scores[rows], several=several)
    own = _known_in(trained.bundle)
    known_before = np.union1d(known_to(project, project.model), own[own < len(project.pool)])
    judgement, metrics = _compared(project, measuring_sample(project, snapshot).without(known_before), trained)
    known = [(r, c) for r, c in zip(*snapshot.training, strict=True) if int(r) not in trained.unreadable]
    none_yet = project.utilities_file(0)
    return Ready(
        judgement,
        metrics,
        _changed(project, scores),
        len(known),
        _hash(project, known),
        0 if scores is None else len(scores),
        ready_scores(project, trained.scores, trained.utilities, none_yet),
        project.model.version if project.model else None,
        tuple(project.labels),
    )


def _compared(project: Project, sample: MeasuringSample, trained: Trained) -> tuple[Judgement, dict[str, Any]]:
    """The comparison with the version in use, and the counts of both on the checks there are now."""
    several = project.task is Task.SEVERAL
    new = read_answers(trained.bundle, trained.scores, sample.rows, project.columns_now, several=several)
    old = answers_of(project, project.model, sample) if project.model else None
    in_use = project.model.version if project.model else None
    metrics: dict[str, Any] = {"checks": len(sample)}
    if sample.left_out:
        metrics["left_out"] = sample.left_out
    accuracy = sample.accuracy(new) if new else None
    if accuracy:
        metrics |= {"right": accuracy.right, "accuracy": accuracy.share, "interval": [accuracy.low, accuracy.high]}
    before = sample.accuracy(old) if old else None
    if before:
        metrics |= {"right_before": before.right, "version_before": in_use}
    anew = project.model is not None and replaces_learned_elsewhere(
        str(load_card(trained.bundle)["card"].get("started_from", "")), project, project.model
    )
    return judge(sample, new, old, project.labels, old_version=in_use, began_anew=anew), metrics


def _changed(project: Project, scores: npt.NDArray[np.float32] | None) -> dict[str, int]:
    """How many suggestions of the pool differ from those of the version in use. Counted once: it reads them all."""
    if scores is None or project.model is None or not project.is_scored:
        return {}
    before = project.pool.predicted[: len(scores)]
    is_several = project.task is Task.SEVERAL
    scores = folded(scores, project.columns_now, several=is_several)
    read = (before >= 0) & np.isfinite(scores).all(axis=1)
    now = suggested_codes(scores) if is_several else np.nan_to_num(scores).argmax(axis=1)
    changed = int((read & (now != before)).sum())
    return {"against": project.model.version, "suggestions": int(read.sum()), "changed": changed}


def _hash(project: Project, known: list[tuple[int, int]]) -> str:
    digests = project.store.items.digests_of([row for row, _ in known])
    names: dict[int, str | list[str]] = {answer: _said(project, answer) for answer in {int(said) for _, said in known}}
    return training_hash((digests[row], names[int(class_id)]) for row, class_id in known)


def _said(project: Project, answer: int) -> str | list[str]:
    """The name of a class, or the names of the findings of a set."""
    if project.task is Task.SEVERAL:
        return [label.name for label in project.findings_in(answer)]
    return project.label(answer).name


def _known_in(folder: Path) -> npt.NDArray[np.int64]:
    """The items that a new version learned from before it came here, by the model it began from."""
    found = read_known(folder)
    return np.empty(0, np.int64) if found is None else found
