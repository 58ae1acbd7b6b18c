"""The order of asking: the threshold, the strategy and the uncertainty, each changed together with the queue."""

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.predictions import UNCERTAINTY_MEASURES
from hitl_desktop.workflow.review import ReviewSession


def change_threshold(session: ReviewSession, threshold: float) -> Changes:
    """Move the line between what needs the expert and what is proposed. Raises KnownError outside 0–1."""
    changes = session.project.set_threshold(threshold)
    session.replan()
    return changes


def change_strategy(session: ReviewSession, name: str) -> Changes:
    """Ask in the order of another query strategy. Raises KnownError for one that does not exist."""
    changes = session.project.set_strategy(name)
    session.replan()
    return changes


def change_uncertainty(session: ReviewSession, measure: str) -> Changes:
    """Show another uncertainty beside each item; the order of asking stays. Raises KnownError for an unknown one."""
    if measure not in UNCERTAINTY_MEASURES:
        raise KnownError(f"There is no uncertainty named {measure}.", f"Use one of: {', '.join(UNCERTAINTY_MEASURES)}.")
    store = session.project.store
    with store.transaction():
        store.set_fact("uncertainty", measure)
    session.project.pool.set_measure(measure)
    return Changes(settings=True, routing=True)
