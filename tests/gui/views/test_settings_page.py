"""The settings page: what is chosen is saved at once, told by a signal, and can be reset."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.keys_page import KeyGroup
from hitl_desktop.gui.views.settings_page import SettingsPage
from hitl_desktop.workflow.settings import Settings, SettingsFile, default_reviewer


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> SettingsPage:
    """The page with no project open."""
    page = SettingsPage(context)
    qtbot.addWidget(page)
    page.show()
    return page


def choose(box: QComboBox, value: str) -> None:
    place = box.findData(value)
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_the_look_is_saved_and_told(page: SettingsPage, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignals([page.theme_chosen, page.canvas_chosen, page.text_scale_chosen, page.text_points_chosen]):
        choose(page.theme_box, "dark")
        choose(page.canvas, "black")
        page.scale.setValue(150)
        page.reading.setValue(22)
    stored = SettingsFile(tmp_path / "settings").value
    assert (stored.theme, stored.canvas, stored.text_scale, stored.text_points) == ("dark", "black", 1.5, 22)


def test_reset_brings_the_usual_look_back(page: SettingsPage, context: Context) -> None:
    choose(page.theme_box, "dark")
    page.reading.setValue(22)
    reset = page.sections["look"].reset_button
    assert reset is not None
    reset.click()
    value, usual = context.settings.value, Settings()
    assert (value.theme, value.text_points, value.text_scale) == (usual.theme, usual.text_points, usual.text_scale)
    assert page.reading.value() == usual.text_points


def test_a_name_is_taken_without_its_blanks(page: SettingsPage, context: Context, qtbot: QtBot) -> None:
    field = page.reviewers.name
    field.selectAll()
    qtbot.keyClicks(field, "  Ada  Lovelace ")
    with qtbot.waitSignal(page.reviewers.reviewer_changed):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert context.bridge.reviewers.sitting.name == "Ada Lovelace"
    assert context.bridge.reviewers.last.names == (default_reviewer(),)


def test_an_empty_name_is_refused_in_words(page: SettingsPage, context: Context, qtbot: QtBot) -> None:
    field = page.reviewers.name
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    assert page.reviewers.name_note.text().startswith("A decision needs a name.")
    with qtbot.assertNotEmitted(page.reviewers.reviewer_changed):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == default_reviewer()
    assert context.bridge.reviewers.last.names == ()


def test_the_rhythm_of_training_belongs_to_the_project(
    page: SettingsPage, context: Context, image_project_folder: Path
) -> None:
    assert not page.retrain.isEnabled()
    context.bridge.open_project(image_project_folder)
    assert page.retrain.isEnabled()
    page.retrain.setValue(35)
    assert context.bridge.desk.project.retrain_every == 35
    reset = page.sections["review"].reset_button
    assert reset is not None
    reset.click()
    assert context.bridge.desk.project.retrain_every == 20


def test_storage_names_the_folders(page: SettingsPage, context: Context, own_home: Path, image_project_folder) -> None:
    assert ("Settings", str(own_home / "config")) in page.storage_facts()
    context.bridge.open_project(image_project_folder)
    assert ("This project", str(image_project_folder)) in page.storage_facts()


def test_the_size_of_the_cache_counts_files_in_folders_too(
    page: SettingsPage, context: Context, image_project_folder: Path
) -> None:
    cache = image_project_folder / "features"
    (cache / "one").mkdir()
    before = sum(path.stat().st_size for path in cache.rglob("*") if path.is_file())
    (cache / "one" / "more.bin").write_bytes(bytes(3 * 1024 * 1024 - before))
    context.bridge.open_project(image_project_folder)
    assert dict(page.storage_facts())["Its feature cache"].startswith("3.1 MB")


def test_the_keys_of_every_day_are_shown_and_the_others_on_demand(page: SettingsPage, qtbot: QtBot) -> None:
    shown = [group.accessibleName() for group in page.findChildren(KeyGroup)]
    assert shown == ["Decide", "Move", "View", "Pages"]
    with qtbot.waitSignal(page.keys_wanted):
        page.all_keys.click()
