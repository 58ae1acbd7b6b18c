"""What was explained ahead is there at once, and only while it is still true."""

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.explanations import Basis, Comparison, Explanation
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.explainer import Explainer


@pytest.fixture
def explainer(context: Context, text_project_folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Explainer:
    assert context.bridge.open_project(text_project_folder)
    made = Explainer(context.bridge)
    made.runs = 0  # type: ignore[attr-defined]

    def run(_task: str, request: tuple[int, int], *_rest: Any) -> Explanation:
        made.runs += 1  # type: ignore[attr-defined]
        comparison = Comparison(0, 1)
        return Explanation(*request, comparison, (comparison,), 1.0, False, next(iter(Basis)), (), (), ())

    monkeypatch.setattr(made._worker, "run", run)
    monkeypatch.setattr("hitl_desktop.gui.explainer.explain_request", lambda _p, index, version, _c: (index, version))
    return made


def test_what_was_explained_ahead_is_there_at_once(explainer: Explainer, context: Context, qtbot: QtBot) -> None:
    heard: list[Explanation] = []
    explainer.explained.connect(heard.append)
    explainer.prepare(3, 1)
    qtbot.waitUntil(lambda: not explainer.is_busy)
    assert heard == []
    explainer.ask(3, 1)
    assert [explanation.item_index for explanation in heard] == [3], "without waiting"
    assert explainer.runs == 1  # type: ignore[attr-defined]
    session = context.bridge.desk.session
    context.bridge.perform(lambda: session.decide(Verdict.SKIPPED))  # the nearest decided items may be others now
    explainer.ask(3, 1)
    assert len(heard) == 1
    qtbot.waitUntil(lambda: len(heard) == 2)
    context.bridge.changed.emit(Changes(classes=True), None)
    explainer.ask(3, 1)
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert explainer.runs == 3  # type: ignore[attr-defined]
    explainer.close()


def test_who_asks_while_it_is_explained_ahead_waits_for_that(explainer: Explainer, qtbot: QtBot) -> None:
    heard: list[Explanation] = []
    explainer.explained.connect(heard.append)
    explainer.prepare(2, 1)
    explainer.ask(2, 1)
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert explainer.runs == 1  # type: ignore[attr-defined]
    explainer.close()


def test_the_item_after_it_is_explained_once_nothing_else_is_asked_for(explainer: Explainer, qtbot: QtBot) -> None:
    heard: list[Explanation] = []
    explainer.explained.connect(heard.append)
    explainer.prepare(2, 1, following=5)
    qtbot.waitUntil(lambda: not explainer.is_busy and explainer.runs == 2)  # type: ignore[attr-defined]
    assert heard == []
    explainer.ask(5, 1)
    explainer.ask(2, 1)
    assert [explanation.item_index for explanation in heard] == [5, 2], "without waiting"
    explainer.prepare(3, 1, following=6)
    explainer.ask(4, 1)
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard[-1].item_index == 4, "who asks does not wait for what nobody asked for"
    explainer.close()
