"""The overview of the model page, with invented reports: what it says, and what keys and clicks ask for."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QTableView
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.model_overview import ModelOverview
from hitl_desktop.gui.widgets.class_count_bars import ClassCountBars
from tests.gui.views import model_reports

Key = Qt.Key
BANK = tuple(f"card question number {i}" for i in range(77))


@pytest.fixture
def overview(context: Context, qtbot: QtBot) -> ModelOverview:
    overview = ModelOverview(context)
    qtbot.addWidget(overview)
    overview.resize(1224, 724)
    overview.show()
    return overview


def show(overview: ModelOverview, report: object) -> ModelOverview:
    overview.show_report(report, model_reports.THRESHOLD, model_reports.DECIDED)  # type: ignore[arg-type]
    QApplication.processEvents()
    return overview


def test_every_figure_says_its_interval_and_its_sample(overview: ModelOverview) -> None:
    headline = show(overview, model_reports.report()).headline
    assert (headline.accuracy.number(), headline.accuracy.source()) == ("91.4 %", "88.6–93.6 % · 457 of 500")
    assert headline.macro_f1.source() == "88.4–93.4 % · 6 classes, equal weight"
    assert headline.calibration.number() == "3.6 points"
    assert headline.calibration.source() == "Brier 0.13 · calibrated on 500 checks"


def test_too_few_checks_are_said(overview: ModelOverview) -> None:
    few = model_reports.report(counts=model_reports.many_classes(6, 31), calibrated=False)
    headline = show(overview, few).headline
    assert headline.calibration.source().endswith("not yet calibrated: 31 of 100 checks")
    assert headline.accuracy.source().endswith("of 31")


def test_checks_of_one_class_make_no_mean_over_classes(overview: ModelOverview) -> None:
    report = replace(model_reports.report(), macro_f1=None)
    headline = show(overview, report).headline
    assert (headline.macro_f1.number(), headline.macro_f1.source()) == ("–", "checks of one class only")


def test_without_a_check_it_says_what_to_do_and_how_many_are_needed(overview: ModelOverview) -> None:
    show(overview, model_reports.unmeasured())
    assert overview.headline.accuracy.source() == "no random checks yet"
    assert not overview.headline.macro_f1.isVisible()
    assert "With 100 checks its confidence can be calibrated." in overview.reliability.drawing.words()
    how = "One item in 10 you are asked is drawn at random, to measure"
    assert how in overview.reliability.drawing.words()
    for card in (overview.mistakes, overview.learning, overview.passing):
        assert card.drawing.words().startswith("No random checks yet.")
        assert how not in card.drawing.words(), "said once"
    assert overview.stop.words().startswith("Not known yet.")
    assert not overview.challenger.isVisible()


def test_without_a_model_only_what_to_do_is_shown(overview: ModelOverview) -> None:
    show(overview, model_reports.without_model())
    assert overview.empty.isVisible()
    for part in (overview.mistakes, overview.versions, overview.passing, overview.headline.accuracy):
        assert not part.isVisible()
    assert overview.headline.story.text() == "Not trained yet"
    assert overview.decided.isVisible()
    assert "Motor 400" in overview.decided.findChildren(ClassCountBars)[0].accessibleDescription()


def test_enter_in_the_grid_opens_the_items_of_the_cell(overview: ModelOverview, qtbot: QtBot) -> None:
    report = model_reports.report()
    grid = show(overview, report).mistakes.grid
    grid.setCurrentIndex(grid.model().index(4, 0))
    assert overview.mistakes.told() == "Liability taken for Motor: 5 of 58 checks. Enter opens them."
    with qtbot.waitSignal(overview.items_wanted) as wanted:
        QTest.keyClick(grid, Key.Key_Return)
    assert report.confusion is not None
    assert wanted.args == [report.confusion.items[4][0], "Liability taken for Motor"]
    assert len(wanted.args[0]) == 5
    grid.setCurrentIndex(grid.model().index(4, 2))
    assert overview.mistakes.told() == "Liability taken for Health: 0 of 58 checks."


def test_many_classes_are_listed_by_their_mistakes_and_shown_as_a_grid_on_demand(
    overview: ModelOverview, qtbot: QtBot
) -> None:
    counts = model_reports.many_classes(77, 1000)
    report = model_reports.report(BANK, counts)
    card = show(overview, report).mistakes
    assert not card.grid.isVisible()
    numbers = [int(card.pairs.words(row)[2].split(" of ")[0]) for row in range(card.pairs.row_count())]
    assert numbers == sorted(numbers, reverse=True)
    assert sum(numbers) == counts.sum() - counts.trace()
    card.pairs.selectRow(0)
    with qtbot.waitSignal(overview.items_wanted) as wanted:
        QTest.keyClick(card.pairs, Key.Key_Return)
    truth, said = (BANK.index(name) for name in card.pairs.words(0)[:2])
    assert report.confusion is not None
    assert wanted.args[0] == report.confusion.items[truth][said]

    card.toggle.click()
    assert card.grid.isVisible()
    with qtbot.waitSignal(overview.items_wanted) as wanted:
        QTest.keyClick(card.grid, Key.Key_Return)
    assert len(wanted.args[0]) == max(numbers)


def test_unreadable_checks_are_not_dropped_silently(overview: ModelOverview) -> None:
    report = model_reports.report()
    assert report.confusion is not None
    report.confusion.unscored[0] = 2
    assert show(overview, report).mistakes.told().endswith("2 checks could not be read.")


def test_versions_have_a_state_and_what_can_be_done(overview: ModelOverview, qtbot: QtBot) -> None:
    versions = show(overview, model_reports.report()).versions
    assert versions.cells(0)[:4] == ["v8", "Challenger", "1,640", "91.0 %"]
    assert versions.cells(1)[:2] == ["v7", "In use"]
    assert versions.cells(2)[:2] == ["v6", "Kept"]
    acts = [[button.accessibleName() for button in versions.act_buttons(row)] for row in range(3)]
    assert acts == [
        ["Compare v8 with the one in use", "Use v8 anyway"],
        ["Model card of v7"],
        ["Compare v6 with the one in use", "Go back to v6"],
    ]
    with qtbot.waitSignal(overview.use_wanted) as wanted:
        QTest.keyClick(versions.act_buttons(2)[1], Key.Key_Return)
    assert wanted.args == [6]
    for width in (1224, 1000):  # with the name of a class in a title, "Go b…o it" was all that could be read
        overview.resize(width, 724)
        QApplication.processEvents()
        buttons = [button for row in range(3) for button in versions.act_buttons(row)]
        assert all(button.width() >= button.sizeHint().width() for button in buttons)
    role = Qt.ItemDataRole.ToolTipRole
    assert versions.model().index(0, 0).data(role) == "Learned from 1,640 decisions, 9f2c41d89f2c"
    assert "95 % interval" in versions.model().index(0, 3).data(role)


def test_old_versions_are_hidden_until_wanted_but_never_the_one_in_use(overview: ModelOverview) -> None:
    show(overview, model_reports.report(versions=40))
    assert overview.versions.model().rowCount() == 6
    overview.all_versions.click()
    assert overview.versions.model().rowCount() == 40
    assert not overview.versions.act_buttons(39)[1].isEnabled(), "the files of v1 are gone"
    overview.all_versions.click()
    assert overview.versions.model().rowCount() == 6


def test_the_challenger_has_its_reason_and_its_ways_out(overview: ModelOverview, qtbot: QtBot) -> None:
    card = show(overview, model_reports.report()).challenger
    assert card.title() == "v8 was not put to use"
    assert "it finds 43 of 58 Liability" in card.words()
    with qtbot.waitSignal(overview.compare_wanted) as wanted:
        card.compare.click()
    assert wanted.args == [8]
    with qtbot.waitSignal(overview.use_wanted) as wanted:
        card.use.click()
    assert wanted.args == [8]


def test_classes_show_precision_and_recall_with_intervals(overview: ModelOverview) -> None:
    table = show(overview, model_reports.report()).classes.table
    assert table.words(4) == ["Liability", "320", "58", "81 % · 69–89 %", "81 % · 69–89 %", "81 %"]
    assert table.words(0)[1] == "400"


@pytest.mark.parametrize("width", [864, 1224, 1864])
def test_nothing_is_wider_than_the_page(overview: ModelOverview, width: int) -> None:
    overview.resize(width, 900)
    show(overview, model_reports.report(BANK, model_reports.many_classes(77, 1000), versions=40))
    for part in (overview.headline, overview.mistakes, overview.versions, overview.classes):
        right = part.mapTo(overview, part.rect().topRight()).x()
        assert right < width


def test_every_control_has_a_name_and_can_be_reached_by_keys(overview: ModelOverview) -> None:
    show(overview, model_reports.report())
    controls = [*overview.findChildren(QAbstractButton), *overview.findChildren(QTableView)]
    shown = [w for w in controls if w.isVisible() and w.objectName() != "qt_tableview_cornerbutton"]
    assert len(shown) > 12
    assert all(w.accessibleName() for w in shown)
    assert all(w.focusPolicy() & Qt.FocusPolicy.TabFocus for w in shown)


def test_a_large_report_is_shown_at_once(overview: ModelOverview) -> None:
    report = model_reports.report(BANK, model_reports.many_classes(77, 1000), versions=40)
    show(overview, report)
    began = time.process_time()
    show(overview, report)
    overview.grab()
    assert time.process_time() - began < 0.3, "about 0.06 s where it was written; thrice the goal is a bug"
