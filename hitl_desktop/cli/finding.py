"""The filters of the window on the command line: which items `queue` lists, and what `history` tells."""

import argparse
from datetime import date
from typing import Any, Final

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.history import HistoryFilter, HistoryOrder
from hitl_desktop.domain.item_filter import ItemFilter, RouteFacet, SortOrder
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.steering import SteeredFacet
from hitl_desktop.workflow.finding import Finder, Wanted, question
from hitl_desktop.workflow.past_decisions import (
    Asked,
    HistoryFinder,
    PastDecision,
    past_decisions,
    rules_asked,
    said,
    suggested,
)
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.status import rows_of

Answer = tuple[Any, str]
_WIDTH: Final = 24
"""Of the column with the names of items."""


def wanted_of(arguments: argparse.Namespace, project: Project) -> Wanted:
    """What the options ask for. Raises KnownError for a class that does not exist, or an odd confidence."""
    if not 0.0 <= arguments.least <= arguments.most <= 1.0:
        raise KnownError("A confidence lies between 0 and 1, the lowest below the highest.")
    return Wanted(
        ItemFilter(
            states=frozenset(ItemState(state) for state in arguments.state or ()),
            routes=frozenset({RouteFacet(arguments.route)} if arguments.route else ()),
            classes=frozenset(_label(project, name).id for name in arguments.classes or ()),
            least=arguments.least,
            most=arguments.most,
            reviewer=arguments.by,
            has_note=arguments.has_note,
            words=arguments.words,
            everything=arguments.all,
            novel=arguments.novel,
            steered=frozenset({SteeredFacet(arguments.steered)} if arguments.steered else ()),
        ),
        SortOrder(arguments.order),
    )


def found_rows(session: ReviewSession, wanted: Wanted, limit: int) -> list[dict[str, Any]]:
    """The rows of `queue` for what was found, each with its `state` and what it is `decided` as."""
    project = session.project
    indexes = Finder().answer(question(project, wanted, session.queue.planned()))[:limit].tolist()
    items = {item.index: item for item in project.store.items.many(indexes)}
    rows = rows_of(session, [items[index] for index in indexes])
    for row, index in zip(rows, indexes, strict=True):
        item = items[index]
        names = [label.name for label in project.decided_labels(item)]
        row["state"] = item.state.value
        row["decided"] = names if item.findings is not None else (names[0] if names else None)
    return rows


def history(arguments: argparse.Namespace, project: Project) -> Answer:
    """Tell what was decided, newest first."""
    wanted = HistoryFilter(
        words=arguments.words,
        label_id=_label(project, arguments.label).id if arguments.label else None,
        reviewer=arguments.by,
        verdicts=frozenset(Verdict(verdict) for verdict in arguments.said or ()),
        since=_day(arguments.since),
        until=_day(arguments.until),
        amended=arguments.changed,
        steered=SteeredFacet(arguments.steered) if arguments.steered else None,
    )
    last = project.store.decisions.count()
    order = HistoryOrder(arguments.order)
    asked = Asked(project.folder, last, wanted, order, not arguments.ascending, rules_asked(project, wanted))
    numbers = HistoryFinder().answer(asked)[: max(0, arguments.limit)].tolist()
    pasts = past_decisions(project, numbers)
    rows = [_row(project, pasts[number]) for number in numbers]
    lines = [
        f"{row['at'][:16]}  {end_of(row['path']):{_WIDTH}}"
        f"  {row['before'] or '-':14.14} → {row['after'] or row['verdict']:14.14}"
        f"  {row['reviewer']:10.10}  {row['reason'] or row['note']}"
        for row in rows
    ]
    return rows, "\n".join(lines) or "Nothing was decided that fits."


def end_of(path: str) -> str:
    """A path as it fits the column: the end of it tells items of nested folders apart."""
    return path if len(path) <= _WIDTH else f"…{path[1 - _WIDTH :]}"


def _row(project: Project, past: PastDecision) -> dict[str, Any]:
    event = past.event
    return {
        "number": event.number,
        "at": event.at_utc,
        "id": past.item.digest,
        "path": past.item.path,
        "verdict": event.verdict.value,
        "before": said(project, past.before.decision) or None,
        "after": said(project, past.after) or None,
        "suggested": suggested(project, event) or None,
        "confidence": event.confidence,
        "reviewer": event.reviewer,
        "model": event.model_version,
        "seconds": event.seconds,
        "note": event.note,
        "reason": event.reason,
        "taken_back": past.entry.is_taken_back,
    }


def _label(project: Project, name: str) -> Label:
    """A class by its name, a retired one too: past decisions name it."""
    found = next((label for label in project.labels if label.name == name), None)
    return found or project.label_named(name)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise KnownError(f"{text} is no day.", "Write it as 2026-01-31.") from error
