"""The window in another language: nothing is left in English, and a change is there at once, with everything kept."""

import ast
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, QRect, Qt
from PySide6.QtGui import QAction, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QSlider,
    QTabBar,
    QTableView,
    QWidget,
)

from hitl_desktop import __version__, language
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.application import build_window
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.screenshots import is_settled
from hitl_desktop.gui.speaking import speak
from hitl_desktop.gui.views import VIEWS
from hitl_desktop.gui.views.done_page import DonePage
from hitl_desktop.gui.views.language_box import LanguageBox
from hitl_desktop.gui.views.model_overview import ModelOverview
from hitl_desktop.gui.views.model_page import ModelPage
from hitl_desktop.gui.views.settings_page import SettingsPage
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import draw_text
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests import pseudo_language
from tests.conftest import MakeImages, MakeTable, Retrain
from tests.gui.views.model_reports import CLAIMS, DECIDED, THRESHOLD, report

NAMES = ("HITL Desktop", "English", "Deutsch", "العربية", "Pseudo", "Apache License 2.0", __version__, *CLAIMS)
"""What is called the same in every language: names, and what people named themselves."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_PATH = re.compile(r"\u2066?/\S*\u2069?")
_HASH = re.compile(r"\b[0-9a-f]{12,}\b")
_SIZE = re.compile(r"\d (bytes|kB|KiB|MB|MiB)")


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    pseudo_language.write_pseudo_language(folder)
    return folder


@pytest.fixture(autouse=True)
def english_again(qapp: QApplication) -> Iterator[None]:
    yield
    speak(qapp, "en")


@pytest.fixture
def english_window(
    qapp: QApplication, qtbot: Any, pseudo: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """A window that can speak the language of the tests, and speaks English."""
    pseudo_language.offer(monkeypatch, pseudo)
    window = build_window(qapp, "light")
    window.show()
    qtbot.waitExposed(window)
    yield window
    last = last_of(window)
    last.close()
    last.deleteLater()
    flush()


@pytest.fixture
def window(english_window: MainWindow) -> MainWindow:
    """A window that speaks the language of the tests."""
    return switched(english_window, pseudo_language.CODE)


def switched(window: MainWindow, code: str) -> MainWindow:
    """The window that takes the place of this one when another language is chosen."""
    window.bridge.settings.change(language=code)
    window.renewal_wanted.emit()
    flush()
    return last_of(window)


def last_of(window: MainWindow) -> MainWindow:
    while window.successor is not None:
        window = window.successor
    return window


def flush() -> None:
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def texts(root: QWidget) -> Iterator[tuple[str, str]]:
    """Everything that can be read below a widget, with what says it."""
    for widget in [root, *root.findChildren(QWidget)]:
        is_qts_own = widget.objectName().startswith("qt_") or isinstance(widget.parent(), QTabBar)
        if is_qts_own or not (widget.isVisible() or isinstance(widget, QMenu)):
            continue
        sort = type(widget).__name__
        said = [widget.accessibleName(), widget.accessibleDescription(), re.sub(r"<[^>]*>", " ", widget.toolTip())]
        said += [action.text() for action in widget.actions()]
        yield from ((sort, text) for text in [*said, *_own_texts(widget)])


def _own_texts(widget: QWidget) -> Iterator[str]:
    match widget:
        case PaintedButton():
            yield widget.label()
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit():
            yield widget.placeholderText()
        case QComboBox():
            yield from (widget.itemText(place) for place in range(widget.count()))
        case QTabBar():
            yield from (widget.tabText(place) for place in range(widget.count()))
        case QMenu():
            yield widget.title()
        case QTableView():
            yield from _table_texts(widget)


def _table_texts(table: QTableView) -> Iterator[str]:
    model = table.model()
    for column in range(table.horizontalHeader().count()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(min(model.rowCount(), 20)):
            index = model.index(row, column)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                yield str(model.data(index, role) or "")
            yield re.sub(r"<[^>]*>", " ", str(model.data(index, Qt.ItemDataRole.ToolTipRole) or ""))


def painted(root: QWidget) -> list[tuple[str, str]]:
    """What the widgets below write with their own hands while they are painted."""
    written: list[tuple[str, str]] = []

    def recorded(painter: QPainter, rect: QRect, text: str, *rest: Any, **options: Any) -> None:
        written.append(("painted", text))
        draw_text(painter, rect, text, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith("hitl_desktop.gui") and getattr(module, "draw_text", None) is draw_text:
                patch.setattr(module, "draw_text", recorded)
        root.grab()
    return written


def english_in(root: QWidget, *names: str) -> list[str]:
    """The texts that were not said through the catalogues, less names of people's own."""
    left = []
    for what, text in [*texts(root), *painted(root)]:
        rest = _HASH.sub(" ", _SIZE.sub(" ", _PATH.sub(" ", pseudo_language.not_said(text))))
        for name in sorted((*NAMES, *names), key=len, reverse=True):
            rest = rest.replace(name, " ")
        if _WORD.search(rest):
            left.append(f"{what}: {text!r}")
    return sorted(set(left))


