"""The page that steers: by keys, tried before it is applied, taken back; and quick answers in the window."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.steering import IGNORED, MATTERS
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.queue_model import QueueModel, QueueRole
from hitl_desktop.gui.views.steer.page import SteerPage
from hitl_desktop.gui.weighing import weigh_shown
from hitl_desktop.workflow import steering
from hitl_desktop.workflow.quick import last_agreement
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.suggestion import said_now
from hitl_desktop.workflow.worker import InlineRunner

Key = Qt.Key


class Inline(InlineRunner):
    """Runs tasks in the supervising thread, and has nothing to close."""

    def close(self) -> None:
        """Nothing to end."""


def press(page: SteerPage, widget: QWidget, *key: object) -> None:
    """Give a part of the page the focus and press a key in it: shortcuts want the focus."""
    page.activateWindow()
    widget.setFocus()
    QTest.keyClick(widget, *key)


@pytest.fixture
def page(context: Context, text_project_folder: Path, retrain: Callable[..., object], qtbot: QtBot) -> SteerPage:
    """The page of a project with one version, made of 25 decisions."""
    bridge = context.bridge
    bridge.works_by_itself = False
    bridge.worker = Inline()  # type: ignore[assignment]
    bridge.open_project(text_project_folder)
    desk = bridge.desk
    desk.project.set_threshold(1.0)
    for _ in range(25):
        desk.session.decide(Verdict.CORRECTED, desk.session.item.truth_id)
    retrain(desk.project)
    desk.session.replan()
    page = SteerPage(context)
    qtbot.addWidget(page)
    page.resize(1224, 724)
    page.show()
    return page


def type_rule(page: SteerPage, words: str) -> None:
    QTest.keyClicks(page.rules.phrase, words)
    QTest.keyClick(page.rules.phrase, Key.Key_Return)


def test_a_plan_is_made_by_keys_tried_applied_and_taken_back(page: SteerPage, context: Context, qtbot: QtBot) -> None:
    project = context.bridge.desk.project
    word = next(w for w in project.store.items.text(0).split() if len(w) > 3)
    type_rule(page, word)
    type_rule(page, f"  {word} ")
    assert page.rules.table.row_count() == 1, "the same words twice are refused"
    qtbot.waitUntil(lambda: "Looking" not in "".join(page.rules.table.words(0)))
    covered = sum(word.casefold() in project.store.items.text(i).casefold() for i in range(len(project.pool)))
    assert page.rules.table.words(0)[2] == str(covered)
    QTest.keyClick(page.rules.table, Key.Key_Return)
    assert page.rules.table.words(0)[0] == f"{word} (off)"
    QTest.keyClick(page.rules.table, Key.Key_Return)
    press(page, page.classes.table, Key.Key_Plus)
    assert page.classes.table.words(0)[1] == "2×"
    assert steering.plan_in_force(project).rules == (), "nothing holds before it is applied"

    press(page, page.rules.phrase, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.draft.job is not None
    qtbot.waitUntil(lambda: page.draft.job is None, timeout=60_000)
    assert page.draft.effect is not None
    assert "random checks, v1 on" in page.effect.headline.text()
    assert "points, between" in page.effect.difference.text()
    assert len(project.store.models.all()) == 1
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    press(page, page.rules.phrase, Key.Key_Return, both)
    assert steering.plan_in_force(project).rules[0].phrase == word
    assert len(project.store.models.all()) == 2, "what was tried is kept as a version"
    assert not page.draft.is_changed
    assert page.record.row_count() == 2

    page.take_back.click()
    assert steering.plan_in_force(project).rules == ()
    assert page.rules.table.row_count() == 0
    assert page.record.row_count() == 3


def test_rules_on_columns_are_made_changed_and_left_by_keys(
    context: Context, make_project: Callable[..., object], tmp_path: Path, qtbot: QtBot
) -> None:
    table = tmp_path / "claims.csv"
    rows = [f"hello {n},{'ab'[n % 2]},{('PT', 'ES', 'FR')[n % 3]}" for n in range(40)]
    table.write_text("\n".join(["text,label,country", *rows]), "utf-8")
    make_project(tmp_path / "Claims.hitl", table, use_labels=LabelUse.TRUTH, text_column="text")
    context.bridge.works_by_itself = False
    context.bridge.open_project(tmp_path / "Claims.hitl")
    page = SteerPage(context)
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    project = context.bridge.desk.project
    rules, form = page.rules, page.rules.form
    column = "country"
    cells = project.store.records.cells(column, range(len(project.pool)))
    press(page, form.more, Key.Key_Space)
    form.conditions[0].field("column").setCurrentText(column)
    QTest.keyClicks(form.conditions[0].field("values"), cells[0])
    press(page, form.more, Key.Key_Space)
    QTest.keyClick(form.phrase, Key.Key_Return)
    assert page.draft.plan.rules == (), "a condition without a value makes no rule"
    press(page, form.conditions[1].cross, Key.Key_Space)
    QTest.keyClick(form.phrase, Key.Key_Return)
    assert rules.table.words(0)[0] == f"{column} is {cells[0]}"
    assert not form.conditions
    qtbot.waitUntil(lambda: "Looking" not in "".join(rules.table.words(0)))
    assert rules.table.words(0)[2] == str(cells.count(cells[0]))

    with qtbot.waitSignal(page.items_wanted) as shown:
        rules.show_all.click()
    assert shown.args == [[n for n, cell in enumerate(cells) if cell == cells[0]], f"{column} is {cells[0]}"]

    press(page, rules.table, Key.Key_F2)
    assert form.add.text() == "Change"
    QTest.keyClick(form.phrase, Key.Key_Escape)
    assert (form.add.text(), len(form.conditions)) == ("Add", 0)
    press(page, rules.table, Key.Key_F2)
    QTest.keyClicks(form.phrase, "hello")
    QTest.keyClick(form.phrase, Key.Key_Return)
    assert len(page.draft.plan.rules) == 1
    assert rules.table.words(0)[0] == f"Text or a column has “hello” and {column} is {cells[0]}"


def test_examples_are_weighed_on_the_review_page_and_listed(page: SteerPage, context: Context) -> None:
    bridge = context.bridge
    desk, told = bridge.desk, []
    bridge.notified.connect(told.append)
    index = desk.session.current
    weigh_shown(bridge, MATTERS)
    assert desk.project.store.steering.examples() == {index: MATTERS}
    told[-1].on_action()
    assert desk.project.store.steering.examples() == {}
    weigh_shown(bridge, IGNORED)
    assert page.examples.table.words(0)[2] == "ignored for training"
    press(page, page.examples.table, Key.Key_Delete)
    assert page.examples.table.row_count() == 0
    assert desk.session.current == index, "the item on screen stays"


def test_the_queue_says_at_once_what_a_decision_teaches(page: SteerPage, context: Context, qtbot: QtBot) -> None:
    bridge = context.bridge
    bridge.works_by_itself = True
    desk = bridge.desk
    model = QueueModel(bridge, context.browsing)
    model.refresh()
    shown = desk.session.shown
    for _ in range(4):
        bridge.perform(partial(desk.session.decide, Verdict.CORRECTED, desk.session.item.truth_id))
    qtbot.waitUntil(lambda: not bridge.quick.is_busy and desk.project.quick is not None)
    assert bridge.quick.changed is not None
    assert desk.session.shown is not shown
    assert desk.session.shown.quick_updates < desk.project.quick.updates, "the item on screen keeps what it came with"
    model.refresh()
    row = next(
        r for r in range(model.rowCount())
        if model.item_index(r) != desk.session.current and not model.data(model.index(r), QueueRole.ROW).is_hidden
    )  # fmt: skip
    now = said_now(desk.project, model.item_index(row))
    assert now.quick_updates == desk.project.quick.updates
    assert model.data(model.index(row), QueueRole.ROW).confidence == pytest.approx(now.confidence)
    assert f"{now.quick_updates} decision" in page.at_once_words.text()

    bridge.train_now()
    qtbot.waitUntil(lambda: bridge.training is None and not bridge.quick.is_busy, timeout=60_000)
    found = last_agreement(desk.project)
    assert found is not None
    assert (found.version, found.before) == (2, 1)
    assert "agree with it on" in page.at_once_words.text()
    page.at_once.setChecked(False)
    page._set_quick(False)
    bridge.perform(partial(desk.session.decide, Verdict.CORRECTED, desk.session.item.truth_id))
    qtbot.waitUntil(lambda: not bridge.quick.is_busy)
    assert desk.project.quick is None
