"""Asking what marks on the item on screen would change: the request for the worker, and its answer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.evidence import Area, Evidence
from hitl_desktop.domain.pool import DECIDED
from hitl_desktop.domain.sentences import say
from hitl_desktop.domain.steering import IGNORED
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Decided, FeatureRequest, Marked
from hitl_desktop.workflow.steering import plan_in_force
from hitl_desktop.workflow.teaching_marks import can_teach, marked, marked_of

MOST: Final = 500
"""Decided items that the small fits learn from: a seeded draw where there are more, with all that have marks."""


@dataclass(frozen=True, slots=True)
class MarkEffectRequest:
    """Fit twice beside each other, without and with the marks of one item, and compare what they say of it.

    `bundle` is the model in use, `is_trained` says that it was trained here. `marked` are the marks, with the class
    that the item is, or would be, decided as; `about` are those whose part is told. `training` are decided items
    without it, `others` the marks on these.
    """

    features: FeatureRequest
    bundle: Path
    is_trained: bool
    marked: Marked
    about: tuple[Area, ...]
    training: Decided
    others: tuple[Marked, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class MarkEffect:
    """Without the marks and with them: the probability (0–1) of class `label_id` for the item, and the part of what is
    marked: what the log odds of that class lose without it.
    """

    index: int
    label_id: int
    before: float
    after: float
    part_before: float
    part_after: float


def mark_effect_request(
    project: Project, index: int, evidence: Evidence, label_id: int | None, about: tuple[Area, ...] = ()
) -> MarkEffectRequest:
    """What the worker needs to say what the marks of an item change; `label_id` is its class if it is decided so, None
    where that is not known or not to be told.

    Raises KnownError where nothing can be said: no model or class yet, an item that measures, a kind without marks.
    """
    if not can_teach(project):
        raise KnownError(say("Marks teach in texts and pictures that have one class each."))
    if is_kept_apart(project, index):
        raise KnownError(say("This item is kept apart from training: its marks teach nothing."))
    if project.model is None or label_id is None:
        raise KnownError(say("It teaches with the next training."))
    decided = project.pool.states == DECIDED
    decided[project.reserve.members] = False
    decided[index] = False
    rows = np.flatnonzero(decided)
    others = marked_of(project, plan_in_force(project), rows)
    if len(rows) > MOST:
        drawn = rows[np.random.default_rng([project.seed, 0x6D61726B]).integers(0, len(rows), MOST)]
        rows = np.union1d(drawn, np.array([one.index for one in others], np.int64))
    now = {label.id: project.label_now(label.id) for label in project.labels}
    labels = np.array([-1 if (own := now.get(int(i))) is None else own for i in project.pool.label_ids[rows]], np.int64)
    return MarkEffectRequest(
        project.feature_request(),
        project.folder / project.model.folder,
        project.model.origin == "trained",
        marked(project, index, label_id, evidence.teaching, evidence),
        about or evidence.teaching,
        Decided(rows[labels >= 0], labels[labels >= 0]),
        tuple(others),
        project.seed,
    )


def is_kept_apart(project: Project, index: int) -> bool:
    """True for an item that measures, or is ignored for training."""
    live = project.store.decisions.live(index)
    measures = project.reserve.members[index] or (bool(live) and live[0].slot is Slot.IMPORTED_CHECK)
    return bool(measures) or project.store.steering.examples().get(index) == IGNORED