def names_of(folder: Path) -> tuple[str, ...]:
    """What the user named: the files of the data, its classes, the project."""
    return tuple({part for path in folder.rglob("*") for part in (path.name, path.stem, path.parent.name)})


def names_in(table: Path) -> tuple[str, ...]:
    """The words of a table, and its own name."""
    cells = set(re.split(r"[,;\n\r]", table.read_text("utf-8"))) - {""}
    return (table.name, *cells, *{word for cell in cells for word in cell.split()})


def opened(window: MainWindow, folder: Path, qtbot: Any) -> None:
    assert window.bridge.open_project(folder)
    qtbot.waitUntil(lambda: is_settled(window), timeout=120_000)


def test_the_start_page_and_the_menus(window: MainWindow) -> None:
    assert window.start.isVisible()
    assert english_in(window) == []


def test_the_wizard_for_images(window: MainWindow, make_images: MakeImages, tmp_path: Path, qtbot: Any) -> None:
    root = tmp_path / "shapes"
    make_images(root, each=3)
    (root / "notes.txt").write_text("not an image")
    _walk_through(window, root, qtbot, (*names_of(root), root.name, "Shapes", "txt"))


def test_the_wizard_for_a_table(window: MainWindow, make_table: MakeTable, tmp_path: Path, qtbot: Any) -> None:
    table = make_table(tmp_path / "letters.csv", rows=24)
    _walk_through(window, table, qtbot, (*names_in(table), "letters", "Letters", "csv", "utf"))


def _walk_through(window: MainWindow, data: Path, qtbot: Any, names: tuple[str, ...]) -> None:
    window.show_wizard(data)
    wizard = window._wizard
    assert wizard is not None
    for step in range(3):
        ready = wizard.footer.next_button.isEnabled
        qtbot.waitUntil(ready, timeout=120_000)
        assert wizard.step == step
        assert english_in(window, *names) == []
        if step < 2:
            wizard.go_on()
    wizard.leave()
    assert english_in(wizard, *names) == []
    wizard.abandon()
    qtbot.waitUntil(lambda: not window.bridge.is_busy, timeout=60_000)


def test_every_page_of_a_project_of_images(
    window: MainWindow, image_project_folder: Path, image_folder: Path, qtbot: Any
) -> None:
    _every_page(window, image_project_folder, (*names_of(image_folder), *names_of(image_project_folder)), qtbot)


def test_every_page_of_a_project_of_texts(
    window: MainWindow, text_project_folder: Path, text_table: Path, qtbot: Any
) -> None:
    names = (text_table.name, *names_in(text_table), *names_of(text_project_folder.parent))
    _every_page(window, text_project_folder, names, qtbot)


def test_every_page_with_a_model(
    window: MainWindow, text_project_folder: Path, text_table: Path, retrain: Retrain, qtbot: Any
) -> None:
    project = Project.open(text_project_folder)
    session = ReviewSession(project, "ann")
    for _ in range(30):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    retrain(project)
    retrain(project)
    project.close()
    names = ("ann", text_table.name, *names_in(text_table), *names_of(text_project_folder.parent))
    names = _every_page(window, text_project_folder, names, qtbot)
    page = window.desk.page("model")
    assert isinstance(page, ModelPage)
    window.show_page("model")
    page.show_card(1)
    flush()
    assert english_in(page, *names) == []
    page.show_comparison(2)
    flush()
    assert english_in(page, *names) == []
    window.show_page("routing")
    window.desk.page("routing").findChildren(QSlider)[0].setValue(40)
    flush()
    assert english_in(window, *names) == []
    done = DonePage(window.context)
    qtbot.addWidget(done)
    done.set_session(12, 75.0, 1, 2)
    done.show()
    flush()
    assert english_in(done, *names) == []


