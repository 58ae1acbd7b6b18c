"""Marks that say what should, or should not, count: which there are, and which of them teach."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.decisions import Decision
from hitl_desktop.domain.evidence import Area, Evidence, Span, mark_key
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.pool import DECIDED
from hitl_desktop.domain.steering import SteeringPlan
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Marked
from hitl_desktop.workflow.steering import names_classes

KINDS: Final = ("text", "image")
"""The kinds of items that can be shown without a part of them: plain texts and pictures."""


def can_teach(project: Project) -> bool:
    """True where marks can say what counts: in texts and pictures that have one class each."""
    return project.kind.name in KINDS and names_classes(project)


@dataclass(frozen=True, slots=True)
class TeachingMark:
    """One mark that says what counts: on which item, by which decision, for which class; `key` names it in plans.

    `is_kept_apart`: the item measures or is left out of trainings, so its marks teach nothing.
    """

    key: str
    index: int
    name: str
    mark: Area
    label: Label
    decision: Decision
    is_kept_apart: bool


def teaching_marks(project: Project, training: npt.NDArray[np.int64]) -> list[TeachingMark]:
    """All marks that say what counts, of the decisions that stand, by item. `training` are the items that train."""
    if not can_teach(project):
        return []
    events = [event for event in project.store.decisions.teaching() if event.names_answer]
    items = {item.index: item for item in project.store.items.many([event.item_index for event in events])}
    trains = _among(np.array([event.item_index for event in events], np.int64), training)
    found = []
    for event, is_taught in zip(events, trains.tolist(), strict=True):
        item = items[event.item_index]
        for mark in event.evidence.teaching:
            label_id = _label_now(project, event.label_id if mark.label_id is None else mark.label_id)
            if label_id is not None:
                found.append(
                    TeachingMark(
                        mark_key(item.digest, mark),
                        item.index,
                        item.name,
                        mark,
                        project.label(label_id),
                        event,
                        not is_taught,
                    )
                )
    return found


def _among(items: npt.NDArray[np.int64], training: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of some items are among `training` (ascending), of which there may be a million."""
    if not len(training):
        return np.zeros(len(items), bool)
    places = np.minimum(np.searchsorted(training, items), len(training) - 1)
    return np.asarray(training[places] == items)


def marks_listed(project: Project) -> list[TeachingMark]:
    """The same marks for people, the latest first."""
    trains = (project.pool.states == DECIDED) & ~project.reserve.members
    marks = teaching_marks(project, np.flatnonzero(trains))
    return sorted(marks, key=lambda one: -one.decision.number)


def marked_of(project: Project, plan: SteeringPlan, training: npt.NDArray[np.int64]) -> list[Marked]:
    """What marks teach under a plan, item by item: those of the items `training` (m,) that are not switched off."""
    off = frozenset(plan.marks_off)
    by_item: dict[int, list[TeachingMark]] = {}
    for one in teaching_marks(project, training):
        if one.key not in off and not one.is_kept_apart:
            by_item.setdefault(one.index, []).append(one)
    found = []
    for index, marks in by_item.items():
        decision = marks[0].decision
        label_id = _label_now(project, decision.label_id)
        if label_id is not None:
            found.append(marked(project, index, label_id, tuple(one.mark for one in marks), decision.evidence))
    return found


def marked(project: Project, index: int, label_id: int, marks: tuple[Area, ...], evidence: Evidence) -> Marked:
    """Marks of an item as the worker gets them, in classes of now."""
    now = tuple(_in_classes_of_now(project, mark) for mark in marks)
    width, height = evidence.width, evidence.height
    is_picture = width is not None and height is not None and not isinstance(marks[0], Span)
    return Marked(index, label_id, now, (width or 0, height or 0) if is_picture else None)


def _in_classes_of_now(project: Project, mark: Area) -> Area:
    return mark if mark.label_id is None else replace(mark, label_id=project.label_now(mark.label_id))


def _label_now(project: Project, label_id: int | None) -> int | None:
    return None if label_id is None else project.label_now(label_id)
