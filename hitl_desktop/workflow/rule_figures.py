"""What rules for classes do, worked out beside the window: how many items they cover, and how they do on the checks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.steering import Conditions, SteeringPlan
from hitl_desktop.workflow.guessing import RuleFigures, figures, holds
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.snapshot import take_snapshot

MOST_SHOWN: Final = 10_000
"""So many items of a rule are listed at most: the first ones."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A snapshot of what is needed: the rules, the checks (m,) and their class ids (m,)."""

    folder: Path
    rules: tuple[tuple[Conditions, int], ...]
    items: int
    checks: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]


def ask(project: Project, plan: SteeringPlan) -> Asked:
    """Everything that the answer needs of the project now."""
    rules = tuple(rule.key for rule in plan.rules)
    checks, labels = take_snapshot(project).checks
    return Asked(project.folder, rules, len(project.pool), checks, labels)


def answer(asked: Asked, looking: Looking) -> dict[tuple[Conditions, int], RuleFigures]:
    """By what is asked and class id, what each rule does. Raises Cancelled when it was stopped."""
    if not asked.rules or not asked.items:
        return {}
    with looking.reading(asked.folder) as store:
        standing = holds(store.records, [conditions for conditions, _ in asked.rules], asked.items, looking.check)
    found = figures(asked.rules, standing, asked.checks, asked.labels)
    return dict(zip(asked.rules, found, strict=True))


def covered(folder: Path, conditions: Conditions, items: int, looking: Looking) -> list[int]:
    """The first of the items of which all conditions hold, at most `MOST_SHOWN`. Raises Cancelled when stopped."""
    with looking.reading(folder) as store:
        found = holds(store.records, [conditions], items, looking.check)[conditions]
    return [int(index) for index in np.flatnonzero(found)[:MOST_SHOWN]]
