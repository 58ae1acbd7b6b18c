"""What figures are asked for, and the question about a project as it stood when it was asked."""

import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np

from hitl_desktop.domain.event_table import EventTable, Ints
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.project import Project


@dataclass(frozen=True, slots=True)
class Asked:
    """Which decisions count: from the local day `since` on, and of one `reviewer`; None and "" for all.

    `column` are the groups to show, "" for the column whose groups differ most. `now` is the moment in seconds since
    1970 for everything that looks ahead.
    """

    since: date | None = None
    reviewer: str = ""
    column: str = ""
    now: float = field(default_factory=time.time)


def local_days(at: Ints) -> Ints:
    """The local day of moments (n,), as ordinals of `date`. Zones change their time at quarters of an hour at most."""
    quarters, places = np.unique(at // 900, return_inverse=True)
    days = [datetime.fromtimestamp(int(quarter) * 900).toordinal() for quarter in quarters]
    return np.array(days, np.int64)[places] if len(days) else np.empty(0, np.int64)


def chosen(events: EventTable, asked: Asked) -> EventTable:
    """The events that count for a question."""
    mask = np.ones(len(events), bool)
    if asked.since is not None:
        mask &= local_days(events.at) >= asked.since.toordinal()
    if asked.reviewer:
        code = events.reviewers.index(asked.reviewer) if asked.reviewer in events.reviewers else -1
        mask &= events.reviewer == code
    return events if mask.all() else events.of(mask)


def as_it_stands(project: Project) -> Project:
    """The project as it is now, for a thread beside the window; its store has still to be replaced.

    It shares the arrays that are replaced and never written to, so making it takes milliseconds.
    """
    twin = copy(project)
    twin.pool = project.pool.copy()
    return twin


class Beside(Looking):
    """Answers one question about a project in a thread of its own, through a connection that only reads."""

    def answer(self, project: Project, look: "Callable[[Project, Callable[[], None]], object]") -> object:
        """What `look` says of the project, made with `as_it_stands`. Raises Cancelled when it was stopped."""
        with self.reading(project.folder) as store:
            project.store = store
            self.check()
            return look(project, self.check)
