"""The start page: what it offers, what it says of recent projects, and what it must not load."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.recent_row import Condition
from hitl_desktop.gui.views.start_page import StartPage
from hitl_desktop.workflow.samples import catalogue
from hitl_desktop.workflow.settings import RecentProject

ROOT = Path(__file__).resolve().parents[3]
HEAVY = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.browsing import Browsing
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import KEYMAPS
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.start_page import StartPage
from hitl_desktop.workflow.settings import RecentProject, SettingsFile

folder = Path(sys.argv[1])
app = QApplication([])
theme = Theme("light")
theme.apply(app)
settings = SettingsFile(folder)
settings.remember(RecentProject(str(folder), "Chest phantoms", "image", "2026-11-22T10:00:00.000+00:00", 41, 212, 171))
bridge = Bridge(settings)
page = StartPage(Context(theme, bridge, settings, Media(), KEYMAPS["general"], Browsing(bridge)))
page.resize(1280, 800)
page.show()
app.processEvents()
assert not page.grab().toImage().isNull()
print(" ".join(name for name in ("numpy", "scipy", "sklearn", "PIL") if name in sys.modules) or "light")
"""


def recent(folder: Path, name: str = "Chest phantoms", **changes: object) -> RecentProject:
    folder.mkdir(exist_ok=True)
    values = {"kind": "image", "opened_utc": "2026-11-22T10:00:00.000+00:00", "seen": 41, "needing_you": 212}
    return RecentProject(str(folder), name, **{**values, "needs_review": 171, **changes})  # type: ignore[arg-type]


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> StartPage:
    return shown(StartPage(context), qtbot)


def shown(page: StartPage, qtbot: QtBot) -> StartPage:
    qtbot.addWidget(page)
    page.resize(1280, 800)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    QApplication.processEvents()
    return page


def test_the_first_time_the_focus_is_on_the_folder_of_images(page: StartPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(page.folder_button.hasFocus)
    with qtbot.waitSignal(page.folder_wanted):
        qtbot.keyClick(page.folder_button, Qt.Key.Key_Return)


def test_the_focus_is_on_the_newest_project_and_enter_opens_it(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    context.settings.remember(recent(tmp_path / "old", "Old"))
    context.settings.remember(recent(tmp_path / "new", "New"))
    page = shown(StartPage(context), qtbot)
    qtbot.waitUntil(page.rows[0].hasFocus)
    with qtbot.waitSignal(page.project_wanted) as wanted:
        qtbot.keyClick(page.rows[0], Qt.Key.Key_Return)
    assert wanted.args == [tmp_path / "new"]


def test_every_button_and_key_says_what_is_wanted(page: StartPage, qtbot: QtBot) -> None:
    for button, signal in (
        (page.folder_button, page.folder_wanted),
        (page.table_button, page.table_wanted),
        (page.other_button, page.other_project_wanted),
        (page.keys_button, page.keys_wanted),
        (page.settings_button, page.settings_wanted),
    ):
        with qtbot.waitSignal(signal):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    with qtbot.waitSignal(page.folder_wanted):
        qtbot.keyClick(page, Qt.Key.Key_O, control)
    with qtbot.waitSignal(page.table_wanted):
        qtbot.keyClick(page, Qt.Key.Key_O, control | shift)


def test_every_sample_can_be_tried(page: StartPage, qtbot: QtBot) -> None:
    assert list(page.sample_buttons) == [sample.id for sample in catalogue()]
    for name, button in page.sample_buttons.items():
        with qtbot.waitSignal(page.sample_wanted) as wanted:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert wanted.args == [name]


def test_a_project_whose_pictures_have_moved_offers_to_find_them(
    context: Context, qtbot: QtBot, tmp_path: Path
) -> None:
    project = recent(tmp_path / "moved", data_root=str(tmp_path / "gone"), decided=640)
    context.settings.remember(project)
    page = shown(StartPage(context), qtbot)
    row = page.rows[0]
    assert row.condition is Condition.MOVED
    assert "Its pictures have moved. 640 decisions are safe." in row.accessibleDescription()
    with qtbot.waitSignal(page.find_folder_wanted) as wanted:
        qtbot.mouseClick(row.remedy, Qt.MouseButton.LeftButton)
    assert wanted.args == [tmp_path / "moved"]


def test_texts_are_never_said_to_have_moved(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    context.settings.remember(recent(tmp_path / "texts", kind="text", data_root=str(tmp_path / "gone.csv")))
    assert shown(StartPage(context), qtbot).rows[0].condition is Condition.READY


def test_a_missing_project_can_only_be_removed_from_the_list(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    context.settings.remember(recent(tmp_path / "there", "There"))
    context.settings.remember(recent(tmp_path / "gone", "Gone"))
    (tmp_path / "gone").rmdir()
    page = shown(StartPage(context), qtbot)
    assert page.rows[0].condition is Condition.MISSING
    with qtbot.assertNotEmitted(page.project_wanted):
        qtbot.mouseClick(page.rows[0], Qt.MouseButton.LeftButton)
        qtbot.keyClick(page.rows[0], Qt.Key.Key_Return)
    qtbot.mouseClick(page.rows[0].remedy, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [row.project.name for row in page.rows] == ["There"], timeout=30_000)
    assert [project.name for project in context.settings.value.recent] == ["There"]


def test_the_counts_of_a_recent_project_are_said(context: Context, qtbot: QtBot, tmp_path: Path) -> None:
    context.settings.remember(recent(tmp_path / "done", "Done", needs_review=0))
    context.settings.remember(recent(tmp_path / "open", "Open"))
    page = shown(StartPage(context), qtbot)
    said = [row.accessibleDescription() for row in page.rows]
    assert said[0].endswith("171 to do")
    assert said[1].endswith("Nothing to do")


def test_a_folder_can_be_dropped_anywhere_on_the_page(
    page: StartPage, context: Context, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected: list[str] = []
    monkeypatch.setattr(context.bridge, "expect", expected.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(page, enter)
    assert enter.isAccepted()
    assert page.drop_zone.is_active
    assert expected == ["look"], "what looks at a table starts while it is still in the air"
    with qtbot.waitSignal(page.dropped) as dropped:
        QApplication.sendEvent(page, QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys))
    assert dropped.args == [tmp_path]
    assert not page.drop_zone.is_active


def test_what_is_not_there_cannot_be_dropped(page: StartPage, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "gone"))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(page, enter)
    assert not page.drop_zone.is_active


@pytest.mark.parametrize("width", [960, 1280, 1920])
def test_nothing_is_wider_than_the_page(page: StartPage, width: int) -> None:
    page.resize(width, 640)
    QApplication.processEvents()
    for button in (page.folder_button, page.table_button, *page.sample_buttons.values()):
        right = button.mapTo(page, QPoint(button.width(), 0)).x()
        assert right <= page.other_button.mapTo(page, QPoint(0, 0)).x()


def test_the_page_is_painted_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HEAVY, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HITL_DESKTOP_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["light"]


def test_in_a_wide_window_what_begins_something_stands_in_the_middle(page: StartPage) -> None:
    page.resize(1920, 1080)
    QApplication.processEvents()
    content = page.folder_button.parentWidget()
    area = content.parentWidget()
    before, after = content.x(), area.width() - content.geometry().right() - 1
    assert before > 40
    assert abs(before - after) <= 1
