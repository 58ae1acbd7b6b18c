"""Comparisons from the table to the reward model, by keys alone; markup in an answer is text."""

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from hitl_desktop.domain.answers import of_text
from hitl_desktop.domain.decisions import Exposure
from hitl_desktop.gui.viewers.comparison_viewer import ComparisonViewer
from hitl_desktop.workflow.repeats import share_of
from tests.journeys.conftest import Driver, through_the_wizard

Key = Qt.Key


def make_pairs(path: Path, rows: int = 26, answers: int = 2) -> Path:
    """Comparisons of a polite answer with a rude one, and of markup with control characters."""
    lines = []
    for n in range(rows):
        polite, rude = (
            f"Of course, here is step {n}. Thank you for asking.",
            f"No. Look it up, number {n} <b>now</b>\x01!",
        )
        texts = [polite, rude] if n % 2 else [rude, polite]
        texts += [f"Perhaps {n}.", f"Perhaps not {n}."][: answers - 2]
        lines.append(
            {"id": f"p{n}", "prompt": f"How do I do {n}?", "answers": texts, "sources": list("abcd"[:answers])}
        )
    lines.append({"id": "odd", "prompt": " ", "answers": ["One.", "Two."], "sources": ["a", "b"]})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def better_key(driver: Driver) -> Qt.Key:
    """The key of the side on which the polite answer stands."""
    session, project = driver.session, driver.project
    texts = of_text(project.store.items.text(session.current)).texts
    viewer = driver.window.review.viewer
    assert isinstance(viewer, ComparisonViewer)
    assert viewer.item is not None
    return (Key.Key_1, Key.Key_4)[[texts[side].startswith("Of course") for side in viewer.item.sides].index(True)]


def test_the_whole_way_with_answers(drive: Callable[[], Driver], tmp_path: Path) -> None:
    driver = drive()
    through_the_wizard(driver, make_pairs(tmp_path / "pairs.jsonl"))
    session, project, review = driver.session, driver.project, driver.window.review
    assert (project.kind.name, len(project.pool)) == ("preference", 26)
    assert [label.name for label in project.labels] == ["Answer 1", "Answer 2", "Equal", "Both bad"]
    assert not review.panel.isVisible()
    assert not review.queue.isVisible()
    assert not review.viewer.item.beside, "who gave an answer is not told before the decision"
    shown = "".join(card.text.toPlainText() for card in review.viewer.cards)
    assert "<b>now</b>␁!" in shown

    first = session.current
    driver.press(Key.Key_Space, Key.Key_Return)
    assert session.current == first, "nothing is confirmed: a default would be a hint"
    driver.press(better_key(driver))
    decided = project.store.decisions.recent(1)[0]
    item = project.store.items.get(first)
    best = of_text(project.store.items.text(first)).texts[decided.response.ranking[0][0]]
    assert best.startswith("Of course")
    assert sorted(decided.response.sides) == [0, 1]
    assert project.label(decided.label_id).name == f"Answer {decided.response.ranking[0][0] + 1}"
    assert item.digest != review.viewer.item.digest
    driver.press(Key.Key_2, Key.Key_3, Key.Key_S)
    equal, bad, skipped = reversed(project.store.decisions.recent(3))
    assert (equal.response.ranking, bad.response.ranking) == (((0, 1),), ())
    assert [project.label(d.label_id).name for d in (equal, bad)] == ["Equal", "Both bad"]
    assert skipped.verdict.value == "skipped"
    driver.ctrl(Key.Key_Z)
    assert session.current == skipped.item_index
    driver.press(Key.Key_N)
    driver.type("hm")
    driver.press(Key.Key_Return)
    driver.press(better_key(driver))
    assert project.store.decisions.recent(1)[0].note == "hm"
    for _ in range(10):
        driver.press(better_key(driver))
    driver.click(driver.window.desk.footer.train)
    driver.trained()
    assert driver.chip.startswith("Model v1 in use")
    driver.press(better_key(driver))
    seen = project.store.decisions.recent(1)[0]
    assert seen.exposure is Exposure.HIDDEN
    assert session.current != seen.item_index, "the answer is not followed by a reveal"
    driver.press(Key.Key_V)
    QApplication.processEvents()
    assert review.viewer.is_stacked
    driver.check_ledger()
    driver.press(Key.Key_Y)
    assert not review.why.is_open, "nothing tells what the model thinks before the answer"
    assert not review.own.bar.why_button.isEnabled()
    review.open_item(seen.item_index)
    assert [beside.split(" · ")[0] for beside in review.viewer.item.beside] == ["Answer 1", "Answer 2"], "as lists say"
    driver.press(Key.Key_Y)
    driver.until(lambda: bool(review.why.strip.bars.rows))
    assert review.why.strip.title in ("Why Left rather than Right", "Why Right rather than Left")
    assert any("“" in row.name for row in review.why.strip.bars.rows), "words, and which side has them"
    driver.press(Key.Key_Y)
    assert not review.why.strip.isVisible()
    driver.press(Key.Key_3, modifier=Qt.KeyboardModifier.AltModifier)
    sheet = driver.window.desk.page("model").answers
    driver.window.desk.page("model").tabs.setCurrentIndex(2)
    driver.until(lambda: not sheet.is_busy and sheet.table.isVisible())
    assert sheet.values[1].text().endswith("%")
    assert "of 13," in sheet.notes[1].text()
    sheet.share.setValue(0)
    assert sheet.share.text() == "Never"
    assert share_of(project.store) == 0.0


def test_three_answers_are_ranked_by_digits(drive: Callable[[], Driver], tmp_path: Path) -> None:
    driver = drive()
    through_the_wizard(driver, make_pairs(tmp_path / "threes.jsonl", rows=4, answers=3))
    session, project = driver.session, driver.project
    sides, index = driver.window.review.viewer.item.sides, session.current
    driver.press(Key.Key_3, Key.Key_1, Key.Key_Return)
    said = project.store.decisions.recent(1)[0]
    assert said.item_index == index
    assert said.response.ranking == ((sides[2],), (sides[0],), (sides[1],))
    driver.press(Key.Key_E)
    assert project.label(project.store.decisions.recent(1)[0].label_id).name == "Equal"
    driver.ctrl(Key.Key_Z)
    driver.press(Key.Key_X)
    assert project.label(project.store.decisions.recent(1)[0].label_id).name == "All bad"
