"""The window: menus and keys, pages, notices, dialogs, plain text, accessible names, and what it leaves behind."""

import gc
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.gui.actions import ACTIONS
from hitl_desktop.gui.application import build_window
from hitl_desktop.gui.jump import JumpDialog
from hitl_desktop.gui.key_bindings import bindings, owner
from hitl_desktop.gui.keymaps import COMPARING_KEYS, KEYMAPS, VIEWER_KEYS
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.screenshots import is_settled
from hitl_desktop.gui.views import VIEWS
from hitl_desktop.gui.views.gallery.page import GalleryPage
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.learning_choices import choose
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeProject, MakeTable, Retrain

CONTROLS = (
    QAbstractButton,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QComboBox,
    QAbstractSpinBox,
    QAbstractSlider,
    QAbstractItemView,
)
EVIL = ("<b>bold</b> & co", '<img src="x">', "<i>slanted</i>&amp;")


def ink(picture: QImage, area: QRect) -> bool:
    """Whether something is drawn there."""
    corner = picture.pixel(area.topLeft())
    return any(
        picture.pixel(x, y) != corner
        for x in range(area.left(), area.right(), 2)
        for y in range(area.top(), area.bottom(), 2)
    )


def flush() -> None:
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(qapp: QApplication, qtbot: Any) -> Iterator[MainWindow]:
    window = build_window(qapp, "light")
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    yield window
    window.close()
    window.deleteLater()
    flush()


@pytest.fixture
def scored_folder(text_project_folder: Path, retrain: Retrain) -> Path:
    """A project with two decisions of each class and a model in use, closed."""
    project = Project.open(text_project_folder)
    session = ReviewSession(project, "ann")
    for _ in range(12):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    retrain(project)
    project.close()
    return text_project_folder


def opened(window: MainWindow, folder: Path, qtbot: Any) -> MainWindow:
    assert window.bridge.open_project(folder)
    qtbot.waitUntil(lambda: is_settled(window), timeout=60_000)  # the worker starts and ranks the pool
    return window


def shown(root: QWidget, sort: Any) -> list[Any]:
    return [w for w in root.findChildren(QWidget) if isinstance(w, sort) and w.isVisible()]


def every_page(window: MainWindow) -> Iterator[str]:
    for page in VIEWS:
        window.show_page(page)
        QApplication.processEvents()
        yield page


def test_every_key_of_the_profile_does_something(window: MainWindow) -> None:
    of_gallery = {"confirm_chosen", "alike", "label_right"}
    used = {row.id for row in ACTIONS} | set(window.desk.review.keys.commands) | of_gallery | {"leave"}
    assert set(KEYMAPS["general"].keys) <= used | set(VIEWER_KEYS) | set(COMPARING_KEYS)


def test_no_two_commands_share_a_key() -> None:
    for keymap in KEYMAPS.values():
        taken = [(command, key) for command, keys in bindings(keymap).items() for key in keys]
        assert all(owner(keymap, command, key) is None for command, key in taken)


def test_without_a_project_only_what_works_can_be_chosen(window: MainWindow) -> None:
    for row in ACTIONS:
        action = window.findChild(QAction, row.id)
        assert action is not None
        assert action.isEnabled() == (not row.needs_project), row.id


