"""The watch list is looked at while one works, whether or not anybody has opened the figures."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui import alerts
from hitl_desktop.gui.alerts import EVERY_STEPS, Alerts
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.workflow.figures import watching


@pytest.fixture
def watched(
    context: Context, text_project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Alerts, list[Message]]]:
    """Alerts of a project where two rows of the watch list are outside, and what was told."""
    monkeypatch.setattr(alerts, "SOON_MS", 0)
    monkeypatch.setattr(watching, "log_alerts", lambda _found, _before: frozenset({"override", "gap"}))
    told: list[Message] = []
    context.bridge.notified.connect(told.append)
    context.bridge.open_project(text_project_folder)
    looking = Alerts(context.bridge, lambda: False)
    yield looking, told
    looking.close()


def test_what_leaves_its_limits_is_told_once_with_the_way_there(
    watched: tuple[Alerts, list[Message]], context: Context, qtbot: QtBot
) -> None:
    looking, told = watched
    context.bridge.changed.emit(Changes(model=True), None)
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].text == "Outside the limits of the watch list: Gap between groups, You change the suggestion."
    with qtbot.waitSignal(looking.wanted):
        assert told[0].on_action is not None
        told[0].on_action()
    looking.look()
    qtbot.waitUntil(lambda: not looking.is_busy)
    assert len(told) == 1


def test_it_is_looked_at_again_every_so_many_decisions(
    watched: tuple[Alerts, list[Message]], context: Context, qtbot: QtBot
) -> None:
    bridge, told = context.bridge, watched[1]
    for _ in range(EVERY_STEPS - 1):
        bridge.perform(lambda: bridge.desk.session.decide(Verdict.SKIPPED, seconds=1.0))
    qtbot.wait(30)
    assert not told
    bridge.perform(lambda: bridge.desk.session.decide(Verdict.SKIPPED, seconds=1.0))
    qtbot.waitUntil(lambda: bool(told))


def test_nothing_is_told_to_whoever_has_the_list_on_screen(
    context: Context, text_project_folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "log_alerts", lambda _found, _before: frozenset({"gap"}))
    told: list[Message] = []
    context.bridge.open_project(text_project_folder)
    context.bridge.notified.connect(told.append)
    looking = Alerts(context.bridge, lambda: True)
    looking.look()
    qtbot.waitUntil(lambda: not looking.is_busy)
    assert not told
    looking.close()
