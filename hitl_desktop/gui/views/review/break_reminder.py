"""A reminder to look away: after so many minutes of work without a pause."""

from dataclasses import dataclass
from typing import Final

PAUSE_SECONDS: Final = 300.0
"""So long without work counts as a break."""
CHOICES: Final = (0, 30, 50, 90)
"""Minutes that can be chosen; 0 means never."""


@dataclass
class BreakReminder:
    """Adds up active seconds; `tick` is called about once a second and tells when a break is due.

    It is due once, and again after the same time, until there was a pause.
    """

    minutes: int
    _worked: float = 0.0
    _rested: float = 0.0
    _item_seconds: float = 0.0

    def tick(self, item_seconds: float, elapsed: float = 1.0) -> bool:
        """`item_seconds` is the active time on the item on screen, `elapsed` the time since the last call."""
        # The stopwatch begins at 0 with every item.
        gained = item_seconds - self._item_seconds if item_seconds >= self._item_seconds else item_seconds
        self._item_seconds = item_seconds
        self._rested = 0.0 if gained > 0 else self._rested + elapsed
        if self._rested >= PAUSE_SECONDS:
            self._worked = 0.0
        self._worked += gained
        if not self.minutes or self._worked < 60 * self.minutes:
            return False
        self._worked = 0.0
        return True
