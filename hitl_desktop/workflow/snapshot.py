"""The decisions of a project at one moment, and what each of them may be used for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.class_changes import folded_code, is_plain
from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.findings import flags_of
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.steering import IGNORED
from hitl_desktop.workflow.project import Project


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The decided items at one moment: indexes and class ids (m,), which of them train, and which measure.

    Where the task is several findings per item, `labels` are codes of sets of findings (`domain/findings.py`).
    Items of the reserve that were answered before their turn do neither: see `Reserve.measuring`. Neither do those that
    were decided to watch automatic decisions: they are not drawn from the whole pool. Automatic ones are left out.
    """

    rows: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    trains: npt.NDArray[np.bool_]
    measures: npt.NDArray[np.bool_]
    after_decision: int

    @property
    def training(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Rows and labels that may train."""
        return self.rows[self.trains], self.labels[self.trains]

    @property
    def checks(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Rows and labels that were drawn at random, and measure."""
        return self.rows[self.measures], self.labels[self.measures]


def take_snapshot(project: Project) -> Snapshot:
    """The decided items now."""
    last = project.store.decisions.count()  # first: what is decided meanwhile, beside, is news next time
    decided = _decided(project)
    rows = np.array([row[0] for row in decided], np.int64)
    imported_check = np.array([row[2] == Slot.IMPORTED_CHECK for row in decided], bool)
    watched = np.array([row[2] == Slot.WATCH for row in decided], bool)
    ignored = np.array([i for i, weight in project.store.steering.examples().items() if weight == IGNORED], np.int64)
    in_turn = np.zeros(len(project.pool), bool)
    in_turn[checks_in_turn(project)] = True
    return Snapshot(
        rows,
        np.array([row[1] for row in decided], np.int64),
        ~imported_check & ~watched & ~project.reserve.members[rows] & ~np.isin(rows, ignored),
        imported_check | in_turn[rows],
        last,
    )


def checks_in_turn(project: Project) -> npt.NDArray[np.int64]:
    """Indexes of the answered items of the reserve that measure: those before the first that is still open.

    What belongs to an audit that is under way counts as open, so that no figure tells how the audit goes.
    """
    is_open = project.pool.unanswered()
    audited = project.store.audits.open_items()
    is_open[np.fromiter(audited, np.int64, len(audited))] = True
    return project.reserve.measuring(is_open)


def per_class(project: Project, labels: npt.NDArray[np.int64]) -> list[tuple[Label, int]]:
    """How many of the labels (n,) are of each class, or have each finding, in class order; −1 is none."""
    if project.task is Task.SEVERAL:
        counts = flags_of(labels, len(project.labels)).sum(axis=0)
        return [(label, int(counts[label.position])) for label in project.labels]
    ids, found = np.unique(labels[labels >= 0], return_counts=True)
    known = dict(zip(ids.tolist(), found.tolist(), strict=True))
    return [(label, int(known.get(label.id, 0))) for label in project.labels]


def _decided(project: Project) -> list[tuple[int, int, str]]:
    """(item index, class id or code, slot) of every decided item, in the classes there are now.

    Items whose class is retired neither train nor measure: there is nothing the model should answer for them.
    """
    log = project.store.decisions
    if project.task is Task.SEVERAL:
        columns = project.columns_now
        return [
            (index, folded_code(project.code(found), columns), slot) for index, found, slot in log.decided_findings()
        ]
    if is_plain(project.columns_now):
        return log.decided()
    now = ((index, project.label_now(label_id), slot) for index, label_id, slot in log.decided())
    return [(index, label_id, slot) for index, label_id, slot in now if label_id is not None]
