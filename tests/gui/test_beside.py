"""Questions answered beside the window: one at a time, and nobody is troubled by the answer when the page has gone."""

from threading import Event

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.gui.beside import Beside
from hitl_desktop.workflow.looking import Looking


@pytest.fixture
def beside(qapp: QObject) -> Beside:
    return Beside()


def test_the_answer_is_told(beside: Beside, qtbot: QtBot) -> None:
    with qtbot.waitSignal(beside.answered) as told:
        beside.look(Looking(), lambda: 42)
    assert told.args == [42]
    assert not beside.is_busy


def test_an_error_is_the_answer(beside: Beside, qtbot: QtBot) -> None:
    error = ValueError("no")

    def fails() -> None:
        raise error

    with qtbot.waitSignal(beside.answered) as told:
        beside.look(Looking(), fails)
    assert told.args == [error]


def test_a_newer_question_takes_the_place_of_the_one_before(beside: Beside, qtbot: QtBot) -> None:
    go_on, answers = Event(), []
    beside.answered.connect(answers.append)
    beside.look(Looking(), lambda: go_on.wait(10) and "first")
    beside.look(Looking(), lambda: "second")
    go_on.set()
    qtbot.waitUntil(lambda: not beside.is_busy)
    assert answers == ["second"]


def test_what_was_stopped_is_not_told(beside: Beside) -> None:
    answers: list[object] = []
    beside.answered.connect(answers.append)

    def cancelled() -> None:
        raise Cancelled

    beside.look(Looking(), cancelled)
    beside.close()
    assert not beside.is_busy
    assert answers == []


def test_a_page_that_has_gone_is_told_nothing(beside: Beside) -> None:
    shiboken6.delete(beside)
    beside._answer(Looking(), lambda: 42)  # as its thread does
