"""The order of asking: the routing policy, the strategy and the uncertainty, each changed together with the queue."""

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy import RoutingPolicy
from hitl_desktop.domain.predictions import UNCERTAINTY_MEASURES
from hitl_desktop.domain.sentences import listed, say
from hitl_desktop.workflow.learning_choices import choose
from hitl_desktop.workflow.record_facts import Found
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.routing import move_limit, set_policy, take_back
from hitl_desktop.workflow.stakes import set_stakes


def change_threshold(session: ReviewSession, threshold: float) -> Changes:
    """Move the line between what needs the expert and what is proposed. Raises KnownError outside 0–1."""
    changes = move_limit(session.project, threshold, by=session.reviewer)
    session.replan()
    return changes


def change_policy(session: ReviewSession, policy: RoutingPolicy, why: str = "", read: Found | None = None) -> Changes:
    """Route by another policy, a new version in this reviewer's name; `why` and `read` as in `set_policy`, whose errors
    it raises.
    """
    changes = set_policy(session.project, policy, by=session.reviewer, why=why, read=read)
    session.replan()
    return changes


def take_back_policy(session: ReviewSession) -> Changes:
    """Undo the last change of the policy, as a new version. Raises KnownError when there is none left."""
    changes = take_back(session.project, by=session.reviewer)
    session.replan()
    return changes


def change_strategy(session: ReviewSession, name: str) -> Changes:
    """Ask in the order of another query strategy. Raises KnownError for one that does not exist.

    Until the strategy has looked at the pool, which it does beside the window, closeness or chance stands in for it.
    """
    return _choose(session, "strategy", name)


def change_start(session: ReviewSession, name: str) -> Changes:
    """Choose the first items in another way. Raises KnownError for one that needs a model, or does not exist."""
    return _choose(session, "start_strategy", name)


def change_stakes(session: ReviewSession, label_id: int | None) -> Changes:
    """Say which class loses the amount of a record when it is missed, None for none; the pool is ranked anew."""
    changes = set_stakes(session.project, label_id)
    session.replan()
    return changes


def change_pace(session: ReviewSession, every: str) -> Changes:
    """Ask a random check as one item in `every`, a number. Raises KnownError for a pace that is not possible.

    That may change at any time: which items they are, and in which order, was drawn when the project was made.
    """
    return _choose(session, "check_every", every)


def _choose(session: ReviewSession, fact: str, name: str) -> Changes:
    changes = choose(session.project.store, fact, name)
    session.replan()
    return changes


def change_uncertainty(session: ReviewSession, measure: str) -> Changes:
    """Show another uncertainty beside each item; the order of asking stays. Raises KnownError for an unknown one."""
    if measure not in UNCERTAINTY_MEASURES:
        raise KnownError(
            say("There is no uncertainty named {name}.", name=measure),
            say("Use one of: {names}.", names=listed(UNCERTAINTY_MEASURES)),
        )
    store = session.project.store
    with store.transaction():
        store.set_fact("uncertainty", measure)
    session.project.pool.set_measure(measure)
    return Changes(settings=True, routing=True)
