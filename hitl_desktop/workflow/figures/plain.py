"""The figures as JSON and as a table: the contract of `hitl-desktop kpis`."""

import math
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from hitl_desktop.assurance.estimates import Estimate, Score
from hitl_desktop.workflow.figures.definitions import DEFINITIONS
from hitl_desktop.workflow.figures.values import Figures, Groups, Pace, Work
from hitl_desktop.workflow.figures.watching import plain_alerts

HEADER = ("figure", "of", "value", "low", "high", "numerator", "denominator", "unit", "source")
"""The columns of the table: `of` is the day, version, person, class or group that a row is about."""


def plain(found: Figures) -> dict[str, Any]:
    """Everything as JSON can hold it. Shares are 0–1, times in seconds, moments in UTC; null: it cannot be told."""
    return {
        "figures": {
            figure.id: {
                "title": DEFINITIONS[figure.id].title,
                "value": figure.value,
                "low": figure.low,
                "high": figure.high,
                "unit": DEFINITIONS[figure.id].unit,
                "detail": figure.detail,
                "sample": figure.sample,
                "definition": DEFINITIONS[figure.id].meaning,
                "formula": DEFINITIONS[figure.id].formula,
            }
            for figure in found.five
        },
        "items": {f.name: getattr(found.ledger, f.name) for f in fields(found.ledger)},
        "work": _work(found.work),
        "days": [
            {"day": date.fromordinal(day.ordinal).isoformat(), "cost_per_item": day.cost_per_item} | _work(day.work)
            for day in found.days
        ],
        "versions": [
            {
                "version": point.version,
                "in_use": point.is_in_use,
                "decisions": point.decisions,
                "accuracy": _estimate(point.accuracy),
                "needs_you": _estimate(point.needs_you),
                "error_reduction": _estimate(point.reduction),
            }
            for point in found.versions
        ],
        "reviewers": [{"name": row.name} | _work(row.work) for row in found.reviewers],
        "classes": [
            {
                "class": row.label.name,
                "decided": row.decided,
                "suggestions_seen": row.seen,
                "suggestions_changed": row.changed,
                "seconds": _score(row.seconds),
                "recall": _estimate(row.recall),
                "precision": _estimate(row.precision),
            }
            for row in found.classes
        ],
        "groups": None if found.groups is None else _groups(found.groups),
        "group_columns": list(found.columns),
        "pace": None if found.pace is None else _pace(found.pace),
        "watch": plain_alerts(found.watch),
        "since": found.asked.since.isoformat() if found.asked.since else None,
        "reviewer": found.asked.reviewer or None,
    }


def table(found: Figures) -> Iterator[tuple[str, ...]]:
    """The same as rows of text under `HEADER`: one figure each, for a spreadsheet."""
    for figure in found.five:
        yield _row(figure.id, "", figure.value, figure.low, figure.high, None, None, DEFINITIONS[figure.id].unit,
                   " · ".join(part for part in (figure.detail, figure.sample) if part))  # fmt: skip
    yield from _work_rows("", found.work)
    for day in found.days:
        yield from _work_rows(date.fromordinal(day.ordinal).isoformat(), day.work)
    for reviewer in found.reviewers:
        yield from _work_rows(reviewer.name, reviewer.work)
    for point in found.versions:
        of = f"v{point.version}"
        yield from _estimate_row("accuracy", of, point.accuracy)
        yield from _estimate_row("needs_you", of, point.needs_you)
        yield from _estimate_row("reduction", of, point.reduction)
    for row in found.classes:
        yield _row("decided", row.label.name, row.decided, None, None, None, None, "items", "")
        yield from _estimate_row("recall", row.label.name, row.recall)
        yield from _estimate_row("precision", row.label.name, row.precision)
        if row.seen:
            yield _row(
                "override", row.label.name, row.changed / row.seen, None, None, row.changed, row.seen, "share", ""
            )
    if found.groups is not None:
        for group in found.groups.rows:
            yield from _estimate_row("accuracy", f"{found.groups.column}: {group.value}", group.accuracy)
    for watch in found.watch:
        yield _row("watch", watch.id, watch.value, None, watch.limit, None, None, watch.state.value, watch.log_words)


def _work(work: Work) -> dict[str, Any]:
    return {
        "decisions": work.decisions,
        "active_seconds": work.active_seconds,
        "seconds": _score(work.seconds),
        "per_hour": work.per_hour,
        "suggestions_seen": work.seen,
        "suggestions_changed": work.changed,
        "override_rate": work.changed / work.seen if work.seen else None,
        "automatic": work.automatic,
    }


def _estimate(found: Estimate | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"value": found.share, "low": found.low, "high": found.high, "right": found.right, "of": found.of}


def _score(found: Score | None) -> dict[str, Any] | None:
    if found is None:
        return None
    is_known = math.isfinite(found.high)
    return {"value": found.value, "low": found.low if is_known else None, "high": found.high if is_known else None}


def _groups(found: Groups) -> dict[str, Any]:
    return {
        "column": found.column,
        "groups": [{"value": row.value} | (_estimate(row.accuracy) or {}) | {"accuracy": row.accuracy.share}
                   for row in found.rows],
        "lowest": found.rows[found.low].value,
        "highest": found.rows[found.high].value,
        "gap": found.gap,
        "p": found.p,
        "p_all_columns": found.p_all,
        "columns_tested": found.columns,
        "more_checks": found.more,
    }  # fmt: skip


def _pace(found: Pace) -> dict[str, Any]:
    done = None if found.done_at is None else datetime.fromtimestamp(found.done_at, UTC).isoformat(timespec="seconds")
    return {
        "seconds": found.seconds,
        "decisions": found.decisions,
        "left": found.left,
        "seconds_left": found.seconds_left,
        "done_at": done,
        "days": found.days,
        "daily_seconds": found.daily_seconds,
    }


def _work_rows(of: str, work: Work) -> Iterator[tuple[str, ...]]:
    yield _row("decisions", of, work.decisions, None, None, None, None, "decisions", "")
    yield _row("active_time", of, work.active_seconds, None, None, None, None, "seconds", "")
    if work.seconds is not None:
        is_known = math.isfinite(work.seconds.high)
        low, high = (work.seconds.low, work.seconds.high) if is_known else (None, None)
        yield _row("time", of, work.seconds.value, low, high, None, None, "seconds", "")
    if work.seen:
        yield _row("override", of, work.changed / work.seen, None, None, work.changed, work.seen, "share", "")


def _estimate_row(name: str, of: str, found: Estimate | None) -> Iterator[tuple[str, ...]]:
    if found is not None:
        yield _row(name, of, found.share, found.low, found.high, found.right, found.of, "share", "random checks")


def _row(
    name: str,
    of: str,
    value: float | None,
    low: float | None,
    high: float | None,
    right: int | None,
    count: int | None,
    unit: str,
    source: str,
) -> tuple[str, ...]:
    return (name, of, *(_number(n) for n in (value, low, high, right, count)), unit, source)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
