"""The figures page of a real project: what it shows, what its choices do, and that nothing is worked out unseen."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.figures.board import Board
from hitl_desktop.gui.views.figures.page import FiguresPage
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.workflow.figures import compute
from hitl_desktop.workflow.figures.asked import Asked
from hitl_desktop.workflow.figures.compute import costs_of, figures_of
from hitl_desktop.workflow.figures.watching import limits_of
from tests.conftest import MakeProject, Retrain
from tests.on_record import happenings
from tests.scripted import make_scripted

Key = Qt.Key


@pytest.fixture(scope="module")
def original(
    image_folder: Path, make_project: MakeProject, retrain: Retrain, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("figures") / "Figures.hitl"
    make_scripted(folder, image_folder, make_project, retrain)
    return folder


@pytest.fixture
def page(context: Context, original: Path, tmp_path: Path, qtbot: QtBot) -> FiguresPage:
    """The page of a copy of the scripted project, with its figures."""
    context.bridge.open_project(Path(shutil.copytree(original, tmp_path / "Figures.hitl")))
    shown = FiguresPage(context)
    qtbot.addWidget(shown)
    shown.resize(1224, 900)
    shown.show()
    settle(shown, qtbot)
    return shown


def settle(page: FiguresPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page.is_busy and page.board is not None, timeout=20_000)
    QApplication.processEvents()


def words_of(card: QWidget) -> list[str]:
    return [label.text() for label in card.findChildren(PlainLabel) if label.isVisible()]


def board(page: FiguresPage) -> Board:
    assert page.board is not None
    return page.board


def test_the_tiles_say_what_the_workflow_says(page: FiguresPage, context: Context) -> None:
    figures = figures_of(context.bridge.desk.project, Asked()).figures
    tiles = board(page).tiles
    accuracy = figures.figure("accuracy")
    assert tiles["accuracy"].words()[1] == accuracy.sample
    assert tiles["intervention"].words() == (figures.figure("intervention").detail, "a count, not an estimate")
    assert tiles["time"].number() == f"{figures.work.seconds.value:.1f} s" if figures.work.seconds else "–"
    assert tiles["cost"].number() == "–"
    assert tiles["cost"].words()[0] == "what an hour costs is not set"
    assert "33 decisions" in tiles["time"].accessibleDescription()


def test_the_definition_opens_by_key_and_closes_with_escape(page: FiguresPage, qtbot: QtBot) -> None:
    info = board(page).tiles["accuracy"].info
    assert info.accessibleName() == "What is “Model accuracy, before you”?"
    QTest.keyClick(info, Key.Key_Return)
    assert info.popup is not None
    assert "random checks alone" in info.popup.accessibleDescription()
    for label in info.popup.findChildren(PlainLabel):
        assert label.height() >= label.heightForWidth(label.width()), label.text()
    QTest.keyClick(info.popup, Key.Key_Escape)
    qtbot.waitUntil(lambda: info.popup is None)


def test_one_reviewer_and_one_period(page: FiguresPage, qtbot: QtBot) -> None:
    assert [page.reviewer.itemText(n) for n in range(page.reviewer.count())] == ["All reviewers", "ann", "bob"]
    page.reviewer.setCurrentIndex(2)
    settle(page, qtbot)
    assert board(page).tiles["time"].words()[1] == "9 decisions"
    page.reviewer.setCurrentIndex(0)
    page.period.setCurrentIndex(3)
    settle(page, qtbot)
    assert page.found is not None
    assert page.found.figures.asked.since is not None
    assert board(page).tiles["time"].words()[1] == "33 decisions"


def test_trends_can_be_chosen(page: FiguresPage) -> None:
    card = board(page).by_version
    assert card.plot.accessibleName() == "Share that needs you, %: by model version"
    card.choice.setCurrentIndex(1)
    assert card.plot.accessibleName() == "Model accuracy, %: by model version"
    assert "v2" in card.plot.accessibleDescription()
    days = board(page).by_day
    days.choice.setCurrentIndex(days.choice.findData("decisions"))
    assert days.plot.accessibleDescription().endswith(": 33")
    days.choice.setCurrentIndex(days.choice.findData("cost"))
    assert days.plot.accessibleDescription() == ""
    assert "Needs what an hour costs, and decisions with their time." in words_of(days)


def test_decisions_without_a_time_are_not_said_to_be_missing(
    context: Context, image_project_folder: Path, qtbot: QtBot
) -> None:
    context.bridge.open_project(image_project_folder)
    context.bridge.perform(lambda: context.bridge.desk.session.decide(Verdict.SKIPPED))
    shown = FiguresPage(context)
    qtbot.addWidget(shown)
    shown.show()
    settle(shown, qtbot)
    assert board(shown).tiles["time"].words()[0] == "no timed decision yet"
    days = board(shown).by_day
    assert "No timed decision yet." in words_of(days)
    days.choice.setCurrentIndex(days.choice.findData("decisions"))
    assert days.plot.accessibleDescription().endswith(": 1")


def test_costs_are_said_in_place(page: FiguresPage, context: Context, qtbot: QtBot) -> None:
    card = board(page).costs
    assert card.words.text().startswith("Say what an hour of reviewing and a mistake cost")
    card.edit.click()
    card.form.per_hour.setValue(54.0)
    card.form.mistake.setValue(3.0)
    settle(page, qtbot)
    assert costs_of(context.bridge.desk.project.store) == CostSettings(per_hour=54.0, mistake=3.0)
    assert page.found is not None
    assert page.found.figures.costs is not None
    assert card.words.text() == ""
    assert "Everything by hand" in card.bars.accessibleDescription()
    assert board(page).tiles["cost"].number().endswith(" €")


def test_the_slider_shows_a_limit_and_a_button_uses_it(page: FiguresPage, context: Context, qtbot: QtBot) -> None:
    card = board(page).costs
    card.form.per_hour.setValue(54.0)
    card.form.mistake.setValue(3.0)
    settle(page, qtbot)
    assert not card.use.isVisible()  # the limit in force is shown first
    before = card.effect.text()
    card.slider.setFocus()
    QTest.keyClick(card.slider, Key.Key_End)
    assert card.effect.text() != before
    wanted = card._shown().limit
    card.use.click()
    settle(page, qtbot)
    desk = context.bridge.desk
    assert desk.project.pool.threshold == pytest.approx(wanted)
    assert desk.project.store.policies.all()[-1].by == desk.session.reviewer != ""


def test_classes_may_cost_differently(page: FiguresPage, context: Context, qtbot: QtBot) -> None:
    card = board(page).costs
    card.edit.click()
    card.form.per_hour.setValue(20.0)
    card.form.by_class.click()
    first, second = list(card.form.missed)[:2]
    card.form.missed[first].setValue(100.0)
    card.form.alarms[second].setValue(2.0)
    settle(page, qtbot)
    kept = costs_of(context.bridge.desk.project.store)
    assert (kept.missed, kept.false_alarms) == ({first: 100.0}, {second: 2.0})
    assert page.found is not None
    assert page.found.figures.costs is not None


def test_limits_are_changed_in_place(page: FiguresPage, context: Context, qtbot: QtBot) -> None:
    card = board(page).watch
    card.edit.click()
    card.rows["override"].field.setValue(80.0)
    settle(page, qtbot)
    assert limits_of(context.bridge.desk.project.store)["override"] == 0.8
    card.edit.click()
    assert card.rows["override"].limit.text() == "limit 80 %"


def test_decisions_made_meanwhile_are_followed_in_a_while(page: FiguresPage, context: Context, qtbot: QtBot) -> None:
    bridge = context.bridge
    bridge.desk.project.set_threshold(1.0)
    bridge.desk.session.replan()
    for _ in range(3):
        bridge.perform(lambda: bridge.desk.session.decide(Verdict.SKIPPED, seconds=1.0))
    assert page.is_busy
    assert board(page).tiles["time"].words()[1] == "33 decisions"  # not with every key
    settle(page, qtbot)
    assert board(page).tiles["time"].words()[1] == "36 decisions"


def test_nothing_is_worked_out_while_the_page_is_hidden(page: FiguresPage, context: Context, qtbot: QtBot) -> None:
    page.hide()
    context.bridge.desk.project.set_threshold(1.0)
    context.bridge.desk.session.replan()
    context.bridge.perform(lambda: context.bridge.desk.session.decide(Verdict.SKIPPED, seconds=1.0))
    assert not page.is_busy
    page.show()
    settle(page, qtbot)
    assert board(page).tiles["time"].words()[1] == "34 decisions"


def test_closing_the_project_stops_looking(page: FiguresPage, context: Context) -> None:
    page.refresh()
    context.bridge.close_project()
    assert not page.is_busy
    assert not board(page).isVisible()


def test_figures_that_cannot_be_found_are_said_in_place_and_tried_again(
    context: Context, image_project_folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    context.bridge.open_project(image_project_folder)
    told: list[object] = []
    context.bridge.notified.connect(told.append)
    shown = FiguresPage(context)
    qtbot.addWidget(shown)
    shown.show()
    assert not shown.refused.isVisible(), "nothing is wrong while it is worked out"
    settle(shown, qtbot)
    known = shown.found
    shown.found = None
    with monkeypatch.context() as patch:
        patch.setattr(compute, "figures_of", _refuse)
        shown.refresh()
        qtbot.waitUntil(shown.refused.isVisible)
        assert shown.refused.reason == "The disk cannot be read. Try again in a while."
        assert not told, "it is said once"
        assert not board(shown).isVisible()
        shown.found = known
        shown.refresh()
        qtbot.waitUntil(lambda: bool(told))
    QTest.keyClick(shown.refused.findChildren(Button)[0], Key.Key_Space)
    settle(shown, qtbot)
    assert board(shown).isVisible()
    assert not shown.refused.isVisible()


def _refuse(*_given: object) -> object:
    raise KnownError(say("The disk cannot be read."), say("Try again in a while."))


def test_without_a_model_it_says_what_is_missing(context: Context, image_project_folder: Path, qtbot: QtBot) -> None:
    context.bridge.open_project(image_project_folder)
    shown = FiguresPage(context)
    qtbot.addWidget(shown)
    shown.show()
    settle(shown, qtbot)
    assert board(shown).tiles["accuracy"].words()[0] == "no model yet"
    assert board(shown).groups.words.text() == "Groups are compared on random checks. There are none yet."
    assert not board(shown).watch.pace.isVisible()


def test_the_report_is_written_beside_the_window(
    page: FiguresPage, context: Context, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    context.bridge.notified.connect(lambda message: told.append(message.text))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out.html"), ""))
    page.report.click()
    assert page.is_busy
    qtbot.waitUntil(lambda: not page.is_busy, timeout=30_000)
    assert told == ["The report was written: out.html, out.pdf, out.csv, out.json."]
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF-")
    assert "reported" in happenings(context.bridge.desk.project.folder)


def test_a_report_that_cannot_be_written_is_told(
    page: FiguresPage, context: Context, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    context.bridge.notified.connect(lambda message: told.append(message.text))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "nowhere" / "out"), ""))
    page.report.click()
    qtbot.waitUntil(lambda: not page.is_busy, timeout=30_000)
    assert len(told) == 1
    assert "could not be written: the folder is not there." in told[0]
