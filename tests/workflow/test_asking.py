"""Another threshold, strategy or uncertainty is kept, and the queue follows at once."""

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.workflow.asking import change_strategy, change_threshold, change_uncertainty
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession


def decide(project: Project, times: int) -> ReviewSession:
    session = ReviewSession(project, "Ada")
    for _ in range(times):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    return session


def test_a_threshold_reorders_the_queue_with_it(image_project: Project, retrain) -> None:
    session = decide(image_project, 12)
    retrain(image_project)
    change_threshold(session, 1.0)
    assert image_project.pool.ledger().needs_review == len(session.waiting())
    change_threshold(session, 0.0)
    assert image_project.pool.ledger().needs_review == 0


def test_strategy_and_uncertainty_are_kept(image_project_folder, retrain) -> None:
    project = Project.open(image_project_folder)
    session = decide(project, 2)
    change_strategy(session, "entropy")
    change_uncertainty(session, "least_confidence")
    with pytest.raises(KnownError, match="no uncertainty named luck"):
        change_uncertainty(session, "luck")
    project.close()

    again = Project.open(image_project_folder)
    assert (again.strategy, again.pool.measure) == ("entropy", "least_confidence")
    again.close()
