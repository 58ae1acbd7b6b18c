"""When a break is due."""

import pytest

from hitl_desktop.gui.views.review.break_reminder import PAUSE_SECONDS, BreakReminder


def worked(reminder: BreakReminder, seconds: int, on_item: int = 10) -> int:
    """Work so many seconds, ten to an item; how often a break was due."""
    return sum(reminder.tick(second % on_item + 1.0) for second in range(seconds))


def test_it_is_due_after_the_minutes_and_again_after_as_many() -> None:
    reminder = BreakReminder(30)
    assert worked(reminder, 30 * 60 - 1) == 0
    assert worked(reminder, 1) == 1
    assert worked(reminder, 30 * 60 + 1) == 1  # the first second belongs to the item that was on screen


def test_a_pause_of_five_minutes_counts_as_the_break() -> None:
    reminder = BreakReminder(30)
    worked(reminder, 29 * 60)
    for _ in range(int(PAUSE_SECONDS)):
        reminder.tick(10.0)  # the stopwatch stands still
    assert worked(reminder, 29 * 60) == 0


def test_a_shorter_pause_does_not() -> None:
    reminder = BreakReminder(30)
    worked(reminder, 29 * 60)
    for _ in range(int(PAUSE_SECONDS) - 2):
        reminder.tick(10.0)
    assert worked(reminder, 61) == 1


@pytest.mark.parametrize("minutes", [0])
def test_it_can_be_turned_off(minutes: int) -> None:
    assert worked(BreakReminder(minutes), 10_000) == 0
