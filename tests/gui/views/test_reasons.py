"""Why an item is asked, in words: every slot has them, and the badge and the queue use the same."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.policy import Route, RoutingPolicy, Rule
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.queue_model import QueueModel, QueueRole
from hitl_desktop.gui.theme.icons import Icons
from hitl_desktop.gui.views.review.item_views import panel_view
from hitl_desktop.gui.views.review.reasons import REASONS, in_queue, reason
from hitl_desktop.paths import resources
from hitl_desktop.workflow.asking import change_policy

ASKED = (Slot.UNCERTAIN, Slot.START, Slot.TYPICAL, Slot.DIVERSE, Slot.RARE, Slot.EXPLORE, Slot.AGAIN)


def test_every_slot_has_words_and_an_icon_that_exists() -> None:
    icons = Icons(resources() / "icons").names()
    for slot in Slot:
        found = REASONS[slot]
        assert found.icon in icons
        assert found.word[0].isupper()
        assert found.clause[0].islower()
        assert not found.clause.endswith(".")


@pytest.mark.parametrize(
    ("slot", "lead", "word", "clause"),
    [
        (Slot.UNCERTAIN, 0.05, "Close call", "Nodule leads by 5 points"),
        (Slot.UNCERTAIN, 0.01, "Close call", "Nodule leads by 1 point"),
        (Slot.UNCERTAIN, 0.001, "Close call", "two classes are level"),
        (Slot.UNCERTAIN, 0.6, "Not sure enough", "below the line of 90 %"),
        (Slot.UNCERTAIN, None, "To decide", "not scored yet"),
        (Slot.START, None, "First ones", "at random, to begin with"),
        (Slot.START, 0.6, "At random", "drawn at random, to learn from"),
        (Slot.TYPICAL, None, "Typical", "speaks for many that are like it"),
        (Slot.DIVERSE, 0.1, "Different", "uncertain, and unlike the others asked now"),
        (Slot.RARE, 0.1, "Rare class", "perhaps of a class with few decisions"),
        (Slot.EXPLORE, 0.9, "Exploring", "drawn at random, to measure"),
    ],
)
def test_the_badge_says_why(slot: Slot, lead: float | None, word: str, clause: str) -> None:
    found = reason(slot, "Nodule", lead, 0.9)
    assert (found.word, found.clause) == (word, clause)


@pytest.mark.parametrize("slot", ASKED)
@pytest.mark.parametrize("lead", [None, 0.6])
def test_the_queue_says_the_same_as_the_badge(slot: Slot, lead: float | None) -> None:
    shown, waiting = reason(slot, "Nodule", lead, 0.9), in_queue(slot, is_scored=lead is not None)
    if slot is Slot.UNCERTAIN and lead is not None:
        assert waiting.word == "Uncertain"  # how far the first class leads is told on the panel
    else:
        assert shown == waiting


def test_rows_of_the_queue_have_the_reason_in_tooltip_and_accessible_text(
    context: Context, image_project_folder: Path
) -> None:
    context.bridge.open_project(image_project_folder)
    model = QueueModel(context.bridge, context.browsing)
    model.refresh()
    first = model.index(0)
    row = first.data(QueueRole.ROW)
    found = in_queue(context.bridge.desk.session.slot_of(row.item.index), is_scored=False)
    assert row.reason == found.word
    assert first.data(Qt.ItemDataRole.ToolTipRole) == f"{row.item.name}\n{found.word}: {found.clause}"
    assert first.data(Qt.ItemDataRole.AccessibleTextRole) == f"{row.item.name}, {found.word}: {found.clause}"


def test_the_policy_says_why_an_item_waits_and_the_day_ends_where_its_capacity_does(
    context: Context, image_project_folder: Path
) -> None:
    context.bridge.open_project(image_project_folder)
    desk = context.bridge.desk
    project = desk.project
    everything = RoutingPolicy((Rule((), Route.ESCALATE, "Look twice"),), daily_capacity=4)
    context.bridge.perform(lambda: change_policy(desk.session, everything))
    model = QueueModel(context.bridge, context.browsing)
    model.refresh()
    rows = [model.index(place).data(QueueRole.ROW) for place in range(8)]
    assert [row.ends_day for row in rows] == [place == 3 for place in range(8)]
    assert "Today’s reviews end here." in model.index(3).data(Qt.ItemDataRole.ToolTipRole)
    measured = [bool(project.reserve.members[row.item.index]) for row in rows]
    assert [row.reason == "Escalated" for row in rows] == [not is_check for is_check in measured]
    assert not all(measured)
    place = measured.index(False)
    assert "by rule 1, Look twice" in model.index(place).data(Qt.ItemDataRole.ToolTipRole)
    waits = rows[place].item.index
    desk.session.take(waits)
    shown = panel_view(desk, can_decide=True).reason
    assert (shown.word, shown.clause, shown.tone) == ("Escalated", "by rule 1, Look twice", "warn")
    reader = RoutingPolicy((Rule((), Route.SECOND_READER),))
    context.bridge.perform(lambda: change_policy(desk.session, reader))
    assert panel_view(desk, can_decide=True).reason.clause == "by rule 1: somebody else reads it after you"


def test_an_item_of_which_the_model_is_surer_by_now_is_not_said_to_be_below_the_line() -> None:
    """It keeps its place in the queue while a training changes what is suggested."""
    assert reason(Slot.UNCERTAIN, "Nodule", 0.91, 0.9).clause == "below the line of 90 %"
    found = reason(Slot.UNCERTAIN, "Nodule", 0.91, 0.9, is_sure=True)
    assert (found.word, found.clause) == ("Was unsure", "surer since it learned more")
    assert reason(Slot.UNCERTAIN, "Nodule", 0.1, 0.5, is_sure=True).word == "Close call"
