"""The page of the classes: forms say what follows, every change is on record and can be taken back."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.classes.changes import FORMS
from hitl_desktop.gui.views.classes.page import ClassesPage
from hitl_desktop.workflow import many_at_once


@pytest.fixture
def page(context: Context, image_project_folder: Path, qtbot: QtBot) -> ClassesPage:
    """The page of a project of three classes, with twelve decisions."""
    context.bridge.open_project(image_project_folder)
    session = context.bridge.desk.session
    for _ in range(12):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    page = ClassesPage(context)
    qtbot.addWidget(page)
    page.resize(1224, 724)
    page.show()
    return page


def names(page: ClassesPage) -> list[str]:
    return [page.table.words(row)[0] for row in range(page.table.row_count())]


def state(page: ClassesPage, name: str) -> str:
    return page.table.words(names(page).index(name))[3]


def type_and_enter(text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, text)
    QTest.keyClick(focus, Qt.Key.Key_Return)


def test_the_table_says_which_classes_there_are(page: ClassesPage) -> None:
    assert names(page) == ["dots", "lines", "plain"]
    assert [page.table.words(row)[1] for row in range(3)] == ["1", "2", "3"]
    assert sum(int(page.table.words(row)[2]) for row in range(3)) == 12


def test_a_class_is_added_by_keys_alone(page: ClassesPage, context: Context) -> None:
    QTest.keyClick(page.table, Qt.Key.Key_Insert)
    type_and_enter("rings")
    assert names(page) == ["dots", "lines", "plain", "rings"]
    assert not page.form.isVisible()
    assert [label.name for label in context.bridge.desk.project.offered][-1] == "rings"


def test_f2_renames_the_selected_class(page: ClassesPage, context: Context) -> None:
    page.select(context.bridge.desk.project.label_named("lines").id)
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    assert page.form.name.text() == "lines"
    type_and_enter("stripes")
    assert names(page) == ["dots", "stripes", "plain"]
    assert page.record.words(0)[1] == "lines renamed to stripes"


def test_a_merge_says_what_follows_and_is_taken_back(page: ClassesPage, context: Context) -> None:
    project = context.bridge.desk.project
    dots = project.label_named("dots")
    page.select(dots.id)
    decided = int(page.table.words(0)[2])
    page.buttons["merge"].click()
    assert [page.form.target.itemText(i) for i in range(page.form.target.count())] == ["lines", "plain"]
    page.form.verb.click()
    assert state(page, "dots") == "merged into lines"
    assert (project.pool.label_ids == dots.id).sum() == 0
    page.take_back.click()
    assert names(page) == ["dots", "lines", "plain"]
    assert int(page.table.words(0)[2]) == decided


def test_a_large_merge_leaves_the_window_its_turns(
    page: ClassesPage, context: Context, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_at_once, "PART", 1)
    told: list[str] = []
    context.bridge.notified.connect(lambda message: told.append(message.text))
    page.select(context.bridge.desk.project.label_named("dots").id)
    page.begin("merge")
    page.form.verb.click()
    assert context.bridge.many.is_busy
    assert not page.form.isVisible()
    assert state(page, "dots") == "in use", "nothing is shown before all of it is there"
    qtbot.waitUntil(lambda: not context.bridge.many.is_busy)
    assert state(page, "dots") == "merged into lines"
    assert told[0].startswith("dots merged into lines, with ")
    page.take_back.click()
    page.begin("add")  # whoever does something else meanwhile has it finished first
    context.bridge.perform(lambda: context.bridge.desk.session.change_classes(lambda editor: editor.add("rings")))
    assert not context.bridge.many.is_busy
    assert names(page) == ["dots", "lines", "plain", "rings"]


def test_a_split_needs_two_names(page: ClassesPage) -> None:
    page.buttons["split"].click()
    page.form.names.setPlainText("small\nsmall\n  \n")
    assert not page.form.verb.isEnabled()
    page.form.names.setPlainText("small\n large ")
    page.form.verb.click()
    assert names(page) == ["lines", "plain", "small", "large", "dots"]
    assert page.table.words(3)[2] == "0"


def test_a_retired_class_is_brought_back(page: ClassesPage) -> None:
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    page.form.verb.click()
    assert state(page, "dots") == "retired"
    page.table.selectRow(names(page).index("dots"))
    assert not page.buttons["rename"].isEnabled()
    page.buttons["bring_back"].click()
    page.form.verb.click()
    assert state(page, "dots") == "in use"


def test_a_name_that_is_taken_changes_nothing_and_keeps_the_form(page: ClassesPage, context: Context) -> None:
    told = []
    context.bridge.notified.connect(told.append)
    QTest.keyClick(page.table, Qt.Key.Key_Insert)
    type_and_enter("Lines")
    assert page.form.isVisible()
    assert names(page) == ["dots", "lines", "plain"]
    assert "There is already a class named lines" in told[0].text


def test_esc_leaves_the_form(page: ClassesPage) -> None:
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    QTest.keyClick(page.form.name, Qt.Key.Key_Escape)
    assert not page.form.isVisible()
    assert not context_operations(page)


def context_operations(page: ClassesPage) -> list[str]:
    return [page.record.words(row)[1] for row in range(page.record.row_count())]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_its_button_and_says_what_follows(page: ClassesPage, form: str) -> None:
    if form == "bring_back":
        page.buttons["retire"].click()
        page.form.verb.click()
        page.table.selectRow(2)
    page.buttons[form].click()
    assert page.form.form == form
    assert page.form._follows.text()
    assert page.form.verb.accessibleName()
