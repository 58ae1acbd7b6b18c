"""Second reading in a project: what waits for somebody else, where two readers differ, and how well they agree."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hitl_desktop.assurance.agreement import cohens_kappa
from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.reviewers import Sitting
from hitl_desktop.domain.second_reading import SecondReading, Stage, reading_of
from hitl_desktop.workflow.project import Project

if TYPE_CHECKING:
    from hitl_desktop.workflow.review import ReviewSession


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many items are at each stage, and how often two readers agree.

    `share` is None before anything was read twice. `kappa` corrects it for what chance alone would give (Cohen 1960),
    −1 to 1; None where chance alone would make them agree always.
    """

    waits: int = 0
    agreed: int = 0
    differs: int = 0
    settled: int = 0
    share: Estimate | None = None
    kappa: float | None = None


def readings(project: Project) -> dict[int, SecondReading]:
    """The items that a rule gave to a second reader and that somebody has answered, by index, oldest answer first."""
    store = project.store

    def work() -> dict[int, SecondReading]:
        indexes = store.decisions.for_second_reader()
        found = {index: reading_of(live) for index, live in store.decisions.live_of_many(indexes).items()}
        there = [(index, reading) for index, reading in found.items() if reading is not None]
        return dict(sorted(there, key=lambda pair: pair[1].first.number))

    return store.remembered("second readings", None, work)


def waiting_for(project: Project, sitting: Sitting) -> list[int]:
    """The items that wait for whoever is at work as the second reader, those answered first before the others."""
    return [index for index, reading in readings(project).items() if reading.waits_for(sitting)]


def keeps_first_back(project: Project, index: int, sitting: Sitting) -> bool:
    """True for an item whose first answer whoever is at work must not see yet, for it waits for theirs."""
    reading = readings(project).get(index)
    return reading is not None and reading.waits_for(sitting)


def differing(project: Project) -> list[int]:
    """The items where two readers differ, and nobody has settled it."""
    return [index for index, reading in readings(project).items() if reading.stage is Stage.DIFFERS]


def read_second(session: "ReviewSession") -> Changes:
    """Go through the items that wait for the session's reviewer as the second one. `NOTHING` when there are none."""
    waiting = waiting_for(session.project, session.sitting)
    return session.go_through(np.asarray(waiting, np.int64), Slot.SECOND)


def settle(session: "ReviewSession") -> Changes:
    """Go through the items where two readers differ. `NOTHING` when there are none."""
    return session.go_through(np.asarray(differing(session.project), np.int64), Slot.AGAIN)


def agreement(project: Project) -> Agreement:
    """How the second reading stands."""
    found = list(readings(project).values())
    stages = [reading.stage for reading in found]
    twice = [(reading.first, reading.second) for reading in found if reading.second is not None]
    said = [((a.label_id, a.findings), (b.label_id, b.findings)) for a, b in twice]
    return Agreement(
        stages.count(Stage.WAITS),
        stages.count(Stage.AGREED),
        stages.count(Stage.DIFFERS),
        stages.count(Stage.SETTLED),
        _share(sum(a == b for a, b in said), len(said)) if said else None,
        cohens_kappa(said),
    )


def _share(agreed: int, of: int) -> Estimate:
    return Estimate(agreed, of, agreed / of, *wilson(agreed, of))
