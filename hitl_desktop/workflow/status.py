"""Status: the figures of a project as plain values. What the window shows must equal this."""

from typing import Any

from hitl_desktop.domain.items import Item
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession


def status(project: Project) -> dict[str, Any]:
    """The contract of `hitl-desktop status`: the states partition `items`."""
    ledger = project.pool.ledger()
    model = project.model
    return {
        "items": ledger.items,
        "needs_review": ledger.needs_review,
        "proposed": ledger.proposed,
        "decided": ledger.decided,
        "skipped": ledger.skipped,
        "unsure": ledger.unsure,
        "flagged": ledger.flagged,
        "decisions": project.store.decisions.count(),
        "model": None
        if model is None
        else {"version": model.version, "trained_on": model.trained_on, "metrics": model.metrics},
    }


def queue_rows(session: ReviewSession, limit: int) -> list[dict[str, Any]]:
    """The contract of `hitl-desktop queue`: the next items in the order of asking."""
    project = session.project
    indexes = [int(i) for i in session.waiting()[:limit]]
    items = project.store.items.many(indexes)
    return [_row(session, item) for item in items]


def _row(session: ReviewSession, item: Item) -> dict[str, Any]:
    project = session.project
    suggestion = project.suggestion(item.index)
    row: dict[str, Any] = {
        "id": item.digest,
        "path": item.path,
        "label": suggestion.words if suggestion else None,
        "confidence": suggestion.confidence if suggestion else None,
        "uncertainty": None,
        "reason": session.slot_of(item.index).value,
        "probabilities": {},
    }
    if suggestion:
        row["uncertainty"] = suggestion.uncertainty
        if suggestion.findings is not None:
            row["findings"] = [label.name for label in suggestion.findings]
        row["probabilities"] = {
            label.name: p for label, p in zip(project.labels, suggestion.probabilities, strict=False)
        }
    return row
