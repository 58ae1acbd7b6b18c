"""What follows when a batch is unlike what was there: the certificate covers nothing until another audit."""

from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.batch_comparison import BatchComparison
from hitl_desktop.workflow import automation
from hitl_desktop.workflow.arrivals import doubtful_arrivals, last_unlike
from hitl_desktop.workflow.certifying import Stage, coverage, state
from hitl_desktop.workflow.compare_request import compare_request
from hitl_desktop.workflow.drift import take_comparison
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeImages
from tests.made_up_model import give_model
from tests.workflow.test_adding import add
from tests.workflow.test_certifying import certified

ALIKE = BatchComparison(60, 15, 60, 0.5, 0.6)
UNLIKE = BatchComparison(60, 15, 60, 0.9, 0.001, strangest=(61, 62))


@pytest.fixture
def session(image_project: Project) -> ReviewSession:
    """Sixty pictures and a model that is right on all of them, certified."""
    give_model(image_project)
    image_project.set_threshold(0.8)
    session = ReviewSession(image_project, "ann")
    certified(session)
    return session


def grow(session: ReviewSession, folder: Path) -> Project:
    """Fifteen pictures more, of which the model is as sure as of the others."""
    project = session.project
    add(project, folder)
    give_scores(project)
    session.replan()
    return project


def give_scores(project: Project) -> None:
    scores = np.asarray(project.pool.probabilities)
    longer = np.concatenate([scores, np.repeat(scores[:1], len(project.pool) - len(scores), axis=0)])
    longer[len(scores) :] = np.float32(0.001)
    longer[len(scores) :, 0] = np.float32(0.998)
    project.pool.set_predictions(longer)


def test_what_comes_is_covered_once_it_was_found_to_be_alike(
    session: ReviewSession, make_images: MakeImages, tmp_path: Path
) -> None:
    before = coverage(session.project).rows
    project = grow(session, make_images(tmp_path / "more", each=5, seed=31))
    assert doubtful_arrivals(project, 60).sum() == 15
    assert not coverage(project).rows[60:].any(), "nobody knows yet whether it is like the others"
    assert (coverage(project).rows[:60] == before).all()
    assert take_comparison(project, 1, ALIKE).told == ""
    assert coverage(project).rows[60:].all()
    assert state(project).stage is Stage.VALID


def test_a_batch_that_differs_suspends_the_certificate_and_says_why(
    session: ReviewSession, make_images: MakeImages, tmp_path: Path
) -> None:
    project = grow(session, make_images(tmp_path / "more", each=5, seed=31))
    changes = take_comparison(project, 1, UNLIKE)
    why = "Batch 1 is unlike the items before it: a classifier tells them apart (AUC 0.90, p 0.001)."
    assert changes.told == f"The certificate is suspended. {why} Automatic decisions are paused."
    assert changes.routing
    pause = automation.state(project).pause
    assert pause is not None
    assert not automation.state(project).is_running
    assert automation.tick(project, 10).items == frozenset()
    assert not coverage(project).rows.any()
    found = state(project)
    assert found.stage is Stage.SUSPENDED
    assert found.why.english() == why
    folder = project.folder
    project.close()
    again = Project.open(folder)
    assert state(again).stage is Stage.SUSPENDED
    assert not coverage(again).rows.any()


def test_small_steps_do_not_lead_away_from_what_was_audited(
    session: ReviewSession, make_images: MakeImages, tmp_path: Path
) -> None:
    project = grow(session, make_images(tmp_path / "more", each=10, seed=31))
    take_comparison(project, 1, ALIKE)
    add(project, make_images(tmp_path / "again", each=10, seed=32))
    request = compare_request(project, project.store.batches.all()[-1])
    assert request is not None
    assert (request.before, request.first, request.stop) == (60, 90, 120)
    assert request.reference.max() < 60


def test_a_batch_that_differs_stays_doubtful_whatever_comes_after(
    session: ReviewSession, make_images: MakeImages, tmp_path: Path
) -> None:
    project = grow(session, make_images(tmp_path / "more", each=5, seed=31))
    take_comparison(project, 1, UNLIKE)
    add(project, make_images(tmp_path / "again", each=5, seed=32))
    take_comparison(project, 2, BatchComparison(60, 30, 60, 0.5, 0.6))
    doubtful = doubtful_arrivals(project, 60)
    assert doubtful[60:75].all()
    assert not doubtful[75:].any()
    assert not doubtful_arrivals(project, 75).any(), "once it was audited it is what others are compared with"
    found = last_unlike(project)
    assert found is not None
    assert (found[0].number, found[1]) == (1, UNLIKE)
