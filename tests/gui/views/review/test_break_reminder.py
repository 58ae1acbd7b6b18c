"""When a break is due."""

from hitl_desktop.gui.views.review.break_reminder import PAUSE_SECONDS, BreakReminder


class Day:
    """A day of work: seconds add up, whatever page is shown."""

    def __init__(self, minutes: int) -> None:
        self.reminder = BreakReminder(minutes)
        self._worked = 0.0

    def work(self, seconds: int) -> int:
        """Work so many seconds; how often a break was due."""
        return sum(self.reminder.tick(self._one_more()) for _ in range(seconds))

    def rest(self, seconds: int) -> None:
        """The stopwatch stands still."""
        for _ in range(seconds):
            self.reminder.tick(self._worked)

    def _one_more(self) -> float:
        self._worked += 1
        return self._worked


def test_it_is_due_after_the_minutes_and_again_after_as_many() -> None:
    day = Day(30)
    assert day.work(30 * 60 - 1) == 0
    assert day.work(1) == 1
    assert day.work(30 * 60) == 1


def test_a_pause_of_five_minutes_counts_as_the_break() -> None:
    day = Day(30)
    day.work(29 * 60)
    day.rest(int(PAUSE_SECONDS))
    assert day.work(29 * 60) == 0


def test_a_shorter_pause_does_not() -> None:
    day = Day(30)
    day.work(29 * 60)
    day.rest(int(PAUSE_SECONDS) - 2)
    assert day.work(61) == 1


def test_it_can_be_turned_off() -> None:
    assert Day(0).work(10_000) == 0
