"""Walk through the whole program in one language, at one scale of the screen, and print what is cut off.

    QT_SCALE_FACTOR=2 python -m tests.gui.clipping_walk LANGUAGE FOLDER [--whole]

`FOLDER` holds projects, and data for the wizard in `data`. Run in a process of its own, as Qt reads the scale once.
Without `--whole` one theme and the smaller window only. Returns how many places there are.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from hitl_desktop import language
from hitl_desktop.domain.evidence import Arrow, Box, Ellipse, Evidence
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.screenshots import _wait_until, is_settled
from hitl_desktop.gui.views import VIEWS, language_box
from hitl_desktop.gui.views.elsewhere import ElsewhereQuestion
from hitl_desktop.gui.views.new_project.page import NewProjectPage
from tests import pseudo_language
from tests.gui.clipping import clipped, menu_lack

SIZES = (QSize(960, 640), QSize(1280, 800))
THEMES = ("light", "dark")


def settled() -> None:
    """Let layouts come to rest."""
    for _ in range(8):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class Walk:
    """One window; `found` are the places, each once."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window = window
        self.folder = folder
        self.found: dict[str, str] = {}
        self.looked = 0
        self.where = ""

    def look(self, what: str, widget: QWidget | None = None) -> None:
        """Look at the window, or a dialog."""
        settled()
        self.looked += 1
        for lack in clipped(widget or self.window):
            self.found.setdefault(f"{what}: {lack}", self.where)

    def everything(self, *, whole: bool) -> None:
        """Start page, wizard, every page of every project, every dialog and menu."""
        projects = sorted(self.folder.glob("*.hitl"))
        for theme in THEMES if whole else THEMES[:1]:
            self.window.context.theme.set_mode(theme)  # type: ignore[arg-type]
            for size in SIZES if whole else SIZES[:1]:
                self.where = f"{theme}, {size.width()}"
                self.window.bridge.close_project()
                self.window.resize(size)
                self.window.show()
                self.look("start")
                if theme == THEMES[0]:
                    self.wizards()
                for project in projects:
                    self.project(project)
        for lack in menu_lack(self.window._menu):
            self.found.setdefault(lack, "")

    def wizards(self) -> None:
        """The steps of a new project, from a folder and from a table."""
        for data in sorted((self.folder / "data").iterdir()):
            self.window.show_wizard(data)
            wizard = self.window._wizard
            assert wizard is not None
            for step in range(3):
                self.wait_for(wizard, step)
                self.look(f"wizard {data.suffix or 'folder'} step {step + 1}")
                if step < 2:
                    wizard.go_on()
            wizard.leave()
            self.look("wizard, leaving")
            wizard.abandon()
            _wait_until(lambda: not self.window.bridge.is_busy)
            self.window.show_what_is_open()

    def wait_for(self, wizard: NewProjectPage, step: int) -> None:
        """Wait for a step of the wizard."""
        _wait_until(lambda: wizard.step == step and wizard.footer.next_button.isEnabled())

    def project(self, folder: Path) -> None:
        """Every page of a project, and its dialogs."""
        window = self.window
        if not window.bridge.open_project(folder):  # it was made in another home
            question = window.findChild(ElsewhereQuestion)
            assert question is not None
            self.look(f"{folder.stem}, from elsewhere", question)
            question.trust_button.click()
            _wait_until(lambda: window.bridge.is_open and window.bridge.desk.project.folder == folder)
        window.bridge.cancel_preparing()
        _wait_until(lambda: is_settled(window))
        for page in VIEWS:
            window.show_page(page)
            _wait_until(lambda: is_settled(window))
            self.look(f"{folder.stem}, {page}")
        self.review(folder.stem)
        self.others(folder.stem)
        for notice in range(3):
            window.bridge.notified.emit(_message(notice))
        self.look(f"{folder.stem}, notices")
        window.notices.clear()

    def review(self, name: str) -> None:
        """The review page with everything that opens in it."""
        window = self.window
        window.show_page("review")
        review = window.review
        review.toggle_queue()
        self.look(f"{name}, queue")
        review.toggle_queue()
        if not review.is_done:
            if review.why.may_open:
                review.why.toggle()
                _wait_until(lambda: review.why.explanation is not None or not review.why.strip.isVisible())
                self.look(f"{name}, why")
                review.why.toggle()
            review.panel.action_block.edit_note()
            self.look(f"{name}, note")
            review.focus_item()
            self.dialog(f"{name}, classes", review.pick_class)
            self.marks(name)
        window.show_page("review")
        review._pages.setCurrentWidget(review.done)
        review.done.set_session(12, 75.0, 1, 2)
        self.look(f"{name}, done")
        review._pages.setCurrentIndex(0)
        for label, command in (("keys", window.commands.keys), ("jump", window.commands.jump)):
            self.dialog(f"{name}, {label}", command)
        window.toggle_item_only()
        self.look(f"{name}, item only")
        window.toggle_item_only()

    def marks(self, name: str) -> None:
        """An item with marks: the block below the actions has buttons of its own."""
        session, project = self.window.bridge.desk.session, self.window.bridge.desk.project
        if project.kind.from_rows or self.window.review.viewer is None:
            return
        label = project.offered[-1].id
        marks = (Box(4, 4, 20, 20, label_id=label, counts=False), Arrow(40, 8, 30, 20), Ellipse(30, 30, 20, 12))
        self.window.bridge.perform(lambda: session.mark(Evidence(marks, 64, 64)))
        self.look(f"{name}, marks")

    def others(self, name: str) -> None:
        """What opens from the other pages."""
        window = self.window
        model = window.desk.page("model")
        if window.bridge.desk.project.model is not None:
            window.show_page("model")
            for version in (row.version for row in window.bridge.desk.project.store.models.all()):
                model.show_card(version)  # type: ignore[attr-defined]
                self.look(f"{name}, model card")
        window.show_page("gallery")
        grid = window.desk.page("gallery").grid  # type: ignore[attr-defined]
        grid.choose_all()
        self.look(f"{name}, gallery chosen")
        self.dialog(f"{name}, gallery classes", window.desk.page("gallery").pick_class)  # type: ignore[attr-defined]
        window.desk.compare(range(3))
        _wait_until(lambda: is_settled(window))
        self.look(f"{name}, compare")
        window.show_page("history")
        history = window.desk.page("history")
        if history.model.rowCount():  # type: ignore[attr-defined]
            _wait_until(lambda: not history.model.is_busy)  # type: ignore[attr-defined]
            history.table.setCurrentIndex(history.model.index(0, 0))  # type: ignore[attr-defined]
            self.look(f"{name}, history detail")
            self.dialog(f"{name}, decide again", history.decide_again)  # type: ignore[attr-defined]
        window.show_page("review")

    def dialog(self, what: str, open_it: Callable[[], None]) -> None:
        """Look at the dialog that a command opens, and leave it."""
        open_it()
        settled()
        shown = [d for d in self.window.findChildren(QDialog) if d.isVisible()]
        for dialog in shown:
            self.look(what, dialog)
            dialog.reject()
        if not shown:
            self.found.setdefault(f"{what}: no dialog opened, so nothing was measured", self.where)
        settled()