def test_every_page_where_several_findings_are_decided(
    window: MainWindow, findings_project_folder: Path, findings_table: Path, qtbot: Any
) -> None:
    names = (findings_table.name, *names_in(findings_table), *names_of(findings_project_folder.parent))
    _every_page(window, findings_project_folder, names, qtbot, several=True)


def _every_page(
    window: MainWindow, folder: Path, names: tuple[str, ...], qtbot: Any, *, several: bool = False
) -> tuple[str, ...]:
    opened(window, folder, qtbot)
    project = window.bridge.desk.project
    names = (*names, project.name, window.bridge.desk.session.reviewer, *(label.name for label in project.labels))
    names = (*names, *(item.name for item in project.store.items.many(range(len(project.pool)))))
    for page in VIEWS:
        window.show_page(page)
        qtbot.waitUntil(lambda: not any(beside.is_busy for beside in window.findChildren(Beside)), timeout=30_000)
        flush()
        assert not (left := english_in(window, *names)), (page, left)
    window.show_page("review")
    window.review.toggle_queue()
    window.review.act("skip")
    window.review.choose(project.offered[0].id)
    if several:
        window.review.confirm()
    flush()
    assert english_in(window, *names) == []
    dialogs = [window.commands.keys, window.commands.jump]
    if window.review.viewer is not None and not window.review.is_done:
        dialogs.append(window.review.pick_class)
    for open_dialog in dialogs:
        assert english_in(_dialog(window, open_dialog), *names) == []
    return names


def _dialog(window: MainWindow, open_it: Callable[[], None]) -> QDialog:
    for before in window.findChildren(QDialog):
        before.reject()
    flush()
    open_it()
    QApplication.processEvents()
    dialog: QDialog = next(d for d in window.findChildren(QDialog) if d.isVisible())
    return dialog


def test_a_model_with_figures(window: MainWindow, qtbot: Any) -> None:
    overview = ModelOverview(window._context)
    qtbot.addWidget(overview)
    overview.resize(1280, 1600)
    overview.show_report(report(), THRESHOLD, DECIDED)
    overview.show()
    flush()
    said_by_the_report = (report().story, report().source.words, report().caveat, "held out", "decisions")
    assert english_in(overview, *said_by_the_report) == []


def test_a_change_is_there_at_once_and_everything_stays(
    english_window: MainWindow, image_project_folder: Path, qtbot: Any
) -> None:
    window = english_window
    opened(window, image_project_folder, qtbot)
    session = window.bridge.desk.session
    window.review.act("skip")
    item, desk = session.current, window.bridge.desk
    window.show_page("settings")
    page = window.desk.page("settings")
    assert isinstance(page, SettingsPage)
    page.language_box.setFocus()
    QTest.keyClick(page.language_box, Qt.Key.Key_End)
    flush()

    fresh = last_of(window)
    assert fresh is not window
    assert fresh.bridge.settings.value.language == pseudo_language.CODE
    assert language.in_use().code == pseudo_language.CODE
    assert fresh.isVisible()
    assert fresh.page_id == "settings"
    box = fresh.desk.page("settings").findChild(LanguageBox)
    assert box is not None
    assert box.currentData() == pseudo_language.CODE
    assert fresh.bridge.desk is desk
    assert session.current == item
    actions = {action.objectName(): action.text() for action in fresh.findChildren(QAction) if action.objectName()}
    assert actions["export"] == "⟦Export…⟧"

    fresh.show_page("review")
    fresh.review.act("skip")  # the page that was made anew takes keys as the one before
    flush()
    assert session.current != item
    assert fresh.review._figures.decisions == 2

    back = switched(fresh, "en")
    assert back.review.accessibleName() == "Review"
    assert back.page_id == "review"


def test_without_a_project_the_settings_stay_in_front(english_window: MainWindow) -> None:
    english_window.show_settings()
    fresh = switched(english_window, pseudo_language.CODE)
    assert fresh.page_id == "settings"
    assert fresh.desk.page("settings").isVisible()
    assert english_in(fresh) == []


