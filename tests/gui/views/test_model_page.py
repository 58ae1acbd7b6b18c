"""The model page: what is in use, how it was measured, restoring, training."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.model_page import ModelPage
from hitl_desktop.gui.views.model_versions import COLUMNS
from hitl_desktop.workflow.jobs import Job, JobState
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession


def decide(session: ReviewSession, times: int) -> None:
    for _ in range(times):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)


@pytest.fixture
def cold(context: Context, image_project_folder: Path, qtbot: QtBot) -> ModelPage:
    """The page of a project without a model."""
    context.bridge.open_project(image_project_folder)
    page = ModelPage(context)
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.fixture
def trained(context: Context, image_project_folder: Path, retrain, qtbot: QtBot) -> ModelPage:
    """The page of a project with two versions; v2 is in use and was measured on three checks."""
    context.bridge.open_project(image_project_folder)
    desk = context.bridge.desk
    for decisions in (9, 21):
        decide(desk.session, decisions)
        retrain(desk.project)
        desk.session.replan()
    page = ModelPage(context)
    qtbot.addWidget(page)
    page.show()
    return page


def cells(page: ModelPage, row: int) -> list[str]:
    table = page.versions().model()
    return [table.data(table.index(row, column)) for column in range(len(COLUMNS))]


def test_without_a_model_it_says_what_is_needed(cold: ModelPage, context: Context) -> None:
    assert cold.story() == "Not trained yet"
    assert cold.need() == "Decide items of two classes, then train. So far 0 items are decided, in 0 classes."
    assert not cold.train_button().isEnabled()
    assert not cold.versions().isVisible()

    session = context.bridge.desk.session
    for label in context.bridge.desk.project.labels[:2]:
        context.bridge.perform(lambda label=label: session.decide(Verdict.CORRECTED, label.id))
    assert "So far 2 items are decided, in 2 classes." in cold.need()
    assert cold.train_button().isEnabled()


def test_the_model_in_use_is_told_with_its_sample(trained: ModelPage, context: Context) -> None:
    desk = context.bridge.desk
    measures = Retraining(desk.project).snapshot().measures
    assert trained.story() == f"Trained on {int((~measures).sum())} decisions of this project"
    assert trained.checks().source().endswith(f"of {int(measures.sum())} random checks")


def test_versions_are_listed_newest_first(trained: ModelPage) -> None:
    newest, oldest = cells(trained, 0), cells(trained, 1)
    assert (newest[0], newest[1], newest[3], newest[4]) == ("v2", "In use", "Trained here", "27")
    assert newest[5].endswith(" of 3")
    assert newest[6].endswith(" %")
    assert (oldest[0], oldest[1], oldest[5], oldest[6]) == ("v1", "Kept", "none", "–")


def test_an_earlier_version_can_be_put_to_use(trained: ModelPage, context: Context) -> None:
    assert not trained.use_button().isVisible()
    trained.versions().choose(1)
    assert trained.use_button().label() == "Put v1 to use"
    trained.use_button().click()

    model = context.bridge.desk.project.model
    assert model is not None
    assert model.version == 1
    assert cells(trained, 1)[1] == "In use"


def test_the_card_tells_where_the_selected_version_comes_from(trained: ModelPage) -> None:
    facts = dict(trained.card_facts())
    assert facts["Learned from"] == "27 decisions made in this project"
    assert facts["Began from"] == "nothing"


def test_a_training_is_mirrored_and_can_be_cancelled(trained: ModelPage, context: Context) -> None:
    bridge = context.bridge
    job = Job("train", lambda *_: None, JobState.RUNNING, 1, 4, "Learning")
    bridge.training = job
    bridge.job_changed.emit(job)
    assert trained.busy().isVisible()
    assert trained.busy().accessibleName() == "Training from 27 decisions. You can go on."
    assert not trained.train_button().isEnabled()

    trained.busy().cancel_button().click()
    assert job.cancel_asked
    bridge.training = None
    bridge.job_changed.emit(job)
    assert trained.state() == "0 of 20 decisions to the next training."
    assert trained.train_button().isEnabled()