def test_settings_can_be_left_again_without_a_project(window: MainWindow) -> None:
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    assert not window.start.isVisible()
    QTest.mouseClick(window.desk.rail.button("review"), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert window.start.isVisible()


def test_a_project_is_closed_and_another_one_opened(
    window: MainWindow, scored_folder: Path, image_project_folder: Path, qtbot: Any
) -> None:
    opened(window, scored_folder, qtbot)
    assert window.windowTitle().startswith(window.bridge.desk.project.name)
    window.commands.close_project()
    assert window.start.isVisible()
    assert window.windowTitle() == "HITL Desktop"
    opened(window, image_project_folder, qtbot)
    opened(window, scored_folder, qtbot)
    assert window.review.viewer is window.review.pane.viewers["text"]
    assert window.review.viewer.isVisible()


def test_another_project_with_as_many_classes_shows_its_own_names(
    window: MainWindow,
    make_project: MakeProject,
    make_table: MakeTable,
    scored_folder: Path,
    tmp_path: Path,
    qtbot: Any,
) -> None:
    make_project(tmp_path / "Other.hitl", make_table(tmp_path / "other.csv"), labels=("cat", "dog"))
    opened(window, scored_folder, qtbot)
    opened(window, tmp_path / "Other.hitl", qtbot)
    labels = window.bridge.desk.project.labels
    assert [label.name for label in labels] == ["cat", "dog"]
    assert [window.review.panel.class_button(label.id).label() for label in labels] == ["cat", "dog"]


def test_item_only_hides_everything_else_until_it_is_pressed_again(
    window: MainWindow, scored_folder: Path, qtbot: Any
) -> None:
    opened(window, scored_folder, qtbot)
    window.resize(1280, 800)
    parts = [window.desk.header, window.desk.rail, window.desk.footer, window.review.queue]
    assert all(part.isVisible() for part in parts)
    QTest.keyClick(window.review.viewer, Qt.Key.Key_F11)
    flush()
    assert not any(part.isVisible() for part in parts)
    window.resize(1400, 800)
    flush()
    assert not any(part.isVisible() for part in parts)
    QTest.keyClick(window.review.viewer, Qt.Key.Key_F11)
    flush()
    assert all(part.isVisible() for part in parts)


def test_the_queue_is_a_strip_a_list_or_hidden_by_the_width_and_by_its_key(
    window: MainWindow, scored_folder: Path, qtbot: Any
) -> None:
    opened(window, scored_folder, qtbot)
    queue = window.review.queue
    for width, visible, wide in ((1280, True, False), (1700, True, True), (1000, False, False), (1280, True, False)):
        window.resize(width, 800)
        flush()
        assert (queue.isVisible(), queue.is_wide) == (visible, wide), width
    window.commands.queue()
    assert queue.is_wide
    window.commands.queue()
    assert not queue.is_wide
    assert queue.isVisible()
    assert window.minimumSize() == QSize(960, 640)


def test_names_and_texts_are_shown_letter_by_letter(
    window: MainWindow, make_project: MakeProject, tmp_path: Path, qtbot: Any
) -> None:
    table = tmp_path / "evil.csv"
    quoted = [text.replace('"', '""') for text in EVIL]
    rows = [f'"{quoted[i % 3]} {i}","{quoted[i % 3]} says {i}","{quoted[i % 3]}"' for i in range(12)]
    table.write_text("id,text,label\n" + "\n".join(rows) + "\n", "utf-8")
    folder = tmp_path / "<b>Evil & co<b>.hitl"
    make_project(folder, table, name="<b>Evil</b> & co", labels_from="label")
    opened(window, folder, qtbot)
    labels = window.bridge.desk.project.labels
    assert sorted(label.name for label in labels) == sorted(EVIL)
    for label in labels:
        button = window.review.panel.class_button(label.id)
        assert button is not None
        assert button.label() == button.accessibleName() == label.name
    item = window.bridge.desk.session.item
    assert item is not None
    text = window.review.viewer.item.text
    assert text == window.bridge.desk.project.store.items.text(item.index)
    assert text in [w.toPlainText() for w in window.findChildren(QTextEdit)]
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_1)
    undo = window.findChild(QAction, "undo")
    assert undo is not None
    assert undo.text().replace("&&", "&") == window.bridge.desk.session.undo_text()
    for page in every_page(window):
        for label in window.findChildren(QLabel):
            assert label.textFormat() == Qt.TextFormat.PlainText, (page, label.text())
        for widget in window.findChildren(QWidget):
            tip = widget.toolTip()
            assert not any(evil in tip for evil in EVIL), (page, tip)


def test_every_control_of_every_page_has_a_name(
    window: MainWindow, scored_folder: Path, qtbot: Any, image_project_folder: Path
) -> None:
    def unnamed(where: str) -> list[str]:
        found = []
        for control in shown(window, CONTROLS):
            if isinstance(control, QScrollBar | QHeaderView) or isinstance(
                control.parent(), QAbstractSpinBox | QComboBox
            ):
                continue
            interface = QAccessible.queryAccessibleInterface(control)
            if not interface.text(QAccessible.Text.Name).strip():
                found.append(f"{where}: {type(control).__name__} {control.objectName()}")
        return found

    missing = unnamed("start")
    for folder in (scored_folder, image_project_folder):
        opened(window, folder, qtbot)
        window.resize(1700, 900)
        for page in every_page(window):
            missing += unnamed(page)
    assert missing == []


