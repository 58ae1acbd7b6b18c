"""The line for work without a place of its own: it is seen while it waits, and can be given up then."""

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.job_line import JobLine
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.busy_line import BusyLine
from hitl_desktop.workflow.jobs import Job, JobState


@pytest.fixture
def busy(bridge: Bridge) -> Iterator[threading.Event]:
    """Something runs until the event is set."""
    done = threading.Event()

    def work(_: Progress, __: CancelCheck) -> None:
        done.wait(30)

    bridge.start("score", work)
    yield done
    done.set()


def test_an_export_that_waits_for_something_else_is_seen_and_can_be_given_up(
    theme: Theme, bridge: Bridge, busy: threading.Event, qtbot: QtBot
) -> None:
    line = JobLine(theme, bridge)
    qtbot.addWidget(line)
    ended: list[Job] = []
    job = bridge.start("export", lambda _p, _c: None, ended.append)
    assert job.state is JobState.WAITING
    qtbot.waitUntil(lambda: not line.isHidden())
    shown = line.findChild(BusyLine)
    assert shown is not None
    assert shown.accessibleName().startswith("Writing the export, in a moment")
    shown.cancel_requested.emit()
    assert line.isHidden(), "it ends when it would have begun, and nobody has to watch for that"
    busy.set()
    qtbot.waitUntil(lambda: ended == [job])
    assert job.state is JobState.CANCELLED


def test_a_training_that_is_waited_for_is_named(
    theme: Theme, bridge: Bridge, busy: threading.Event, qtbot: QtBot
) -> None:
    line = JobLine(theme, bridge)
    qtbot.addWidget(line)
    bridge.training = bridge.start("train", lambda _p, _c: None)
    job = bridge.start("pack", lambda _p, _c: None)
    shown = line.findChild(BusyLine)
    assert shown is not None
    assert shown.accessibleName().startswith("Packing the project, after the training")
    busy.set()
    qtbot.waitUntil(lambda: job.ended)
    qtbot.waitUntil(line.isHidden)
