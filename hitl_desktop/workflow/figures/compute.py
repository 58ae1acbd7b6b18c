"""Makes the figures of a project: a pure function of its log, its pool and its settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hitl_desktop.assurance.class_measures import class_measures, finding_measures
from hitl_desktop.domain.batch_comparison import BatchComparison
from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.event_table import EventTable
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.arrivals import comparisons
from hitl_desktop.workflow.certifying import Stage, state
from hitl_desktop.workflow.figures.asked import Asked, chosen
from hitl_desktop.workflow.figures.costing import costs, fewer_reviews, why_no_costs
from hitl_desktop.workflow.figures.five import five
from hitl_desktop.workflow.figures.groups import groups_of
from hitl_desktop.workflow.figures.measured import Checks, VersionPoint, checks_of, version_points
from hitl_desktop.workflow.figures.values import ClassRow, Figures, Groups, Watch
from hitl_desktop.workflow.figures.watching import limits_of, watch_list
from hitl_desktop.workflow.figures.work import classes_of, days_of, pace_of, reviewers_of, work_of
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.snapshot import Snapshot, per_class, take_snapshot

_COSTS: Final = "costs"
_TRAININGS_AHEAD: Final = 5
"""How far the fall of the intervention rate is looked ahead: no further than a curve can be trusted."""


@dataclass(frozen=True, slots=True)
class Found:
    """The figures, with the log that they were made of: what is known of it need not be read again."""

    figures: Figures
    events: EventTable


def costs_of(store: Store) -> CostSettings:
    """What the people of a project say that things cost."""
    kept = store.fact(_COSTS) or {}
    return CostSettings.of(kept) if isinstance(kept, Mapping) else CostSettings()


def set_costs(store: Store, settings: CostSettings) -> Changes:
    """Keep other costs. Raises KnownError for what cannot be one; `NOTHING` when they are the same."""
    settings.check()
    if settings == costs_of(store):
        return NOTHING
    with store.transaction():
        store.set_fact(_COSTS, settings.plain())
    return Changes(settings=True)


def figures_of(
    project: Project, asked: Asked, known: EventTable | None = None, check: Callable[[], None] = lambda: None
) -> Found:
    """All figures. Accuracy and groups are of all checks, whatever was asked for: a reviewer or a week measures no
    model. `check` is called between two parts, and may raise to stop the work.
    """
    events = project.store.events.read(project.store.decisions.count(), known, check)
    snapshot = take_snapshot(project)
    check()
    checks = checks_of(project, snapshot)
    versions = version_points(project, snapshot)
    check()
    groups, columns = groups_of(project, checks, asked.column)
    check()
    mine, settings = chosen(events, asked), costs_of(project.store)
    work = work_of(mine)
    ledger = project.pool.ledger()
    priced = costs(project, checks, work_of(events), settings, _proved_from(project))
    check()
    figures = Figures(
        asked,
        ledger,
        five(ledger, _imported(project, events), checks, work, settings, has_model=project.model is not None),
        work,
        tuple(versions),
        tuple(days_of(mine, settings)),
        tuple(reviewers_of(mine)),
        tuple(classes_of(mine, project.offered, _decided(project, snapshot), _measured(project, checks))),
        groups,
        columns,
        pace_of(mine, ledger.needs_review, asked.now),
        _watched(project, events, versions, groups),
        _checks_left(project),
        settings.currency,
        priced,
        "" if priced else why_no_costs(settings, checks, work),
        fewer_reviews(project, project.retrain_every * _TRAININGS_AHEAD),
    )
    return Found(figures, events)


def watched_of(
    project: Project, known: EventTable | None = None, check: Callable[[], None] = lambda: None
) -> tuple[tuple[Watch, ...], EventTable]:
    """The watch list alone, and the log it was made of; `known` and `check` as in `figures_of`."""
    events = project.store.events.read(project.store.decisions.count(), known, check)
    snapshot = take_snapshot(project)
    check()
    groups, _ = groups_of(project, checks_of(project, snapshot), "")
    check()
    return _watched(project, events, version_points(project, snapshot), groups), events


def _watched(
    project: Project, events: EventTable, versions: list[VersionPoint], groups: Groups | None
) -> tuple[Watch, ...]:
    return tuple(watch_list(events, versions, groups, limits_of(project.store), _last_batch(project)))


def _last_batch(project: Project) -> BatchComparison | None:
    """The newest batch of items that could be compared with those before it; None without one."""
    found = [compared for _, compared in sorted(comparisons(project).items()) if compared.p is not None]
    return found[-1] if found else None


def _proved_from(project: Project) -> float:
    """The loosest limit that a valid certificate has proved; 0 where there is none."""
    found = state(project)
    last = found.walk.last if found.stage is Stage.VALID and found.walk is not None else None
    return last.limit if last is not None else 0.0


def _checks_left(project: Project) -> int:
    order = project.reserve.order
    return int((project.pool.states[order] == TO_DO).sum())


def _imported(project: Project, events: EventTable) -> int:
    """How many items stand as the data labelled them."""
    standing = events.standing(len(project.pool))
    return int(events.is_imported[standing[standing >= 0]].sum())


def _decided(project: Project, snapshot: Snapshot) -> dict[int, int]:
    return {label.id: count for label, count in per_class(project, snapshot.labels)}


def _measured(project: Project, checks: Checks | None) -> dict[int, ClassRow]:
    """What the checks tell of every class, by label id."""
    if checks is None:
        return {}
    several = project.task is Task.SEVERAL
    measures = (finding_measures if several else class_measures)(
        checks.sample.truth, checks.predicted, checks.weights, len(project.labels)
    )
    return {
        label.id: ClassRow(label, 0, 0, 0, None, found.recall, found.precision)
        for label, found in zip(project.labels, measures, strict=True)
    }