def test_tab_reaches_confirm_the_classes_and_the_actions(window: MainWindow, scored_folder: Path, qtbot: Any) -> None:
    opened(window, scored_folder, qtbot)
    panel = window.review.panel
    assert window.review.viewer.isAncestorOf(QApplication.focusWidget()) or QApplication.focusWidget() is (
        window.review.viewer
    )
    names = []
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        names.append(QApplication.focusWidget().accessibleName())
    classes = [label.name for label in window.bridge.desk.project.labels]
    wanted = [panel.confirm_button.accessibleName(), *classes, "Skip for now", "Unsure", "Flag", "Note"]
    places = [names.index(name) for name in wanted]
    assert places == sorted(places), "in the order of the panel"
    assert places[0] == 0, "Confirm comes right after the item"
    assert {"Menu", "Go to…", "Items waiting"} <= set(names)


def test_dialogs_that_were_closed_are_gone(window: MainWindow, scored_folder: Path, qtbot: Any) -> None:
    opened(window, scored_folder, qtbot)

    def walk_through() -> None:
        for open_dialog in (window.commands.jump, window.commands.keys, window.review.pick_class):
            open_dialog()
            QApplication.processEvents()
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QDialog)
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            flush()

    walk_through()
    before = len(QApplication.allWidgets())
    for _ in range(3):
        walk_through()
    assert len(QApplication.allWidgets()) == before
    assert window.findChildren(QDialog) == []


def test_go_to_finds_pages_commands_and_items(window: MainWindow, scored_folder: Path, qtbot: Any) -> None:
    opened(window, scored_folder, qtbot)

    def go(words: str) -> None:
        window.commands.jump()
        QApplication.processEvents()
        QTest.keyClicks(QApplication.focusWidget(), words)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        flush()

    window.commands.jump()
    (dialog,) = window.findChildren(JumpDialog)
    names = [name for name, *_ in dialog._places]
    assert len(set(names)) == len(names), "nothing is offered twice"
    keys = {name: key for name, _, key in dialog._places}
    assert (keys["Gallery"], keys["Train now"], keys["Quit"]) == ("Alt 2", "Ctrl T", "")
    listed = dialog.findChild(QListWidget)
    assert isinstance(listed, QListWidget)
    rows = {listed.item(row).text(): listed.visualItemRect(listed.item(row)) for row in range(listed.count())}
    picture = listed.viewport().grab().toImage()
    ends = {name: ink(picture, rows[name].adjusted(rows[name].width() - 60, 4, 0, -4)) for name in ("Gallery", "Quit")}
    assert (ends["Gallery"], ends["Quit"]) == (True, False), "the key stands at the end of its row"
    dialog.reject()
    flush()
    go("routing")
    assert window.desk.pages.currentWidget() is window.desk.page("routing")
    go("m07")
    assert window.desk.pages.currentWidget() is window.review
    assert window.bridge.desk.session.item.path == "m07"


def test_windows_opened_and_closed_leave_nothing_behind(
    qapp: QApplication, scored_folder: Path, image_project_folder: Path, qtbot: Any
) -> None:
    def one_life() -> None:
        window = build_window(qapp, "light")
        window.show()
        for folder in (scored_folder, image_project_folder):
            opened(window, folder, qtbot)
            for _ in every_page(window):
                pass
        window.close()
        window.deleteLater()
        del window
        flush()
        gc.collect()
        flush()

    one_life()
    widgets, threads = len(QApplication.allWidgets()), threading.active_count()
    for _ in range(2):
        one_life()
    assert len(QApplication.allWidgets()) == widgets
    assert len(QApplication.topLevelWidgets()) <= widgets
    assert threading.active_count() == threads


def test_changing_the_theme_after_a_wizard_was_opened_twice_breaks_nothing(
    window: MainWindow, image_folder: Path, text_table: Path
) -> None:
    for path in (image_folder, text_table, image_folder):
        window.commands.begin(path)
        flush()
    window._context.theme.set_mode("dark")
    window._context.theme.set_mode("light")
    flush()  # an exception in a slot fails the test


def test_notices_say_what_happened_and_their_offer_works(window: MainWindow, scored_folder: Path, qtbot: Any) -> None:
    from hitl_desktop.gui.bridge import Message

    opened(window, scored_folder, qtbot)
    called: list[str] = []
    window.bridge.notified.emit(Message("<b>Odd</b>", "warn", "Do it", lambda: called.append("done")))
    bar = window.notices.children()[-1]
    assert [n.text for n in window.notices.notices()] == ["<b>Odd</b>"]
    QTest.mouseClick(bar.action_button(), Qt.MouseButton.LeftButton)
    flush()
    assert called == ["done"]
    assert window.notices.notices() == []


