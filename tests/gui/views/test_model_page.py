"""The model page of a real project: what is in use, comparing, going back, overriding, training."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.gui import looked_up
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.model_page import MODEL_SUFFIX, ModelPage
from hitl_desktop.gui.views.question import Question
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.workflow import model_facts, reporting
from hitl_desktop.workflow.jobs import Job, JobState
from hitl_desktop.workflow.review import ReviewSession

Key = Qt.Key


def decide(session: ReviewSession, times: int) -> None:
    for _ in range(times):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)


def shown(context: Context, qtbot: QtBot) -> ModelPage:
    page = ModelPage(context)
    qtbot.addWidget(page)
    page.resize(1224, 724)
    page.show()
    return page


@pytest.fixture
def cold(context: Context, image_project_folder: Path, qtbot: QtBot) -> ModelPage:
    """The page of a project without a model."""
    context.bridge.open_project(image_project_folder)
    return shown(context, qtbot)


@pytest.fixture
def trained(context: Context, image_project_folder: Path, retrain: Callable[..., object], qtbot: QtBot) -> ModelPage:
    """The page of a project with two versions, measured on a few checks."""
    context.bridge.works_by_itself = False  # it is trained here: the worker must not write the same features
    context.bridge.open_project(image_project_folder)
    desk = context.bridge.desk
    desk.project.set_threshold(1.0)  # nothing is proposed, so there is enough to decide
    for decisions in (12, 24):
        decide(desk.session, decisions)
        retrain(desk.project)
        desk.session.replan()
    return shown(context, qtbot)


@pytest.fixture
def challenged(trained: ModelPage, context: Context) -> ModelPage:
    """The same, but the second version was never put to use."""
    store = context.bridge.desk.project.store
    with store.transaction():
        store.models._database.execute_sql("DELETE FROM activation WHERE version = 2")
    context.bridge.desk.project.load_scores()
    context.bridge.changed.emit(Changes(model=True), None)
    return trained


def version_in_use(context: Context) -> int:
    model = context.bridge.desk.project.model
    assert model is not None
    return model.version


def test_without_a_model_it_says_what_is_needed(cold: ModelPage, context: Context) -> None:
    overview = cold.overview
    assert overview.need.text() == "Decide items of two classes, then train. So far 0 items are decided, in 0 classes."
    assert not overview.headline.train.isEnabled()
    session = context.bridge.desk.session
    for label in context.bridge.desk.project.labels[:2]:
        for _ in range(2):
            context.bridge.perform(lambda label=label: session.decide(Verdict.CORRECTED, label.id))
    assert "So far 4 items are decided, in 2 classes." in overview.need.text()
    assert overview.headline.train.isEnabled()


def test_the_model_in_use_is_told_with_its_sample(trained: ModelPage, context: Context) -> None:
    checks = int(context.bridge.desk.retraining.snapshot().measures.sum())
    headline = trained.overview.headline
    assert headline.title.text() == "Model v2"
    assert checks > 0
    assert headline.accuracy.source().endswith(f" of {checks}")
    assert [trained.overview.versions.cells(row)[:2] for row in (0, 1)] == [["v2", "In use"], ["v1", "Kept"]]


def test_nothing_is_read_while_the_page_is_hidden(
    trained: ModelPage, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    real = reporting.model_report
    monkeypatch.setattr(reporting, "model_report", lambda *given: read.append(1) or real(*given))
    trained.hide()
    decide(context.bridge.desk.session, 1)
    context.bridge.changed.emit(Changes(decisions=True, model=True), None)
    context.bridge.project_changed.emit()
    assert not read
    trained.show()
    assert len(read) == 1


def test_where_much_is_decided_it_says_nothing_until_it_knows(
    context: Context, image_project_folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(looked_up, "_DECISIONS_AT_ONCE", -1)
    context.bridge.open_project(image_project_folder)
    page = shown(context, qtbot)
    assert page.sheets.currentWidget() is not page.overview
    qtbot.waitUntil(page.overview.isVisible)
    assert "0 items are decided" in page.overview.need.text()
    page.hide()
    page.show()
    assert page.overview.isVisible(), "what is known stays until more is"
    qtbot.waitUntil(lambda: not page._facts.is_busy)


@pytest.mark.parametrize("beside", [True, False])
def test_what_cannot_be_found_out_is_said_in_place_and_tried_again(
    context: Context, image_project_folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, *, beside: bool
) -> None:
    """The page stayed at "Working it out…" until it was shown again."""
    monkeypatch.setattr(looked_up, "_DECISIONS_AT_ONCE", -1 if beside else 2_000)
    context.bridge.works_by_itself = False
    context.bridge.open_project(image_project_folder)
    told: list[object] = []
    context.bridge.notified.connect(told.append)
    with monkeypatch.context() as patch:
        patch.setattr(model_facts, "model_facts", refuse)
        page = shown(context, qtbot)
        qtbot.waitUntil(page.refused.isVisible)
        assert page.refused.reason == "The file is gone. Put it back."
        assert "The file is gone. Put it back." in page.refused.accessibleName()
        assert not told, "it is said once"
        again = page.refused.findChild(Button)
        assert again is not None
        QTest.keyClick(again, Key.Key_Space)
        qtbot.waitUntil(lambda: not page._facts.is_busy)
        assert page.refused.isVisible(), "still so"
        page.show_problems()
        page.tabs.setCurrentIndex(0)
        assert page.refused.isVisible()
    QTest.keyClick(again, Key.Key_Space)
    qtbot.waitUntil(page.overview.isVisible)
    assert not page.refused.isVisible()


def test_what_is_known_stays_where_it_cannot_be_found_out_anew(
    cold: ModelPage, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Message] = []
    context.bridge.notified.connect(told.append)
    with monkeypatch.context() as patch:
        patch.setattr(model_facts, "model_facts", refuse)
        context.bridge.changed.emit(Changes(model=True), None)
    assert cold.overview.isVisible()
    assert [message.text for message in told] == ["The file is gone. Put it back."]
    assert told[0].action == "Try again"
    assert told[0].on_action is not None
    told[0].on_action()
    assert len(told) == 1
    context.bridge.close_project()
    assert not cold.refused.isVisible()


def refuse(_project: object) -> object:
    raise KnownError(say("The file is gone."), say("Put it back."))


def test_going_back_to_an_earlier_version(trained: ModelPage, context: Context) -> None:
    QTest.keyClick(trained.overview.versions.act_buttons(1)[1], Key.Key_Return)
    assert version_in_use(context) == 1
    assert trained.overview.versions.cells(1)[:2] == ["v1", "In use"]
    assert trained.overview.headline.title.text() == "Model v1"


def test_two_versions_are_compared_on_the_same_checks_and_esc_leaves(
    trained: ModelPage, context: Context, qtbot: QtBot
) -> None:
    QTest.keyClick(trained.overview.versions.act_buttons(1)[0], Key.Key_Return)
    compare = trained.compare
    assert compare.isVisible()
    assert compare.title() == "v2 beside v1"
    assert compare.verdict().startswith("On ")
    accuracy = compare.figures.words(0)
    assert accuracy[0] == "Accuracy"
    checks = int(context.bridge.desk.retraining.snapshot().measures.sum())
    assert sum(int(compare.classes.words(row)[1]) for row in range(compare.classes.row_count())) == checks
    QTest.keyClick(compare.back, Key.Key_Escape)
    assert trained.overview.isVisible()


def test_a_comparison_that_is_impossible_is_told(cold: ModelPage, trained_without_checks: Context) -> None:
    told: list[str] = []
    trained_without_checks.bridge.notified.connect(lambda message: told.append(message.text))
    cold.show_comparison(1)
    assert told == ["There are no random checks yet to compare versions on. One item in 10 is one."]
    assert cold.overview.isVisible()


@pytest.fixture
def trained_without_checks(context: Context, retrain: Callable[..., object]) -> Context:
    desk = context.bridge.desk
    while len(set(desk.retraining.snapshot().training[1].tolist())) < 2:
        item = desk.session.item
        assert item is not None
        verdict = Verdict.SKIPPED if desk.project.reserve.members[item.index] else Verdict.CORRECTED
        desk.session.decide(verdict, item.truth_id if verdict is Verdict.CORRECTED else None)
    retrain(desk.project)
    desk.session.replan()
    return context


def test_a_challenger_is_put_to_use_only_after_a_question(challenged: ModelPage, context: Context) -> None:
    assert version_in_use(context) == 1
    card = challenged.overview.challenger
    assert card.title() == "v2 was not put to use"

    def answer(*, yes: bool) -> None:
        card.use.click()
        question = challenged.findChild(Question)
        assert question is not None
        assert question.no_button.hasFocus() or QApplication.focusWidget() is not question.yes_button
        (question.yes_button if yes else question.no_button).click()
        QApplication.sendPostedEvents(None, 52)  # deferred deletes

    answer(yes=False)
    assert version_in_use(context) == 1
    answer(yes=True)
    assert version_in_use(context) == 2
    assert not challenged.overview.challenger.isVisible()


def test_the_card_says_what_the_version_learned_from(trained: ModelPage) -> None:
    trained.overview.headline.card_button.click()
    assert trained.card.isVisible()
    facts = dict(trained.card.facts())
    assert facts["Learned from"].endswith("decisions made in this project")
    assert len(facts["Decisions' hash"]) == 64
    trained.card.back.click()
    assert trained.overview.isVisible()


def test_another_project_begins_at_the_overview(
    trained: ModelPage, context: Context, text_project_folder: Path
) -> None:
    trained.overview.headline.card_button.click()
    context.bridge.open_project(text_project_folder)
    assert trained.overview.isVisible()
    assert trained.overview.headline.story.text() == "Not trained yet"


def test_a_training_is_mirrored_and_can_be_stopped(trained: ModelPage, context: Context) -> None:
    bridge, headline = context.bridge, trained.overview.headline
    learns_from = len(bridge.desk.retraining.snapshot().training[0])
    job = Job("train", lambda *_: None, JobState.RUNNING, 1, 4, "Learning")
    bridge.training = job
    bridge.job_changed.emit(job)
    assert headline.state.text() == f"Training from {learns_from} decisions, 25 %"
    assert not headline.train.isVisible()
    headline.stop.click()
    assert job.cancel_asked
    bridge.job_changed.emit(job)
    assert headline.state.text() == "Stopping the training…"
    bridge.training = None
    bridge.job_changed.emit(job)
    assert headline.state.text() == "0 of 20 decisions to the next training"
    assert headline.train.isVisible()


def test_a_model_is_saved_and_opened_as_one_file(
    trained: ModelPage, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(context.bridge.model_errands, "save", lambda version, out: asked.append(("save", version, out)))
    monkeypatch.setattr(context.bridge.model_errands, "open", lambda file: asked.append(("open", file)))
    place = tmp_path / "mine.hitlmodel"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(place), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(place), ""))
    trained.overview.headline.card_button.click()
    trained.card.save.click()
    trained.leave()
    trained.overview.open_model.click()
    assert asked == [("save", 2, place), ("open", place)]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    trained.overview.open_model.click()
    assert len(asked) == 2, "nothing was chosen"


def test_the_ending_of_model_files_is_the_one_they_are_written_with() -> None:
    assert MODEL_SUFFIX == ".hitlmodel"
