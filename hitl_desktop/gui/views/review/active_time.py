"""Time spent on the item on screen, and at work at all: counted while the window is active and hands are on it."""

import time
from typing import Final

IDLE_AFTER: Final = 60.0


class ActiveTime:
    """Two stopwatches that stop by themselves when nothing was touched for a minute, or the window is left.

    The item's stands still too while another page is shown.
    """

    def __init__(self) -> None:
        self._on_item = 0.0
        self._at_work = 0.0
        self._is_on_item = True
        self._since: float | None = None
        self._touched = 0.0

    def restart(self) -> None:
        """Another item is on screen."""
        self.touch()
        self._on_item = 0.0

    def touch(self) -> None:
        """A key or the mouse was used."""
        now = self._settle()
        self._touched = self._since = now

    def pause(self) -> None:
        """The window is not active any more."""
        self._settle()
        self._since = None

    def look_at_item(self, does: bool) -> None:
        """The item on screen is looked at, or something else is."""
        self._settle()
        self._is_on_item = does

    @property
    def seconds(self) -> float:
        """Active seconds on this item until now."""
        return self._on_item + (self._running(time.monotonic()) if self._is_on_item else 0.0)

    @property
    def worked(self) -> float:
        """Active seconds on all pages since the window was made."""
        return self._at_work + self._running(time.monotonic())

    def _settle(self) -> float:
        now = time.monotonic()
        running = self._running(now)
        self._at_work += running
        if self._is_on_item:
            self._on_item += running
        if self._since is not None:
            self._since = now
        return now

    def _running(self, now: float) -> float:
        if self._since is None:
            return 0.0
        return max(0.0, min(now, self._touched + IDLE_AFTER) - self._since)
