"""The queue of a large pool is ordered beside the window, as it would be at once; until then that of before holds."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.context import Context
from hitl_desktop.workflow import planning
from hitl_desktop.workflow.review import ReviewSession


@pytest.fixture
def bridge(context: Context, image_project_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Bridge:
    monkeypatch.setattr(planning, "AT_ONCE", 10)
    assert context.bridge.open_project(image_project_folder)
    context.bridge.cancel_preparing()
    return context.bridge


def out_of_turn(session: ReviewSession) -> Changes:
    """Decide on an item whose turn it was not: the places of random checks change."""
    session.go_to(int(session.waiting()[7]))
    return session.decide(Verdict.SKIPPED)


def test_the_order_follows_beside_the_window_and_is_told(bridge: Bridge, qtbot: QtBot) -> None:
    session, told = bridge.desk.session, []
    bridge.changed.connect(lambda changes, _by: told.append(changes))
    before = session.queue.planned()
    assert bridge.perform(lambda: out_of_turn(session)) is not None
    assert bridge.planning.is_busy
    assert session.queue.planned() is before
    shown, following = session.current, session.upcoming(1)
    qtbot.waitUntil(lambda: not bridge.planning.is_busy)
    assert told[-1].order
    assert session.queue.planned() is not before
    assert [session.current, *session.upcoming(1)] == [shown, *following], "what is on screen stays, and the next one"
    made = session.waiting().tolist()
    session.queue._waiting = None
    assert session.waiting().tolist() == made, "all of a fresh order waits"
    session.plans_beside = None
    session.replan()
    assert session.waiting().tolist() == made


def test_decisions_made_meanwhile_are_counted_and_a_closed_project_is_let_go(bridge: Bridge, qtbot: QtBot) -> None:
    session = bridge.desk.session
    bridge.perform(lambda: out_of_turn(session))
    bridge.planning._look()
    bridge.perform(lambda: session.decide(Verdict.SKIPPED))
    qtbot.waitUntil(lambda: not bridge.planning.is_busy)
    made = session.waiting().tolist()
    session.plans_beside = None
    session.replan()
    assert session.waiting().tolist() == made
    session.plans_beside = bridge.planning.ask
    session.replan()
    bridge.close_project()
    assert not bridge.planning.is_busy
