"""Cost and return of a project: what every limit would cost, beside doing all by hand and nothing by hand."""

from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.expected_cost import CheckedItems, cheapest, cost_points, items_to_pay_back
from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.assurance.learning_curve import forecast
from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.findings import flags_of
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.pool import AUTOMATIC, DECIDED, TO_DO
from hitl_desktop.language import tr
from hitl_desktop.workflow import routing
from hitl_desktop.workflow.figures.cost_values import Costs, FewerReviews
from hitl_desktop.workflow.figures.measured import Checks, passing_reserve
from hitl_desktop.workflow.figures.values import Work
from hitl_desktop.workflow.project import Project

Confidences = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

LIMITS: Final = (*(round(0.5 + 0.01 * step, 2) for step in range(50)), 0.995, 1.0)
_NOTHING_PASSES: Final = 1.0001
_MOST_VERSIONS: Final = 12
_SEED: Final = 0x636F7374


def costs(
    project: Project, checks: Checks | None, work: Work, settings: CostSettings, strictest: float = 0.0
) -> Costs | None:
    """`strictest` is the limit from which a certificate holds, 0 for none. None until it is known what an hour and a
    mistake cost, how long a review takes, and what checks say. What a person has decided passes at no limit, so that
    reviewing and passing are what the header counts; items that came with their label cost nothing and are left out.
    """
    if checks is None or not len(checks) or settings.per_hour is None or not settings.knows_mistakes:
        return None
    if work.seconds is None:
        return None
    pool, per_review = project.pool, work.mean_seconds / 3600 * settings.per_hour
    is_with_the_data = np.isin(np.arange(len(pool)), checks.sample.with_the_data)
    needs_somebody = ~(is_with_the_data & (pool.states == DECIDED))
    items = int(needs_somebody.sum())
    eligible = routing.gate(project) & np.isfinite(pool.confidence)
    is_open = (pool.states == TO_DO) | (pool.states == AUTOMATIC)
    own = _own_mistakes(project)
    own_error = settings.reviewer_error if settings.reviewer_error is not None else (own.share if own else None)
    sure, open_ones = (np.sort(pool.confidence[eligible & which]) for which in (needs_somebody, is_open))
    as_sure = _count_from(sure, checks.confidence)
    checked = CheckedItems(
        checks.confidence,
        checks.right,
        eligible[checks.sample.rows],
        _prices(project, checks, settings),
        checks.weights,
        _count_from(open_ones, checks.confidence) / np.maximum(as_sure, 1),
    )
    limits = [*LIMITS, pool.threshold, _NOTHING_PASSES]
    passing = _count_from(open_ones, np.asarray(limits)).tolist()
    of = {"per_review": per_review, "reviewer_error": own_error or 0.0}
    *points, now, by_hand = cost_points(limits, passing, items, checked, **of)
    all_of_them = np.ones(len(checks))
    everything = CheckedItems(
        all_of_them, checked.right, all_of_them > 0, checked.cost_if_wrong, checked.weights, all_of_them
    )
    (automatic,) = cost_points([0.0], [items], items, everything, **of)
    best = cheapest([*points, by_hand], strictest) or by_hand
    each = items or 1
    back = items_to_pay_back(settings.setup, by_hand.total / each, now.total / each) if settings.setup else None
    return Costs(
        settings, items, len(checks), per_review, own_error, own, tuple(points), by_hand, automatic, now, best,
        strictest, back,
    )  # fmt: skip


def _count_from(ascending: Confidences, limits: Floats) -> npt.NDArray[np.int64]:
    """How many lie at or above each limit (m,), compared as confidences are kept."""
    return len(ascending) - np.searchsorted(ascending, limits.astype(np.float32), "left")


def why_no_costs(settings: CostSettings, checks: Checks | None, work: Work) -> str:
    """What is missing, in words."""
    if settings.per_hour is None or not settings.knows_mistakes:
        return tr("Say what an hour of reviewing and a mistake cost, and three ways of working are compared.")
    if checks is None or not len(checks):
        return tr("How many mistakes would pass is measured on random checks. There are none yet.")
    if work.seconds is None:
        return tr("How long a review takes is not known yet.")
    return ""


def fewer_reviews(project: Project, more: int) -> FewerReviews | None:
    """What `more` decisions would likely take off the share that needs a person; None when it is too early to say.

    It is the learning curve of `assurance/learning_curve.py`, with "passes at the limit in force" in place of "is
    right", on the part of the pool that was set aside at random.
    """
    models = sorted(project.store.models.all(), key=lambda model: (model.trained_on, model.version))
    in_use = project.model.trained_on if project.model else 0
    gate = routing.gate(project)
    known = [
        (model.trained_on, passing)
        for model in models[-_MOST_VERSIONS:]
        if model.trained_on <= in_use and (passing := passing_reserve(project, model, gate)) is not None
    ]
    if not known:
        return None
    decisions, passes = np.array([of for of, _ in known], np.int64), np.stack([passing for _, passing in known])
    rng = np.random.default_rng([project.seed, _SEED])
    weights = np.full(passes.shape[1], 1 / passes.shape[1])
    gain = forecast(decisions, passes, weights, more, rng)
    return None if gain is None else FewerReviews(1 - float(passes[-1].mean()), gain)


def _prices(project: Project, checks: Checks, settings: CostSettings) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """What a wrong answer to each check costs; of several findings, every wrong one is a miss or a false alarm."""
    labels = project.labels
    if project.task is Task.SEVERAL:
        if not settings.is_per_class:
            return np.full(len(checks), settings.mistake or 0.0)
        there, said = (flags_of(codes, len(labels)) for codes in (checks.sample.truth, checks.predicted))
        missed = np.array([settings.missed.get(label.id, 0.0) for label in labels])
        alarms = np.array([settings.false_alarms.get(label.id, 0.0) for label in labels])
        return np.asarray((there & ~said) @ missed + (said & ~there) @ alarms, np.float64)
    ids = np.array([label.id for label in labels])
    truth = ids[checks.sample.truth].tolist()
    said = np.where(checks.predicted >= 0, ids[np.maximum(checks.predicted, 0)], -1).tolist()
    return np.array([settings.of_mistake(t, s) for t, s in zip(truth, said, strict=True)], np.float64)


def _own_mistakes(project: Project) -> Estimate | None:
    """How often people were wrong, where hidden truth tells."""
    wrong, of = project.store.items.judged()
    return Estimate(wrong, of, wrong / of, *wilson(wrong, of)) if of else None
