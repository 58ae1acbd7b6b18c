"""What a model says of the pool, read and worked out: beside the window where a training has just made it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hitl_desktop.domain.class_changes import folded
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.policy_match import Mask
from hitl_desktop.domain.pool import PoolScores, scores_of
from hitl_desktop.domain.predictions import NOVEL_BELOW
from hitl_desktop.workflow.scores import read_novelty, read_scores

if TYPE_CHECKING:
    from hitl_desktop.workflow.project import Project


@dataclass(frozen=True, slots=True, eq=False)
class ReadyScores:
    """Ready to be shown, in the classes there were: `columns` says what each counted as. `novel` as in `Pool`."""

    columns: tuple[int, ...]
    scores: PoolScores
    novel: Mask | None

    def fits(self, project: "Project") -> bool:
        """True while the classes, the items and the uncertainty are those it was worked out for."""
        pool = project.pool
        mine = (self.columns, len(self.scores.predicted), self.scores.measure)
        return mine == (tuple(project.columns_now), len(pool), pool.measure)


def ready_scores(project: "Project", scores: Path, utilities: Path, none_yet: Path) -> ReadyScores | None:
    """Read what a model says of every item; None when it has to be computed first. `utilities` tells of novelty, of a
    pool that is not scored to its end `none_yet`.
    """
    found, items = read_scores(scores), len(project.pool)
    if found is None or found.shape[1] > len(project.labels) or len(found) > items:
        return None
    if is_short := len(found) < items:  # the file is soon written anew, which some systems refuse while it is mapped
        found = np.array(found)
    found = folded(found, project.columns_now, several=project.task is Task.SEVERAL)
    said = scores_of(found, items, project.pool.measure, project.task)
    return ReadyScores(tuple(project.columns_now), said, novel_in(none_yet if is_short else utilities, items))


def ready_in_use(project: "Project", ready: ReadyScores | None) -> ReadyScores | None:
    """What the version in use says: `ready` where that still fits, else read now; None where there is nothing."""
    if project.model is None or (ready is not None and ready.fits(project)):
        return ready if project.model is not None else None
    at = project.model.version
    return ready_scores(project, project.scores_file(at), project.utilities_file(at), project.utilities_file(0))


def ready_as_it_stands(project: "Project") -> ReadyScores:
    """What is shown already, in classes that have changed without any of them counting otherwise."""
    return ReadyScores(tuple(project.columns_now), project.pool.scores(), project.pool.novel)


def novel_in(utilities: Path, items: int) -> Mask | None:
    """Which items are unlike anything decided; None where that is not known."""
    chances = read_novelty(utilities)
    return None if chances is None or len(chances) > items else np.asarray(chances < NOVEL_BELOW)