def test_the_note_that_was_begun_stays(english_window: MainWindow, image_project_folder: Path, qtbot: Any) -> None:
    opened(english_window, image_project_folder, qtbot)
    english_window.review.panel.action_block.edit_note()
    QTest.keyClicks(QApplication.focusWidget(), "look twice")
    assert switched(english_window, pseudo_language.CODE).review.panel.note == "look twice"


def test_a_language_that_reads_from_the_right_turns_the_window(
    english_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned = language.Language(pseudo_language.CODE, "Pseudo", right_to_left=True)
    monkeypatch.setitem(language.LANGUAGES, pseudo_language.CODE, turned)
    fresh = switched(english_window, pseudo_language.CODE)
    assert fresh.start.layoutDirection() == Qt.LayoutDirection.RightToLeft
    assert switched(fresh, "en").start.layoutDirection() == Qt.LayoutDirection.LeftToRight


class Styled(QObject):
    """Counts how often parts of a window are styled again, and how often any."""

    def __init__(self, *pages: QWidget) -> None:
        super().__init__()
        self.again = self.any = 0
        for page in pages:
            for widget in [page, *page.findChildren(QWidget)]:
                widget.setProperty("was_there", True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.StyleChange:
            self.any += 1
            self.again += bool(watched.property("was_there"))
        return False


@pytest.mark.parametrize("right_to_left", [False, True])
def test_pages_that_were_visited_are_not_styled_once_more_before_they_go(
    english_window: MainWindow,
    text_project_folder: Path,
    qapp: QApplication,
    qtbot: Any,
    monkeypatch: pytest.MonkeyPatch,
    right_to_left: bool,
) -> None:
    turned = language.Language(pseudo_language.CODE, "Pseudo", right_to_left=right_to_left)
    monkeypatch.setitem(language.LANGUAGES, pseudo_language.CODE, turned)
    opened(english_window, text_project_folder, qtbot)
    pages = [english_window.desk.page(name) for name in VIEWS if name != "review"]
    english_window.show_page("settings")
    styled = Styled(*pages)
    qapp.installEventFilter(styled)
    fresh = switched(english_window, pseudo_language.CODE)
    qapp.removeEventFilter(styled)
    assert styled.again == 0
    assert styled.any > 0, "the window that takes its place"
    assert fresh.page_id == "settings"


@pytest.mark.parametrize(("page_id", "most"), [("settings", 3.5), ("model", 3.5), ("routing", 3.0), ("steer", 3.0)])
def test_a_page_is_made_in_its_place(
    english_window: MainWindow, text_project_folder: Path, qapp: QApplication, qtbot: Any, page_id: str, most: float
) -> None:
    opened(english_window, text_project_folder, qtbot)
    styled = Styled()
    qapp.installEventFilter(styled)
    page = english_window.desk.page(page_id)
    qapp.removeEventFilter(styled)
    assert page.parentWidget() is english_window.desk.pages
    assert styled.any / len(page.findChildren(QWidget)) < most, "each part that is put into another is styled anew"


@pytest.mark.parametrize(("code", "cancel", "figure"), [("de", "Abbrechen", "1.234,5"), ("ar", "ألغِ", "1,234.5")])
def test_words_of_qt_itself_follow(
    qapp: QApplication,
    pseudo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    cancel: str,
    figure: str,
) -> None:
    shutil.copytree(pseudo / pseudo_language.CODE, tmp_path / code)
    shutil.copy(pseudo / language.COMPLETE, tmp_path)
    pseudo_language.offer(monkeypatch, tmp_path)
    speak(qapp, code)
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == cancel
    assert QLocale().toString(1234.5, "f", 1) == figure == language.decimal(1234.5, 1)
    speak(qapp, "en")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_the_pseudo_language_shows_what_was_left_out() -> None:
    assert pseudo_language.not_said(f"{pseudo_language.wrapped('Of {n} images').format(n=12)} ready") == "12 ready"


def test_what_marks_a_sentence_keeps_its_name() -> None:
    """The collector goes by these names: what is marked under another one reaches no translator."""
    package = Path(language.__file__).parent
    markers = {"tr", "trn", "trc", "mark", "mark_n", "say", "say_n"}
    renamed = [
        f"{path.name}: {alias.name} as {alias.asname}"
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in markers and alias.asname is not None
    ]
    assert renamed == []
