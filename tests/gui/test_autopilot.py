"""The automatic in the window: it works by itself, stops at once, and never moves what somebody is at."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.sentences import say
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.footer import Footer
from hitl_desktop.gui.views.automatic_bar import AutomaticBar
from hitl_desktop.gui.views.automatic_dialogs import RecallDialog, ask_to_override, ask_to_resume
from hitl_desktop.gui.views.reason_dialog import ReasonDialog
from hitl_desktop.gui.views.routing.feed import ROWS, AutomaticFeed
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow import automation
from hitl_desktop.workflow.project import Project

Retrain = Callable[[Project], ModelVersion]


@pytest.fixture
def opened(context: Context, text_project_folder: Path, retrain: Retrain, qtbot: QtBot) -> Context:
    """An open project whose model proposes nearly everything."""
    context.bridge.open_project(text_project_folder)
    context.bridge.cancel_preparing()
    desk = context.bridge.desk
    waiting = desk.project.pool.undecided()
    for item in desk.project.store.items.many(waiting[~desk.project.reserve.members[waiting]][:14].tolist()):
        desk.session.take(item.index)
        desk.session.decide(Verdict.CORRECTED, item.truth_id)
    retrain(desk.project)
    desk.project.set_threshold(0.0)
    desk.session.replan()
    return context


@pytest.fixture
def feed(opened: Context, qtbot: QtBot) -> AutomaticFeed:
    feed = AutomaticFeed(opened)
    qtbot.addWidget(feed)
    feed.resize(640, 420)
    feed.show()
    return feed


def rest(context: Context, qtbot: QtBot) -> None:
    """Wait until there is nothing left to do."""
    qtbot.waitUntil(lambda: context.bridge.autopilot.is_resting, timeout=20_000)


def automatic(context: Context) -> list[int]:
    return [int(i) for i in context.bridge.desk.project.pool.in_states(ItemState.AUTOMATIC)]


def footer_button(footer: Footer) -> Button:
    return next(b for b in footer.findChildren(Button) if b.accessibleName().startswith("Automatic"))


def test_nothing_happens_by_itself_without_permission(opened: Context, qtbot: QtBot) -> None:
    rest(opened, qtbot)
    assert not automatic(opened)


def test_once_allowed_it_decides_but_not_what_is_on_screen(opened: Context, qtbot: QtBot) -> None:
    session = opened.bridge.desk.session
    shown = int(opened.bridge.desk.project.pool.undecided()[0])
    session.go_to(shown)
    published = []
    opened.bridge.changed.connect(lambda changes, _by: published.append(changes))
    opened.bridge.autopilot.override("a trial")
    rest(opened, qtbot)
    assert len(automatic(opened)) > 5
    assert session.current == shown
    assert opened.bridge.desk.project.pool.state(shown) is ItemState.TO_DO
    told = [c for c in published if c.decisions]
    assert set().union(*(c.items for c in told)) == set(automatic(opened))
    assert all(c.told == f"{len(c.items)} items decided automatically." for c in told if len(c.items) > 1)


def test_pausing_is_at_once(opened: Context, qtbot: QtBot) -> None:
    opened.bridge.autopilot._limit = 2
    opened.bridge.autopilot.override("a trial")
    opened.bridge.autopilot.turn()
    some = len(automatic(opened))
    assert 0 < some <= 2
    opened.bridge.autopilot.pause()
    rest(opened, qtbot)
    assert len(automatic(opened)) == some
    opened.bridge.autopilot.resume("go on")
    rest(opened, qtbot)
    assert len(automatic(opened)) > some


def test_the_footer_says_how_it_stands(opened: Context, parent: QWidget, qtbot: QtBot) -> None:
    footer = Footer(opened, parent)
    footer.resize(1280, footer.height())
    footer.show()
    button = footer_button(footer)
    assert (button.label(), button.isVisible()) == ("Automatic: needs a certificate", True)
    footer.setGeometry(0, 0, 600, footer.height())
    assert (button.label(), button.accessibleName()) == ("", "Automatic: needs a certificate"), "there is no room"
    footer.setGeometry(0, 0, 1280, footer.height())
    opened.bridge.autopilot.override("a trial")
    assert button.label() == "Automatic: running"
    opened.bridge.autopilot.pause()
    assert button.label() == "Automatic: paused"
    with qtbot.waitSignal(footer.automatic_wanted):
        button.click()


def test_the_bar_shows_only_what_paused_by_itself(opened: Context, qtbot: QtBot) -> None:
    bar = AutomaticBar(opened)
    qtbot.addWidget(bar)
    assert bar.isHidden()
    opened.bridge.autopilot.pause("holidays")
    assert bar.isHidden(), "who paused it knows"
    opened.bridge.autopilot.resume("back")
    project = opened.bridge.desk.project
    opened.bridge.perform(lambda: automation.pause_by_itself(project, say("Too many were changed.")))
    assert not bar.isHidden()
    assert bar.text.startswith("Automatic decisions are paused since ")
    assert bar.text.endswith(": Too many were changed.")
    assert bar.accessibleName() == bar.text
    with qtbot.waitSignals([bar.look_wanted, bar.resume_wanted]):
        bar.look_button.click()
        bar.resume_button.click()
    opened.bridge.autopilot.resume("looked at them")
    assert bar.isHidden()


def test_the_feed_shows_the_newest_first_and_takes_back(feed: AutomaticFeed, opened: Context, qtbot: QtBot) -> None:
    assert not any(row.isVisible() for row in feed.rows)
    opened.bridge.autopilot.override("a trial")
    rest(opened, qtbot)
    newest = opened.bridge.desk.project.store.automation.latest(ROWS)
    assert [row.item_index for row in feed.rows] == [d.item_index for d in newest]
    row = feed.rows[0]
    name, said, sure, _time = row.words()
    item = opened.bridge.desk.project.store.items.get(row.item_index)
    assert (name, said) == (item.name, opened.bridge.desk.project.answer_words(item.label_id, None))
    assert sure == f"{newest[0].confidence:.2f}"
    assert row.button.accessibleName() == f"Take back {name}"
    row.button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(row.button, Qt.Key.Key_Return)
    assert opened.bridge.desk.project.pool.state(item.index) is ItemState.TO_DO
    assert item.index not in [row.item_index for row in feed.rows]
    rest(opened, qtbot)
    assert opened.bridge.desk.project.pool.state(item.index) is ItemState.TO_DO, "it waits for a person"


def test_rows_do_not_move_while_somebody_is_at_them(feed: AutomaticFeed, opened: Context, qtbot: QtBot) -> None:
    autopilot = opened.bridge.autopilot
    autopilot._limit = 3
    autopilot.override("a trial")
    autopilot.turn()
    autopilot._publish()
    before = [row.item_index for row in feed.rows if row.item_index >= 0]
    assert before
    feed.activateWindow()
    feed.rows[0].button.setFocus(Qt.FocusReason.TabFocusReason)
    if not feed.is_held:
        pytest.skip("this platform gives no focus")
    rest(opened, qtbot)
    assert [row.item_index for row in feed.rows if row.item_index >= 0] == before
    assert "newer" in feed._later.text()
    feed.rows[0].button.clearFocus()
    qtbot.waitUntil(lambda: [r.item_index for r in feed.rows if r.item_index >= 0] != before, timeout=5_000)
    assert feed._later.text() == ""


def test_the_feed_pauses_at_once_and_asks_before_it_goes_on(feed: AutomaticFeed, opened: Context, qtbot: QtBot) -> None:
    assert not feed.pause_button.isVisible(), "nothing is permitted"
    opened.bridge.autopilot.override("a trial")
    assert feed.pause_button.label() == "Pause"
    feed.pause_button.click()
    assert not opened.bridge.autopilot.state().is_running
    assert feed.pause_button.label() == "Resume…"
    feed.pause_button.click()
    dialog = feed.findChild(ReasonDialog)
    assert dialog is not None
    dialog.reject()
    assert not opened.bridge.autopilot.state().is_running


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    return parent


def test_going_on_needs_a_note(opened: Context, parent: QWidget, qtbot: QtBot) -> None:
    opened.bridge.autopilot.pause("holidays")
    dialog = ask_to_resume(opened, parent)
    assert "holidays" in dialog.accessibleDescription()
    assert not dialog.yes_button.isEnabled()
    qtbot.keyClicks(dialog.reason, "back again")
    assert dialog.yes_button.isEnabled()
    qtbot.keyClick(dialog.reason, Qt.Key.Key_Return)
    assert opened.bridge.autopilot.state().is_running
    assert str(opened.bridge.desk.project.store.automation.events()[-1].reason) == "back again"


def test_allowing_it_is_never_the_button_in_focus(opened: Context, parent: QWidget, qtbot: QtBot) -> None:
    dialog = ask_to_override(opened, parent)
    assert dialog.focusWidget() is dialog.no_button
    assert not dialog.yes_button.isEnabled()
    dialog.yes_button.click()
    assert not opened.bridge.autopilot.basis().is_given
    qtbot.keyClicks(dialog.reason, "a trial")
    dialog.yes_button.click()
    assert opened.bridge.autopilot.basis().is_given


def test_a_recall_is_chosen_with_its_count_and_a_reason(opened: Context, parent: QWidget, qtbot: QtBot) -> None:
    opened.bridge.autopilot.override("a trial")
    rest(opened, qtbot)
    count = len(automatic(opened))
    dialog = RecallDialog(opened, parent)
    dialog.recalled.connect(opened.bridge.autopilot.recall)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.choice.count() == 3, timeout=10_000)
    words = [dialog.choice.item(row).text() for row in range(3)]
    assert words[0].startswith("Everything model v")
    assert all(text.endswith(f": {count} items") for text in words)
    assert dialog.focusWidget() is dialog.no_button
    assert not dialog.yes_button.isEnabled()
    qtbot.keyClicks(dialog.reason, "wrong")
    dialog.yes_button.click()
    rest(opened, qtbot)
    assert not automatic(opened)
    assert not opened.bridge.autopilot.state().is_running
    assert set(opened.bridge.desk.session.waiting().tolist()) >= set(
        opened.bridge.desk.project.pool.needing_review().tolist()
    )


def test_too_many_changed_pause_it(opened: Context, qtbot: QtBot) -> None:
    opened.bridge.autopilot.override("a trial")
    rest(opened, qtbot)
    desk = opened.bridge.desk
    for index in automatic(opened)[:4]:
        said = desk.project.store.items.get(index).label_id
        other = next(label.id for label in desk.project.offered if label.id != said)
        desk.session.go_to(index)
        opened.bridge.perform(lambda other=other: desk.session.decide(Verdict.CORRECTED, other))
    rest(opened, qtbot)
    now = opened.bridge.autopilot.state()
    assert now.pause is not None
    assert now.pause.is_by_itself
