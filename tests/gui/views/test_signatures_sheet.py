"""The sheet of signatures: signs what is chosen, tells what came since, and says in words what is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.reviewers.signatures_sheet import SignaturesSheet
from hitl_desktop.workflow import passwords

SECRET = "correct horse battery"


@pytest.fixture
def sheet(
    context: Context, text_project_folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], SignaturesSheet]:
    """`sheet()`: opened anew, checked."""
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "_TIME", 1)
    people = context.bridge.reviewers
    people.set_password(people.last.uuid, "", SECRET)
    people.sign_in(people.last.uuid, SECRET)
    context.bridge.open_project(text_project_folder)

    def make() -> SignaturesSheet:
        made = SignaturesSheet(context)
        qtbot.addWidget(made)
        made.show()
        qtbot.waitUntil(lambda: not made._beside.is_busy)
        return made

    return make


def row(sheet: SignaturesSheet, place: int) -> list[str]:
    model = sheet.table.model()
    return [str(model.index(place, column).data()) for column in range(model.columnCount())]


def test_signing_asks_for_the_password_and_tells_what_came_since(
    sheet: Callable[[], SignaturesSheet], context: Context, qtbot: QtBot
) -> None:
    first = sheet()
    assert first.detail.text() == "Nothing is signed yet."
    first.sign_button.click()
    assert first.password.line.hasFocus() or not first._beside.is_busy, "nothing happens without the password"
    qtbot.keyClicks(first.password.line, "a wrong guess")
    qtbot.keyClick(first.password.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: first.trouble.isVisible())
    assert "not the password" in first.trouble.text()
    first.meaning.setCurrentIndex(first.meaning.findData("own words"))
    assert not first.sign_button.isEnabled(), "own words are words"
    qtbot.keyClicks(first.own, "second reading")
    qtbot.keyClicks(first.password.line, SECRET)
    first.sign_button.click()
    qtbot.waitUntil(lambda: first.table.model().rowCount() == 1)
    assert row(first, 0)[1] == "second reading"
    assert row(first, 0)[-1] == "holds"
    assert first.password.text() == ""
    context.bridge.perform(lambda: context.bridge.desk.session.decide(Verdict.SKIPPED))
    second = sheet()
    assert row(second, 0)[-1] == "holds; 1 decided since"
    assert "It holds; 1 decision was made since. Signed with a password." in second.detail.text()
