"""The whole way with texts, in a window that opened a table."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from tests.conftest import MakeTable
from tests.journeys.conftest import Driver, says, through_the_wizard, true_key

Key = Qt.Key
SHIFT_CTRL = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def test_the_whole_way_with_texts(drive: Callable[[], Driver], make_table: MakeTable, tmp_path: Path) -> None:
    driver = drive()
    through_the_wizard(driver, make_table(tmp_path / "messages.csv", rows=60))
    session, project = driver.session, driver.project
    assert project.kind.name == "text"
    assert driver.check_ledger()["needs_review"] == 60

    order = []
    for place in range(10):
        order.append(session.current)
        driver.press((Key.Key_S, Key.Key_U, Key.Key_F)[place - 7] if place >= 7 else true_key(driver))
        driver.check_ledger()
    for taken_back in reversed(order[-3:]):
        driver.ctrl(Key.Key_Z)
        assert session.current == taken_back
    assert driver.check_ledger()["decided"] == 7
    for _ in range(3):
        driver.press(Key.Key_Z, modifier=SHIFT_CTRL)
    assert driver.check_ledger()["flagged"] == 1

    driver.window.bridge.perform(lambda: project.set_threshold(1.0))  # however sure it gets, enough texts wait
    on_screen, next_one, before = session.current, session.upcoming(1), session.waiting().tolist()
    text_on_screen = driver.window.review.viewer.item.text
    driver.click(driver.window.desk.footer.train)
    driver.trained()
    assert driver.chip.startswith("Model v1 in use")
    assert (session.current, session.upcoming(1)) == (on_screen, next_one)
    assert driver.window.review.viewer.item.text == text_on_screen
    waiting = session.waiting().tolist()
    assert set(waiting) <= set(before)
    assert waiting != [i for i in before if i in waiting], "the queue is ordered anew"
    driver.window.bridge.perform(lambda: project.set_threshold(0.5))
    assert driver.check_ledger()["proposed"] > 0
    driver.window.bridge.perform(lambda: project.set_threshold(1.0))
    driver.press(true_key(driver))
    driver.press(Key.Key_Return)
    confirmed = project.store.decisions.recent(1)[0]
    assert (confirmed.verdict.value, confirmed.item_index) == ("confirmed", next_one[0])
    said = driver.check_ledger()

    on_screen, folder = session.current, project.folder
    driver.close()
    driver = drive().open(folder)
    assert driver.session.current == on_screen
    assert driver.check_ledger() == said

    for name in ("out.csv", "out.jsonl"):
        driver.window.commands.export_to(tmp_path / name)
        driver.until(lambda name=name: f"60 items written to {name}." in driver.notices())
    lines = {line["id"]: line for line in map(json.loads, (tmp_path / "out.jsonl").read_text("utf-8").splitlines())}
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(lines) == 60
    for row in rows:
        assert row["state"] == lines[row["id"]]["state"]
        if row["verdict"] == "corrected":
            assert row["label"] == says(lines[row["id"]]["text"])
