"""What the map tells of items: classes, how sure the model is, where it and people differ; and of groups of items."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.pool import STATES
from hitl_desktop.workflow.finding import hidden_items
from hitl_desktop.workflow.map_request import ItemMap
from hitl_desktop.workflow.project import Project

Mask = npt.NDArray[np.bool_]
_DECIDED = STATES.index(ItemState.DECIDED)


@dataclass(frozen=True, slots=True)
class MapFacts:
    """Of every item, arrays (n,): its `classes`, the position of the class decided, else suggested, −1 for none or one
    that is not told yet; whether a person has `decided` it; how `unsure` the model is, 0 (sure) to 1, NaN where that is
    not known or not told; whether people and the model `differ`; whether it is `novel`, unlike anything decided.
    """

    classes: npt.NDArray[np.int64]
    decided: Mask
    unsure: npt.NDArray[np.float32]
    differ: Mask
    novel: Mask


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """Of one group of alike items: how many, how many decided, the class most of them have (its position, −1: none) and
    the share that has it, the mean of `unsure` (None where it is not known), and how many are unlike anything decided.
    """

    group: int
    items: int
    decided: int
    most: int
    share: float
    unsure: float | None
    novel: int


def map_facts(project: Project) -> MapFacts:
    """What is known now. Of suggestions that may have to wait for somebody's own answer nothing is told."""
    pool = project.pool
    hidden, none = hidden_items(project), np.zeros(len(pool), bool)
    untold = none if hidden is None else hidden & (pool.states != _DECIDED)
    decided = pool.states == _DECIDED
    novel = none.copy()
    if pool.novel is not None:  # items that came since are not judged yet
        novel[: len(pool.novel)] = pool.novel
    if project.task is Task.SEVERAL:
        classes = np.full(len(pool), -1, np.int64)
        differ = decided & (pool.predicted >= 0) & (pool.predicted != pool.label_ids)
    else:
        positions, suggested = _positions(project), np.asarray(pool.predicted, np.int64)
        answered = np.where(pool.label_ids >= 0, positions[np.maximum(pool.label_ids, 0)], -1)
        classes = np.where(answered >= 0, answered, np.where(untold, -1, suggested))
        differ = decided & (suggested >= 0) & (suggested != answered)
    audited = project.store.audits.open_items()
    differ[np.fromiter(audited, np.int64, len(audited))] = False
    span = max(1.0 - 1.0 / max(len(project.labels), 2), 1e-6)
    unsure = np.clip((1.0 - pool.confidence) / span, 0.0, 1.0).astype(np.float32)
    unsure[untold] = np.nan
    return MapFacts(classes, decided, unsure, differ, novel)


def group_facts(found: ItemMap, facts: MapFacts) -> list[GroupFacts]:
    """The groups, those that people have seen least of first: blind spots are at the top."""
    count = int(found.groups.max()) + 1 if len(found.groups) else 0
    told = [_of_group(group, found.groups == group, facts) for group in range(count)]
    return sorted((one for one in told if one.items), key=lambda one: (one.decided / one.items, -one.items))


def _of_group(group: int, members: Mask, facts: MapFacts) -> GroupFacts:
    classes = facts.classes[members]
    told = classes[classes >= 0]
    counts = np.bincount(told) if len(told) else np.zeros(1, np.int64)
    unsure = facts.unsure[members]
    known = unsure[np.isfinite(unsure)]
    return GroupFacts(
        group,
        int(members.sum()),
        int(facts.decided[members].sum()),
        int(counts.argmax()) if len(told) else -1,
        float(counts.max() / len(told)) if len(told) else 0.0,
        float(known.mean()) if len(known) else None,
        int(facts.novel[members].sum()),
    )


def _positions(project: Project) -> npt.NDArray[np.int64]:
    """The position of each class by its id."""
    most = max((label.id for label in project.labels), default=0)
    found = np.full(most + 1, -1, np.int64)
    for label in project.labels:
        found[label.id] = label.position
    return found
