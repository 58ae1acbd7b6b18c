"""The whole way with pictures: wizard, ten decisions by keys, undo, redo, training, close, reopen, export."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from tests.conftest import MakeImages
from tests.journeys.conftest import Driver, through_the_wizard, true_key

Key = Qt.Key
SHIFT_CTRL = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def test_the_whole_way_with_pictures(drive: Callable[[], Driver], make_images: MakeImages, tmp_path: Path) -> None:
    driver = drive()
    through_the_wizard(driver, make_images(tmp_path / "textures", each=30))
    session, project = driver.session, driver.project
    assert driver.check_ledger()["needs_review"] == 90
    assert [label.name for label in project.labels] == ["dots", "lines", "plain"]
    driver.window.bridge.perform(lambda: project.set_threshold(1.0))  # however sure it gets, enough items wait

    # Nothing is suggested yet: Space decides nothing and says so.
    first = session.current
    driver.press(Key.Key_Space)
    assert session.current == first
    assert driver.check_ledger()["decisions"] == 0

    order = []
    for _ in range(6):
        order.append(session.current)
        driver.press(true_key(driver))
        driver.check_ledger()
    for key, state in ((Key.Key_S, "skipped"), (Key.Key_U, "unsure"), (Key.Key_F, "flagged")):
        order.append(session.current)
        driver.press(key)
        assert project.store.items.get(order[-1]).state.value == state
        driver.check_ledger()
    noted = session.current
    order.append(noted)
    driver.press(Key.Key_N)
    driver.type("two 3 sharp edges")
    assert session.current == noted
    driver.press(Key.Key_Return)
    assert session.current == noted
    driver.press(true_key(driver))
    said = driver.check_ledger()
    assert (said["decided"], said["skipped"], said["unsure"], said["flagged"], said["decisions"]) == (7, 1, 1, 1, 10)
    assert len(set(order)) == 10

    for taken_back in reversed(order[-3:]):
        driver.ctrl(Key.Key_Z)
        assert session.current == taken_back
        driver.check_ledger()
    said = driver.check_ledger()
    assert (said["decided"], said["skipped"], said["unsure"], said["flagged"]) == (6, 1, 0, 0)
    for again in order[-3:]:
        assert session.current == again
        driver.press(Key.Key_Z, modifier=SHIFT_CTRL)
    said = driver.check_ledger()
    assert (said["decided"], said["skipped"], said["unsure"], said["flagged"]) == (7, 1, 1, 1)
    notes = {d.item_index: d.note for d in project.store.decisions.recent(20) if d.note}
    assert notes == {noted: "two 3 sharp edges"}

    while len({project.store.items.get(i).label_id for i in range(90)} - {None}) < 2 or said["decided"] < 12:
        driver.press(true_key(driver))
        said = driver.check_ledger()
    on_screen, next_one = session.current, session.upcoming(1)
    queue_before = session.waiting().tolist()
    assert driver.chip.endswith("of 20 to next training")
    driver.ctrl(Key.Key_T)
    assert driver.chip.startswith("Training…")
    driver.trained()
    assert driver.chip.startswith("Model v1 in use")
    assert session.current == on_screen
    assert session.upcoming(1) == next_one
    assert session.shown is not None, "the empty place of the suggestion is filled"
    queue = session.waiting().tolist()
    assert queue[0] == on_screen
    assert queue != [i for i in queue_before if i in queue], "the queue is ordered anew"
    driver.check_ledger()
    driver.press(true_key(driver))
    assert session.shown is not None
    assert driver.window.review.panel.confirm_button.label() == f"Confirm {session.shown.predicted.name}"
    driver.press(Key.Key_Space)
    confirmed = project.store.decisions.recent(1)[0]
    assert confirmed.verdict.value == "confirmed"
    said = driver.check_ledger()

    on_screen, folder = session.current, project.folder
    driver.close()
    driver = drive().open(folder)
    assert driver.session.current == on_screen
    assert driver.check_ledger() == said
    driver.ctrl(Key.Key_Z)  # undo reaches over the restart
    assert driver.session.current == confirmed.item_index
    driver.press(Key.Key_Z, modifier=SHIFT_CTRL)
    assert driver.session.current == on_screen

    for name in ("out.csv", "out.jsonl"):
        driver.window.commands.export_to(tmp_path / name)
        driver.until(lambda name=name: f"90 items written to {name}." in driver.notices())
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) == len(lines) == 90
    assert sum(row["state"] == "decided" for row in rows) == said["decided"]
    for row in rows:
        if row["state"] == "decided":
            assert row["label"] in (row["path"].split("/")[0], confirmed_name(driver, confirmed.label_id))
    by_id = {line["id"]: line for line in lines}
    noted_item = driver.project.store.items.get(noted)
    assert by_id[noted_item.digest]["note"] == "two 3 sharp edges"
    assert {row["id"]: row["state"] for row in rows} == {line["id"]: line["state"] for line in lines}


def confirmed_name(driver: Driver, label_id: int | None) -> str:
    assert label_id is not None
    return str(driver.project.label(label_id).name)
