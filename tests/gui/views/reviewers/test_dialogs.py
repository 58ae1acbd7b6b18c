"""The dialogs about reviewers."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.reviewers.dialogs import PasswordDialog
from hitl_desktop.workflow.reviewers import Reviewers


@pytest.mark.parametrize("removes", [False, True])
def test_the_title_of_its_window_which_other_programs_see_names_nobody(
    theme: Theme, qtbot: QtBot, tmp_path: Path, *, removes: bool
) -> None:
    people = Reviewers(tmp_path, lambda: "Zqwanderlust")
    dialog = PasswordDialog(theme, people, people.last, removes=removes)
    qtbot.addWidget(dialog)
    assert dialog.windowTitle()
    assert "Zqwanderlust" not in dialog.windowTitle()
    assert ("Zqwanderlust" in dialog.accessibleName()) is not removes
