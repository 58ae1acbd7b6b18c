"""Safe mode, read-only projects, hangs, and what the program tells of the run before."""

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hitl_desktop.app import main
from hitl_desktop.gui import application as app
from hitl_desktop.gui.application import build_window, run
from hitl_desktop.gui.hang_watch import FILE, HangWatch
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.views.safe_page import SafePage
from hitl_desktop.paths import user_config, user_logs
from hitl_desktop.workflow.settings import RecentProject, SettingsFile
from hitl_desktop.workflow.start_marker import StartMarker


@pytest.fixture
def window(qapp: QApplication, qtbot: Any) -> Iterator[MainWindow]:
    SettingsFile(user_config()).change(theme="dark", text_scale=2.0)
    made = build_window(qapp, is_plain=True)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()
    qapp.processEvents()


def test_safe_mode_opens_nothing_and_lets_nothing_run_until_it_is_asked(
    window: MainWindow, qtbot: Any, text_project_folder: Path
) -> None:
    page = window.open_safely(text_project_folder)
    assert window.context.theme.mode != "dark"
    assert window.context.theme.scale == 1.0
    assert page.isVisible()
    assert not window.bridge.is_open
    qtbot.waitUntil(lambda: page.last_button is not None and page.last_button.hasFocus())
    QTest.keyClick(page.last_button, Qt.Key.Key_Space)
    assert window.bridge.is_open
    assert not window.bridge.is_busy
    assert window.bridge.preparing is None
    assert window.desk.header.safe_mode.isVisible()
    window.commands.close_project()
    assert page.isVisible()
    QTest.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    assert window.start.isVisible()


def test_safe_mode_without_a_last_project_offers_another(window: MainWindow) -> None:
    page = window.open_safely(None)
    assert page.last_button is None
    assert page.other_button.isVisible()
    assert page.report_button.isVisible()


@pytest.fixture
def short_runs(own_log: None, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[list[MainWindow]]:
    """`run` in this process: with the application there is, and ended after a moment as if it were closed."""
    windows: list[MainWindow] = []
    make = app.build_window

    def build(*args: Any, **named: Any) -> MainWindow:
        windows.append(make(*args, **named))
        return windows[-1]

    monkeypatch.setattr(app, "QApplication", lambda _argv: qapp)
    monkeypatch.setattr(app, "build_window", build)
    monkeypatch.setattr(app, "watch_for_crashes", lambda _folder: "")
    yield windows
    for window in windows:
        window.close()
        window.deleteLater()
    qapp.processEvents()


def test_after_two_failed_starts_the_third_is_safe_and_the_fourth_as_usual(
    short_runs: list[MainWindow], text_project_folder: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    """The failed ones end before the window answers, as a start does whose last project makes it crash."""
    remembered = RecentProject(str(text_project_folder), "Messages", "text", "2026-01-01T00:00:00Z")
    SettingsFile(user_config()).remember(remembered)
    for _ in range(2):
        StartMarker(user_config()).begun()
    shown: list[tuple[bool, bool]] = []

    def ended() -> int:
        qapp.processEvents()
        pages = short_runs[-1].findChildren(SafePage)
        shown.append((bool(pages), short_runs[-1].bridge.is_open))
        return 0

    monkeypatch.setattr(qapp, "exec", ended, raising=False)
    assert run(project=text_project_folder) == 0
    assert shown == [(True, False)]
    assert run(project=text_project_folder) == 0
    assert shown[1] == (False, True)
    assert (user_logs() / "hitl-desktop.log").exists()


def test_a_window_that_cannot_be_made_counts_as_a_failed_start(
    short_runs: list[MainWindow], monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("ERROR .*The window could not be made")

    def none(*_args: object, **_named: object) -> MainWindow:
        raise RuntimeError

    monkeypatch.setattr(app, "build_window", none)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            run()
    assert StartMarker(user_config()).needs_safe_mode


def test_a_hang_is_written_down_counted_and_told_at_the_next_start(
    window: MainWindow, qtbot: Any, tmp_path: Path, expected_log: Callable[[str], None]
) -> None:
    expected_log("WARNING .*did not answer for")
    hangs: list[bool] = []
    watch = HangWatch(tmp_path, lambda: hangs.append(True), seconds=2.0, parent=window)
    watch.start()
    qtbot.wait(250)
    assert not hangs
    time.sleep(2.6)
    qtbot.waitUntil(lambda: bool(hangs))
    watch.stop()
    watch.stop()
    assert hangs
    assert (tmp_path / FILE).stat().st_size == 0
    window.teller.tell_of_run_before(crashed=False, hangs=2)
    assert any("2 times" in notice.text for notice in window.notices.notices())


def test_where_the_window_hung_is_in_the_dump(
    qapp: QApplication, tmp_path: Path, allowed_log: Callable[[str], None]
) -> None:
    watch = HangWatch(tmp_path, lambda: None, seconds=0.3)
    watch.start()
    time.sleep(0.6)  # no turn of the event loop: as a run that is ended while it hangs
    watch.stop()
    text = (tmp_path / FILE).read_text("utf-8")
    assert "test_where_the_window_hung_is_in_the_dump" in text
    after = HangWatch(tmp_path, lambda: None)
    allowed_log("not answer")
    after.start()
    after.stop()
    assert "test_safe_mode.py" in after.left
    assert str(Path(__file__).parent) not in after.left


def test_a_crash_of_the_run_before_is_told_with_its_report(window: MainWindow) -> None:
    window.bridge.troubles.remember("a crash of the run before", "Fatal Python error: Segmentation fault")
    window.teller.tell_of_run_before(crashed=True, hangs=0)
    notice = window.notices.notices()[-1]
    assert "ended by a crash" in notice.text
    assert notice.action == "Show report"
    assert "Segmentation fault" in window.bridge.troubles.report()


def test_garbage_is_not_looked_for_before_the_window_is_there(
    short_runs: list[MainWindow], monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    looked_for: list[bool] = []

    def ended() -> int:
        looked_for.append(gc.isenabled())
        qapp.processEvents()
        looked_for.append(gc.isenabled())
        return 0

    monkeypatch.setattr(qapp, "exec", ended, raising=False)
    try:
        assert main([]) == 0
        assert looked_for == [False, True]
    finally:
        gc.enable()
