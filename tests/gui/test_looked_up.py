"""What pages look up: at once where little was decided, else beside the window, and never starved by changes."""

from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.gui import looked_up as module
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.looked_up import LookedUp
from hitl_desktop.workflow.project import Project


@pytest.fixture
def looked_up(context: Context, text_project_folder: Path, monkeypatch: pytest.MonkeyPatch) -> LookedUp:
    """One that takes the project for one where much was decided."""
    monkeypatch.setattr(module, "_DECISIONS_AT_ONCE", -1)
    context.bridge.works_by_itself = False
    context.bridge.open_project(text_project_folder)
    parent = QObject(context.bridge)
    return LookedUp(context.bridge, parent)


def test_little_is_looked_up_at_once(
    looked_up: LookedUp, context: Context, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    monkeypatch.setattr(module, "_DECISIONS_AT_ONCE", 10)
    found: list[object] = []
    looked_up.ask(lambda project: (project is context.bridge.desk.project, QThread.isMainThread()), found.append)
    assert found == [(True, True)]
    assert not looked_up.is_busy


def test_much_is_looked_up_beside_the_window_as_it_stood(looked_up: LookedUp, context: Context, qtbot: QtBot) -> None:
    found: list[tuple[bool, bool, int, int]] = []

    def look(project: Project) -> tuple[bool, bool, int, int]:
        store = project.store
        return QThread.isMainThread(), store.is_writer, store.decisions.count(), project.pool.ledger().items

    looked_up.ask(look, found.append)
    assert not found
    qtbot.waitUntil(lambda: bool(found))
    assert found == [(False, False, 0, len(context.bridge.desk.project.pool))]


def test_questions_faster_than_answers_leave_the_first_and_the_last(looked_up: LookedUp, qtbot: QtBot) -> None:
    found: list[int] = []
    go_on = Event()

    def first(_: Project) -> int:
        go_on.wait(10)
        return 0

    looked_up.ask(first, found.append)
    for number in range(1, 6):
        looked_up.ask(lambda _, number=number: number, found.append)
    go_on.set()
    qtbot.waitUntil(lambda: len(found) == 2)
    assert found == [0, 5]
    assert not looked_up.is_busy


def test_a_known_error_is_told_and_nothing_comes_of_a_project_that_was_closed(
    looked_up: LookedUp, context: Context, qtbot: QtBot
) -> None:
    told: list[str] = []
    found: list[object] = []
    context.bridge.notified.connect(lambda message: told.append(message.text))

    def refuse(_: Project) -> object:
        raise KnownError(say("There is no model yet that could decide."))

    looked_up.ask(refuse, found.append)
    qtbot.waitUntil(lambda: bool(told))
    looked_up.ask(lambda _: 1, found.append)
    context.bridge.close_project()
    QApplication.processEvents()
    assert (told, found) == (["There is no model yet that could decide."], [])


@pytest.mark.parametrize("at_once", [True, False])
def test_whoever_asked_is_told_why_nothing_was_found(
    looked_up: LookedUp, context: Context, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, *, at_once: bool
) -> None:
    """A known error goes to them alone, at once as well as from beside the window."""
    monkeypatch.setattr(module, "_DECISIONS_AT_ONCE", 10 if at_once else -1)
    told: list[object] = []
    why: list[Exception] = []
    context.bridge.notified.connect(told.append)
    error = KnownError(say("There is no model yet that could decide."))

    def refuse(_: Project) -> object:
        raise error

    looked_up.ask(refuse, told.append, why.append)
    qtbot.waitUntil(lambda: bool(why))
    assert (why, told) == ([error], [])


def test_an_error_of_ours_is_told_to_both(looked_up: LookedUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DECISIONS_AT_ONCE", 10)
    why: list[Exception] = []

    def fail(_: Project) -> object:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        looked_up.ask(fail, lambda _: None, why.append)
    assert [type(error) for error in why] == [ZeroDivisionError]
