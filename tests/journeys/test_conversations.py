"""The whole way with conversations: rows of turns come in, bad ones are told, keys mark and answer, training data goes
out.
"""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt

from hitl_desktop.domain.items import Unreadable
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.responses import Response
from hitl_desktop.gui.viewers.talk_viewer import TalkViewer
from hitl_desktop.workflow.exporting import export
from hitl_desktop.workflow.learning_choices import choose
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from tests.conftest import MakeProject
from tests.journeys.conftest import Driver

Key, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier
BAD = (
    [["bad1", "1", "user", "Hello", ""], ["bad1", "2", "agent", " ", ""]],
    [["bad2", "1", "wizard", "Hello", ""]],
    [["bad3", "1", "user", "Hello", ""], ["bad3", "1", "agent", "Hi", ""]],
)


def make_turns(path: Path) -> Path:
    """40 conversations of two outcomes as rows of turns, out of order, and three that cannot be used."""
    rng = np.random.default_rng(3)
    words = {"bill": "invoice payment refund charged twice", "fault": "router red light broken offline"}
    rows = []
    for number in range(40):
        label = ("bill", "fault")[number % 2]
        said = " ".join(rng.permutation(words[label].split())[:4])
        rows += [
            [f"c{number:02}", "3", "user", f"{said} {number} <b>now</b>", ""],
            [f"c{number:02}", "1", "user", "Good morning", label],
            [f"c{number:02}", "2", "assistant", "How can I help?", ""],
        ]
    for bad in BAD:
        rows += bad
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["conversation_id", "turn", "role", "text", "label"], *rows])
    return path


def test_the_whole_way_with_conversations(
    drive: Callable[[], Driver], make_project: MakeProject, tmp_path: Path
) -> None:
    folder = tmp_path / "Chats.hitl"
    report = make_project(folder, make_turns(tmp_path / "turns.csv"), kind="conversation", use_labels=LabelUse.TRUTH)
    assert (report.items, report.unreadable, report.classes) == (40, 3, ("bill", "fault"))
    project = Project.open(folder)
    choose(project.store, "features", "words")
    told = " ".join(note.reason for note in project.store.items.notes() if isinstance(note, Unreadable))
    assert all(part in told for part in ("Turn 2 is empty", "“wizard”", "the same place"))
    project.close()

    driver = drive().open(folder)
    viewer, session = driver.window.review.viewer, driver.session
    assert isinstance(viewer, TalkViewer)
    assert viewer.pane.shown_text().startswith("1 · Customer\nGood morning\n2 · Agent")
    assert "<b>now</b>" in viewer.pane.shown_text(), "markup is shown as it is written"
    first = session.current
    driver.press(Key.Key_Up, Key.Key_Up, modifier=SHIFT)
    driver.press(Key.Key_D, modifier=SHIFT)
    assert session.response == Response(turn=1)
    driver.press(Key.Key_N, modifier=SHIFT)
    driver.type("1 moment, I look it up.")
    assert session.current == first, "keys belong to the field while one writes"
    driver.press(Key.Key_Escape)
    kept = Response(turn=1, reply="1 moment, I look it up.")
    assert session.response == kept
    driver.press(Key.Key_Right)
    assert not viewer.reply.isVisible()
    driver.press(Key.Key_Left)
    assert (session.current, viewer.decided, viewer.reply.field.toPlainText()) == (first, 1, kept.reply)

    def decide() -> None:
        truth = driver.project.store.items.get(session.current).truth_id
        driver.press((Key.Key_1, Key.Key_2)[[label.id for label in driver.project.offered].index(truth)])

    decide()
    assert driver.project.store.decisions.live(first)[-1].response == kept
    assert viewer.decided is None
    driver.ctrl(Key.Key_Z)
    assert (session.current, session.response) == (first, kept), "taken back, it is a draft again"
    for _ in range(8):
        decide()
    driver.click(driver.window.desk.footer.train)
    driver.trained()
    assert driver.check_ledger()["decided"] == 8

    out = tmp_path / "chats.messages.jsonl"
    assert export(driver.project, out, "messages", no_progress, never_cancelled) == 8
    lines = [json.loads(line) for line in out.read_text("ascii").splitlines()]
    corrected = next(line for line in lines if line["corrected"])
    assert [message["content"] for message in corrected["messages"]] == ["Good morning", kept.reply]
    assert {line["label"] for line in lines} == {"bill", "fault"}
    driver.close()
