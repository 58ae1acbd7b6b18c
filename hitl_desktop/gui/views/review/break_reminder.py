"""A reminder to look away: after so many minutes of work without a pause."""

from dataclasses import dataclass
from typing import Final

PAUSE_SECONDS: Final = 300.0
"""So long without work counts as a break."""
CHOICES: Final = (0, 30, 50, 90)
"""Minutes that can be chosen; 0 means never."""


@dataclass
class BreakReminder:
    """`tick` is called about once a second and tells when a break is due.

    It is due once, and again after the same time, until there was a pause.
    """

    minutes: int
    _begun: float = 0.0
    _rested: float = 0.0
    _worked: float = 0.0

    def tick(self, worked: float, elapsed: float = 1.0) -> bool:
        """`worked` is the active time since the window was made, `elapsed` the time since the last call."""
        self._rested = 0.0 if worked > self._worked else self._rested + elapsed
        self._worked = worked
        if self._rested >= PAUSE_SECONDS:
            self._begun = worked
        if not self.minutes or worked - self._begun < 60 * self.minutes:
            return False
        self._begun = worked
        return True
