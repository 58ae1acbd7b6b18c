"""Label problems under keys: looked for by itself, settled with one key each, taken back, and not asked again."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.holdout import Holdout
from hitl_desktop.domain.label_problems import ProblemSort
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.model_page import ModelPage
from hitl_desktop.workflow.learning_choices import choose
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from tests.conftest import MakeProject
from tests.workflow.test_label_problems import make_odd_table

Key = Qt.Key


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, make_project: MakeProject) -> Path:
    folder = tmp_path_factory.mktemp("odd") / "Odd.hitl"
    table = make_odd_table(folder.parent / "odd.csv")
    make_project(folder, table, use_labels=LabelUse.DECISIONS, holdout=Holdout.parse("1"))
    project = Project.open(folder)
    choose(project.store, "features", "words")
    project.close()
    return folder


def test_problems_are_settled_by_keys(context: Context, odd: Path, qtbot: QtBot) -> None:
    assert context.bridge.open_project(odd)
    page = ModelPage(context)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    sheet = page.problems
    page.show_problems()
    qtbot.waitUntil(lambda: bool(sheet.problems), timeout=60_000)
    decisions = context.bridge.desk.project.store.decisions
    count = len(sheet.problems)
    assert page.tabs.tabText(1) == f"Label problems · {count}"
    assert "contradiction" in sheet.summary.text()

    pair = sheet.current
    assert pair is not None
    assert pair.sort is ProblemSort.CONTRADICTION
    assert len(sheet.panes) == 2
    assert [sheet.panes[1].text()[a:b] for a, b in sheet.panes[1].marked] == ["!"]
    assert sheet.claim.text().endswith("What differs is marked.")
    QTest.keyClick(sheet.list, Key.Key_Right)
    assert {decisions.live(index)[-1].label_id for index in pair.items} == {pair.likely}
    assert pair not in sheet.problems
    context.bridge.perform(context.bridge.desk.session.undo)
    assert sheet.problems[0] == pair, "what is taken back is asked again"

    copy = next(row for row, p in enumerate(sheet.problems) if p.sort is ProblemSort.COPY)
    sheet.list.setCurrentRow(copy)
    assert "row 119 (m118)" in sheet.claim.text()
    assert not sheet.actions_row.first.isVisible()
    assert len(sheet.panes) == 1
    QTest.keyClick(sheet.list, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert not any(p.sort is ProblemSort.COPY for p in sheet.problems)

    first = sheet.current
    assert first is not None
    assert first.sort is ProblemSort.SUSPICIOUS
    QTest.keyClick(sheet.list, Key.Key_Space)
    event = decisions.live(first.index)[-1]
    assert event.label_id == first.likely
    assert event.reason.startswith("Label problem")
    second = sheet.current
    assert second is not None
    QTest.keyClick(sheet.list, Key.Key_1)
    assert decisions.live(second.index)[-1].label_id == context.bridge.desk.project.offered[0].id
    assert len(sheet.problems) <= count - 3
    page.tabs.setCurrentIndex(0)
    assert page.sheets.currentWidget() is page.overview
    context.bridge.close_project()
    assert page.tabs.tabText(1) == "Label problems"
    assert not sheet.problems
