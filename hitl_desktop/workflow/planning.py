"""The order of asking, worked out of a snapshot: beside the window where the pool is large."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.policy_match import Mask
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.learning.ranking import Plan, plan
from hitl_desktop.learning.reserve import Reserve
from hitl_desktop.workflow.automation import watched
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.ranked import Ranked, RankQuestion

AT_ONCE: Final = 50_000
"""Up to so many items the queue is ordered while the window waits: a few milliseconds."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanQuestion:
    """Everything that the order of asking follows from, as it was when it was asked.

    `to_do`, `proposed` and `reserve.members` (n,) speak of every item; `keeping` (w,) are those that keep watch in the
    order in which they are asked, None where nothing is watched; `audited` are those of an open audit that wait, None
    without one. `known` is how the pool ranks, where that is worked out.
    `events` is the number of the last event then, `moves` that of the standings noted (`Pool`).
    """

    folder: Path
    rank: RankQuestion
    known: Ranked | None
    to_do: Mask
    proposed: Mask
    reserve: Reserve
    every: int
    keeping: npt.NDArray[np.int64] | None
    audited: npt.NDArray[np.int64] | None
    events: int
    moves: int

    def answer(self, done: int) -> "Planned":
        """The order after `done` decisions."""
        ranked = self.rank.answer() if self.known is None else self.known
        made = plan(
            np.flatnonzero(self.to_do & ~self.proposed),
            np.flatnonzero(self.to_do),
            self.reserve,
            ranked.ranking,
            ranked.reasons,
            done=done,
            every=self.every,
        )
        if self.keeping is not None:
            made = made.with_watch(self.keeping, done)
        if self.audited is not None:
            made = made.with_audit(self.audited, done)
        return Planned(self, ranked, made)


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """The answer to `asked`."""

    asked: PlanQuestion
    ranked: Ranked
    plan: Plan


def plan_question(project: Project) -> PlanQuestion:
    """Ask for the order of asking now."""
    pool, rank, reserve = project.pool, project.rank_question(), project.reserve
    watching, draws, keeping = watched(project), pool.facts.draws, None
    if watching is not None and draws is not None:
        keeping = np.flatnonzero(watching & ~reserve.members)
        keeping = keeping[np.argsort(draws[keeping], kind="stable")]
    under_way, audited = project.store.audits.open(), None
    if under_way is not None:
        items = np.array([item.index for item in under_way.audit.drawn], np.int64)
        audited = items[pool.states[items] == TO_DO]
    return PlanQuestion(
        project.folder,
        rank,
        project.ranked_before(rank),
        pool.states == TO_DO,
        pool.passing(),
        reserve,
        project.check_every,
        keeping,
        audited,
        project.store.decisions.count(),
        pool.moves,
    )


def planned_now(project: Project) -> Planned:
    """The order of asking at once."""
    asked = plan_question(project)
    found = asked.answer(project.store.decisions.made())
    if asked.known is None:
        project.take_ranked(asked.rank, found.ranked)
    return found


class Planner(Looking):
    """Works it out beside the window."""

    def answer(self, asked: PlanQuestion) -> Planned:
        """Raises Cancelled when it was stopped, ProjectRefused."""
        with self.reading(asked.folder) as store:
            done = store.decisions.made()
        return asked.answer(done)
