"""The record in the window: looked through beside it, and told where something changed."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.record_sheet import RecordSheet
from hitl_desktop.workflow.workplaces import others_trusted, trust
from tests.store.test_record import tamper


def test_the_record_is_looked_through(context: Context, qtbot: QtBot, text_project_folder: Path) -> None:
    assert context.bridge.open_project(text_project_folder)
    sheet = RecordSheet(context)
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(sheet)
    sheet.show()
    assert sheet.line.isVisible()
    assert not sheet.again_button.isEnabled()
    qtbot.waitUntil(lambda: bool(sheet.verdict.text()))
    assert sheet.verdict.text().startswith("Intact: ")
    assert sheet.table.isHidden()
    assert "signed anchor" in sheet.facts.text()
    tamper(text_project_folder, "UPDATE item SET path = 'elsewhere' WHERE idx = 1")
    sheet.again_button.click()
    qtbot.waitUntil(lambda: sheet.verdict.text().startswith("Not intact: "))
    assert sheet.table.words(0)[3] == "Item 1 is not as it was recorded."
    sheet.copy_button.click()
    assert "Item 1 is not as it was recorded." in QApplication.clipboard().text()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_who_else_is_trusted_is_told_and_taken_back(
    context: Context, qtbot: QtBot, text_project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("hitl_desktop.workflow.workplaces.own_key", lambda: b"another workplace")
        assert trust(text_project_folder) == 1
    assert context.bridge.open_project(text_project_folder)
    sheet = RecordSheet(context)
    sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(sheet)
    sheet.show()
    assert sheet.others.text().startswith("1 other workplace is trusted: ")
    sheet.distrust_button.click()
    assert sheet.others.text().startswith("Nobody else is trusted any more.")
    assert sheet.distrust_button.isHidden()
    assert others_trusted(text_project_folder) is None
    qtbot.waitUntil(lambda: bool(sheet.verdict.text()))
    sheet.reject()
    again = RecordSheet(context)
    again.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(again)
    again.show()
    assert again.others.isHidden()
    qtbot.waitUntil(lambda: bool(again.verdict.text()))
    again.reject()