def _message(number: int) -> object:
    from hitl_desktop.gui.bridge import Message

    words = language.tr("Something went wrong in the background. Your work is safe.")
    return Message(words, ("info", "warn", "danger")[number], language.tr("Try again"), lambda: None)


def main() -> int:
    """Print what is cut off; returns how many lines, at most 100."""
    parser = argparse.ArgumentParser(prog="python -m tests.gui.clipping_walk", description=__doc__)
    parser.add_argument("language")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--whole", action="store_true", help="both themes and both sizes")
    parser.add_argument("--text", type=float, default=1.0, help="the text size, 0.9–2")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with pytest.MonkeyPatch.context() as patch:
        # As in `conftest`: the projects were made in another home.
        patch.setattr("hitl_desktop.workflow.workplaces._needs_no_look", lambda *_, **__: True)
        _offer(options.language, options.folder, patch)
        found, looked = _walked(options.language, options.folder, whole=options.whole, text=options.text)
    for line, where in found.items():
        print(f"{line} [{where}]")
    print(f"looked {looked} times, {len(found)} places", file=sys.stderr)
    return min(len(found), 100)


def _offer(code: str, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the program speak a language whose catalogue may still be incomplete, or the made-up one."""
    if code == pseudo_language.CODE:
        made = folder / "locale"
        if not made.is_dir():
            pseudo_language.write_pseudo_language(made)
        pseudo_language.offer(patch, made)
        return
    for module in (language, language_box):
        patch.setattr(module, "offered", lambda _: [*language.LANGUAGES])


def _walked(code: str, folder: Path, *, whole: bool, text: float) -> tuple[dict[str, str], int]:
    from hitl_desktop import paths
    from hitl_desktop.gui.application import build_window
    from hitl_desktop.workflow.settings import SettingsFile

    application = QApplication.instance() or QApplication(["clipping"])
    assert isinstance(application, QApplication)
    SettingsFile(paths.user_config()).change(language=code, text_scale=text)
    window = build_window(application, "light")
    assert language.in_use().code == code
    walk = Walk(window, folder)
    walk.everything(whole=whole)
    window.close()
    return walk.found, walk.looked


if __name__ == "__main__":
    sys.exit(main())
