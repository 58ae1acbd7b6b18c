"""Time spent on the item on screen: counted while the window is active and hands are on it."""

import time
from typing import Final

IDLE_AFTER: Final = 60.0


class ActiveTime:
    """A stopwatch that stops by itself when nothing was touched for a minute, or the window is left."""

    def __init__(self) -> None:
        self._spent = 0.0
        self._since: float | None = None
        self._touched = 0.0

    def restart(self) -> None:
        """Another item is on screen."""
        self._spent = 0.0
        self._touched = time.monotonic()
        self._since = self._touched

    def touch(self) -> None:
        """A key or the mouse was used."""
        now = time.monotonic()
        self._spent += self._running(now)
        self._touched = self._since = now

    def pause(self) -> None:
        """The window is not active any more."""
        self._spent += self._running(time.monotonic())
        self._since = None

    @property
    def seconds(self) -> float:
        """Active seconds on this item until now."""
        return self._spent + self._running(time.monotonic())

    def _running(self, now: float) -> float:
        if self._since is None:
            return 0.0
        return max(0.0, min(now, self._touched + IDLE_AFTER) - self._since)
