"""The page of the batches: where from, what came, and how it compares; and the card on the routing page."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.batch_comparison import BatchComparison, ClassScore
from hitl_desktop.domain.changes import Changes
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.batches.drift_card import DriftCard
from hitl_desktop.gui.views.batches.page import BatchesPage
from hitl_desktop.workflow.drift import take_comparison
from hitl_desktop.workflow.folder_watch import watches
from hitl_desktop.workflow.project import Project
from tests.conftest import MakeImages
from tests.workflow.test_adding import add

UNLIKE = BatchComparison(
    63, 12, 60, 0.9, 0.001, (ClassScore(1, 0.4, 0.2, 0.3, 0.5), ClassScore(2, 0.5, 0.1, 0.3, 0.2)), 60, 1, (70, 64)
)


@pytest.fixture
def project(context: Context, image_project_folder: Path, make_images: MakeImages, tmp_path: Path) -> Project:
    """An open project with two batches: one too small to compare, and one that is unlike the others."""
    context.bridge.open_project(image_project_folder)
    project = context.bridge.desk.project
    add(project, make_images(tmp_path / "few", each=1, seed=3))
    inbox = make_images(tmp_path / "inbox", each=4, seed=4)
    (inbox / "broken.png").write_bytes(b"no picture")
    add(project, inbox)
    take_comparison(project, 2, UNLIKE)
    return project


@pytest.fixture
def page(context: Context, project: Project, qtbot: QtBot) -> BatchesPage:
    """Its page."""
    page = BatchesPage(context)
    qtbot.addWidget(page)
    page.resize(1224, 724)
    page.show()
    return page


def test_the_table_has_the_newest_first_and_says_how_each_compares(page: BatchesPage) -> None:
    rows = [page.table.words(row) for row in range(page.table.row_count())]
    assert [(row[0], row[1], row[3], row[5], row[6]) for row in rows] == [
        ("2", "12", "inbox", "1", "unlike"),
        ("1", "3", "few", "", "too few to tell"),
    ]


def test_a_batch_that_waits_to_be_compared_is_not_said_to_be_too_small(
    page: BatchesPage, project: Project, make_images: MakeImages, tmp_path: Path
) -> None:
    add(project, make_images(tmp_path / "later", each=8, seed=9))
    page.refresh()
    assert page.table.words(0)[6] == "not compared yet"
    page.table.selectRow(0)
    assert page.comparison._verdict.text() == "They have not been compared with those before them yet."


def test_the_card_follows_the_selected_batch(page: BatchesPage) -> None:
    card = page.comparison
    assert card.accessibleName() == "Batch 2 beside what was there"
    assert "classifier tells them apart (AUC 0.90, p 0.001)" in card._verdict.text()
    assert [card.table.words(row)[0] for row in range(card.table.row_count())] == ["lines", "dots"], "the surest first"
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    assert "Too few items" in card._verdict.text()
    assert not card.table.isVisible()
    assert not page.shifted_button.isEnabled()


def test_items_of_a_batch_and_its_most_shifted_are_shown(page: BatchesPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.items_wanted) as shown:
        QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert shown.args == [list(range(63, 75)), "Batch 2"]
    with qtbot.waitSignal(page.items_wanted) as shown:
        QTest.keyClick(page.shifted_button, Qt.Key.Key_Space)
    assert shown.args == [[70, 64], "Most shifted of batch 2"]


def test_where_items_come_from(page: BatchesPage, project: Project, qtbot: QtBot) -> None:
    assert page.look_button.hasFocus()
    with qtbot.waitSignal(page.add_wanted) as wanted:
        QTest.keyClick(page.look_button, Qt.Key.Key_Space)
    assert wanted.args == [()]
    assert not watches(project)
    QTest.keyClick(page.watch_row, Qt.Key.Key_Space)
    assert watches(project)
    QTest.keyClick(page.watch_row, Qt.Key.Key_Space)
    assert not watches(project)


def test_a_table_offers_another_table(context: Context, text_project_folder: Path, qtbot: QtBot) -> None:
    context.bridge.open_project(text_project_folder)
    page = BatchesPage(context)
    qtbot.addWidget(page)
    page.show()
    assert page.files_button.label() == "From another table…"
    assert not page.folder_button.isVisible()
    assert page.watch_row.label() == "Watch messages.csv, and add by itself the rows that come"
    assert not page.comparison.isVisible()
    assert page._none.isVisible()


def test_the_card_on_the_routing_page_is_there_while_a_batch_is_unlike(
    context: Context, project: Project, qtbot: QtBot
) -> None:
    card = DriftCard(context)
    qtbot.addWidget(card)
    assert not card.isHidden()
    assert card._why.text().startswith("Batch 2 is unlike the items before it")
    with qtbot.waitSignal(context.bridge.batch_wanted) as wanted:
        QTest.keyClick(card.shifted_button, Qt.Key.Key_Space)
    assert wanted.args == [project.store.batches.all()[1], True]
    take_comparison(project, 2, BatchComparison(63, 12, 60, 0.5, 0.6))
    context.bridge.perform(lambda: Changes(pool=True))
    assert card.isHidden()
