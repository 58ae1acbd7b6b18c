"""Choices about the person: kept at once, and reset."""

import pytest
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.care_section import CareSection


@pytest.fixture
def section(context: Context, qtbot: QtBot) -> CareSection:
    section = CareSection(context)
    qtbot.addWidget(section)
    section.show_choices()
    section.show()
    return section


def test_choices_are_kept_at_once(section: CareSection, context: Context) -> None:
    assert section.guard.isChecked()
    assert section.breaks.currentData() == 50
    section.guard.click()
    section.breaks.setCurrentIndex(section.breaks.findData(0))
    section.breaks.activated.emit(section.breaks.currentIndex())
    assert not context.settings.value.guard_runs
    assert context.settings.value.break_minutes == 0


def test_reset_brings_the_usual_back(section: CareSection, context: Context) -> None:
    context.settings.change(guard_runs=False, break_minutes=90)
    section.show_choices()
    assert section.reset_button is not None
    section.reset_button.click()
    assert section.guard.isChecked()
    assert context.settings.value.break_minutes == 50