def test_why_a_project_was_not_opened_is_said_until_it_is(window: MainWindow, scored_folder: Path, qtbot: Any) -> None:
    elsewhere = Project.open(scored_folder)
    assert not window.bridge.open_project(scored_folder)
    flush()
    assert "is open in another window" in window.notices.notices()[0].text
    elsewhere.close()
    opened(window, scored_folder, qtbot)
    assert window.notices.notices() == []


def test_what_failed_in_a_project_is_said_until_it_is_left(
    window: MainWindow, scored_folder: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a model is damaged was still said over the next project, and over the start page."""

    def refuse(*_: object) -> None:
        raise KnownError(say("The model v1 is damaged."))

    assert window.bridge.open_project(scored_folder)
    session = window.bridge.desk.session
    for label in (0, 1, 0, 1):
        window.bridge.perform(lambda label=label: session.decide(Verdict.CORRECTED, session.project.labels[label].id))
    monkeypatch.setattr(type(window.bridge.worker), "run", refuse)
    window.bridge.train_now()
    qtbot.waitUntil(lambda: "The model v1 is damaged." in [notice.text for notice in window.notices.notices()])
    window.bridge.close_project()
    assert not window.notices.notices()


def test_a_page_that_is_opened_later_shows_the_words_that_are_looked_for(
    window: MainWindow, scored_folder: Path, qtbot: Any
) -> None:
    opened(window, scored_folder, qtbot)
    window.browsing.change(words="nothing like it")
    window.show_page("gallery")
    assert cast(GalleryPage, window.desk.page("gallery")).search.text() == "nothing like it"


def test_a_large_project_is_read_a_page_at_a_time(
    window: MainWindow, make_project: MakeProject, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "many.csv"
    rows = "".join(f"r{i},words number {i},{'ab'[i % 2]}\n" for i in range(5000))
    table.write_text("id,text,label\n" + rows, "utf-8")
    make_project(tmp_path / "Many.hitl", table)
    store = Store.open(tmp_path / "Many.hitl")
    choose(store, "features", "words")  # the meaning of 5,000 texts takes its time
    store.close()
    from hitl_desktop.store.items import ItemTable

    read: list[int] = []
    many = ItemTable.many

    def counted(self: ItemTable, indexes: Any) -> Any:
        found = many(self, indexes)
        read.append(len(found))
        return found

    monkeypatch.setattr(ItemTable, "many", counted)
    opened(window, tmp_path / "Many.hitl", qtbot)
    window.grab()
    assert 0 < sum(read) <= 300, "the list asks for the rows in sight, not for all"


@pytest.mark.parametrize(
    ("command", "question"), [("open_table", "getOpenFileName"), ("open_folder", "getExistingDirectory")]
)
def test_what_looks_at_the_data_starts_while_a_person_chooses_it(
    window: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch, command: str, question: str
) -> None:
    expected: list[str] = []
    monkeypatch.setattr(window.bridge.worker, "expect", expected.append)

    def choose(*_: object) -> object:
        qtbot.waitUntil(lambda: expected == ["look"], timeout=10_000)
        return ("", "") if command == "open_table" else ""

    monkeypatch.setattr(QFileDialog, question, choose)
    getattr(window.commands, command)()
    assert expected == ["look"]
    assert not window.bridge.is_busy, "no job of the person's, and nothing is stopped for it"
    window.bridge.works_by_itself = False
    monkeypatch.setattr(QFileDialog, question, lambda *_: ("", "") if command == "open_table" else "")
    getattr(window.commands, command)()
    QTest.qWait(20)
    assert expected == ["look"], "nothing starts by itself in safe mode"


def test_closing_waits_for_what_is_still_looked_for(window: MainWindow, text_project_folder: Path, qtbot: Any) -> None:
    """A thread that asks for the interpreter once it has gone takes the program down with it."""
    opened(window, text_project_folder, qtbot)
    page = window.desk.page("routing")
    ended: list[str] = []

    class Slow(Looking):
        def __init__(self, name: str) -> None:
            super().__init__()
            self._name = name
            self.begun = threading.Event()

        def answer(self) -> None:
            self.begun.set()
            while not self.is_stopped:
                time.sleep(0.001)
            time.sleep(0.05)  # the last step cannot be stopped
            ended.append(self._name)

    beside = {"planning": window.bridge.planning._beside, "page": page._beside}  # type: ignore[attr-defined]
    for name, where in beside.items():
        looking = Slow(name)
        where.look(looking, looking.answer)
        assert looking.begun.wait(10)
    window.close()
    assert sorted(ended) == ["page", "planning"]
