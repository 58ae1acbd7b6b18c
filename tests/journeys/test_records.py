"""The whole way with records: types confirmed, decided in one key each, what speaks for them, asked by what is lost."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from hitl_desktop import paths
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say, sentence_of
from hitl_desktop.gui.views.new_project.page import NewProjectPage
from hitl_desktop.workflow.asking import change_strategy
from hitl_desktop.workflow.masked_columns import mask_column
from tests.journeys.conftest import Driver

Key = Qt.Key
ROWS = 120


def test_the_whole_way_with_records(drive: Callable[[], Driver], tmp_path: Path) -> None:
    lines = (paths.resources() / "samples" / "payments.csv").read_text("utf-8").splitlines()[: ROWS + 1]
    # The dates can be read in two ways, and one amount is no number.
    lines = [_with_slashes(line) for line in lines]
    lines[5] = lines[5].replace(lines[5].split(",")[3], "a lot")
    data = tmp_path / "payments.csv"
    data.write_text("\n".join(lines) + "\n", "utf-8")
    driver = drive()
    driver.window.commands.begin(data)
    wizard = driver.window.findChild(NewProjectPage)
    assert wizard is not None
    driver.until(lambda: wizard.footer.next_button.isEnabled())
    driver.press(Key.Key_Return)
    assert wizard.labels.kind.kind == "record"
    order = wizard.labels.types.orders["time"]
    assert driver.focus is order  # it is asked for, not guessed
    driver.press(Key.Key_Return)
    assert wizard.step == 1
    driver.type("d")  # Day first
    assert order.currentData() is True
    wizard.footer.next_button.setFocus()
    driver.press(Key.Key_Return)
    driver.until(lambda: wizard.footer.next_button.isEnabled())
    driver.press(Key.Key_Return)
    driver.settle()
    session, project = driver.session, driver.project
    assert project.kind.name == "record"
    notes = [str(sentence_of(note)) for note in project.store.fact("import_notes")]
    assert "Row 5 held no number in “amount”, taken as missing: “a lot”." in notes

    # Every decision is one key; what speaks for the item is there by itself.
    side = driver.window.review.why.records.side
    driver.until(lambda: bool(side.bars.rows))
    assert len(side.bars.rows) <= 3
    facts = driver.window.review.why.records
    facts._explained = None
    facts._say_waiting()
    assert side.bars.toolTip() == "Working it out…"
    driver.window.review.why.explainer.failed.emit(KnownError(say("The reasons could not be worked out.")))
    assert side.bars.toolTip() == "The reasons could not be worked out."
    decided = []
    for key in (Key.Key_1, Key.Key_2, Key.Key_Space, Key.Key_S):
        decided.append(session.current)
        driver.press(key)
    assert driver.check_ledger()["decided"] == 3
    driver.ctrl(Key.Key_Z)
    assert session.current == decided[-1]

    driver.window.bridge.perform(lambda: change_strategy(session, "expected_loss"))
    driver.settle()
    driver.press(Key.Key_Y)
    driver.until(lambda: driver.window.review.why.explanation is not None)
    why = driver.window.review.why
    assert why.strip.isVisible()
    _hide_all_columns(driver)


def _hide_all_columns(driver: Driver) -> None:
    """While everything is open: nothing that a column held stays on screen, and the parts still add up."""
    project, why, session = driver.project, driver.window.review.why, driver.session
    item, before = session.item, [row.printed for row in why.strip.bars.rows]
    columns = list(item.fields)
    assert any(column in row.name for row in why.strip.bars.rows for column in columns)
    for column in columns:
        driver.window.bridge.perform(lambda column=column: mask_column(project.store, column, masked=True))
    driver.settle()
    rows = why.strip.bars.rows
    assert [row.printed for row in rows] == before
    assert "a hidden column" in [row.name for row in rows]
    names = [row.name for row in rows] + [row.name for row in why.records.side.bars.rows]
    said = " ".join(names)
    assert not any(name.startswith(column) for name in names for column in columns)
    assert not any(value in said for value in item.fields.values() if len(value) > 2)
    driver.until(lambda: why.records.side._history_told.text() == "Hidden, as its column is.")
    assert why.records.side._history_aside.text() == ""
    for column in columns:
        driver.window.bridge.perform(lambda column=column: mask_column(project.store, column, masked=False))
    assert any(column in row.name for row in why.strip.bars.rows for column in columns)


def _with_slashes(line: str) -> str:
    number, moment, rest = line.split(",", 2)
    if not moment[:4].isdigit():
        return line
    day = 1 + int(moment[8:10]) % 12
    return f"{number},{day:02d}/{moment[5:7]}/2026 {moment[11:]},{rest}"
