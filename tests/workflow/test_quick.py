"""Quick answers in a project: made of the decisions since the last training, shown, noted, and nothing else."""

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.quick import (
    SWITCH,
    Agreement,
    agreement,
    answered,
    changed,
    keep,
    last_agreement,
    quick_request,
)
from hitl_desktop.workflow.quick_paths import quick_rows_file
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.suggestion import listed_now, said_now
from hitl_desktop.workflow.training import train_and_score


def check() -> None:
    """Never stopped."""


def decide(session: ReviewSession, count: int) -> None:
    for _ in range(count):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)


def train(project: Project) -> None:
    retraining = Retraining(project)
    snapshot = retraining.snapshot()
    retraining.commit(snapshot, train_and_score(retraining.request(snapshot), no_progress, never_cancelled))


@pytest.fixture
def trained(image_project: Project) -> tuple[Project, ReviewSession]:
    """Nine decisions and a version made of them."""
    image_project.set_threshold(1.0)
    session = ReviewSession(image_project, "ann")
    decide(session, 9)
    train(image_project)
    session.replan()
    return image_project, session


def test_from_the_decisions_to_what_is_shown_and_noted(trained: tuple[Project, ReviewSession]) -> None:
    project, session = trained
    assert quick_request(project) is None, "nothing was decided since"
    pool = project.pool
    before, route = pool.probabilities.copy(), project.routes.route.copy()
    decide(session, 6)
    request = quick_request(project, front=session.waiting()[:5])
    assert request is not None
    made = [e for e in project.store.decisions.all()[9:] if not project.reserve.members[e.item_index]]
    assert request.items.tolist() == [e.item_index for e in made]
    assert not set(request.anchors.tolist()) & set(request.items.tolist())
    answers = answered(request)
    assert answers is not None
    assert answers.updates == len(made)
    assert list(answers.ready) == session.waiting()[:5].tolist()
    everything = answers.of(np.arange(len(pool)))
    assert all(np.allclose(answers.of_one(item), everything[item]) for item in range(len(pool)))
    project.quick = answers

    # of what it was told it is surer than before, and the version itself has not moved
    told = answers.of(request.items)[np.arange(len(made)), request.labels]
    assert told.mean() > before[request.items, request.labels].mean()
    assert (pool.probabilities == before).all()
    assert (project.routes.route == route).all()

    index = next(int(i) for i in session.waiting()[2:] if not project.reserve.members[i])
    session.go_to(index)
    shown = said_now(project, index)
    assert session.shown == shown
    assert listed_now(project, index) == (pytest.approx(shown.confidence), shown.labels)
    assert shown.quick_updates == answers.updates
    assert shown.model_version == project.model.version
    assert project.suggestion(index).quick_updates == 0
    session.decide(Verdict.CONFIRMED)
    noted = project.store.decisions.all()[-1]
    assert (noted.model_version, noted.quick_updates) == (project.model.version, answers.updates)
    assert noted.predicted_id == shown.predicted.id
    assert changed(answers, np.arange(len(pool)), check) == int(
        (answers.of(np.arange(len(pool))).argmax(axis=1) != pool.predicted).sum()
    )

    # a training takes their place, and what they foresaw of it is known
    newest = quick_request(project)
    train(project)
    assert project.quick is None
    assert quick_request(project) is None
    scores = project.scores_file(project.model.version)
    found = agreement(answered(newest, project.model.after_decision), project.model.version, scores, check)
    assert found is not None
    assert 0 < found.same <= found.items == len(pool)
    keep(project, found)
    assert last_agreement(project) == found


def test_what_is_taken_back_no_longer_counts_and_it_can_be_turned_off(trained: tuple[Project, ReviewSession]) -> None:
    project, session = trained
    decide(session, 3)
    several = quick_request(project)
    session.undo()
    fewer = quick_request(project)
    assert len(fewer.items) == len(several.items) - 1
    with project.store.transaction():
        project.store.set_fact(SWITCH, False)
    assert quick_request(project) is None


def test_a_damaged_file_means_none(trained: tuple[Project, ReviewSession]) -> None:
    project, session = trained
    decide(session, 3)
    path = quick_rows_file(project.scores_file(project.model.version), len(project.pool))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert quick_request(project) is None
    path.unlink()
    assert quick_request(project) is None
    with project.store.transaction():
        project.store.set_fact("quick_agreement", {"version": 1, "other": 2})
    assert last_agreement(project) is None
    assert Agreement(2, 1, 3, 10, 9, 8).same == 9
