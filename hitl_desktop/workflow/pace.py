"""How far a long task is, how fast it goes and how long it will take, in a person's words."""

import time
from collections.abc import Callable
from typing import Final

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.language import number, tr, trn

_SETTLED_SECONDS: Final = 2.0
_MINUTE: Final = 60
_HOUR: Final = 3600


class Pace:
    """Counts what is done and tells it: "Reading texts · 640 per second · about 2 minutes left".

    `before` of `total` were done when it began; rate and remaining time are of what it saw being done itself.
    """

    def __init__(
        self,
        what: str,
        before: int,
        total: int,
        progress: Progress,
        cancelled: CancelCheck,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._before, self._done, self._total = before, before, total
        self._progress, self._cancelled = progress, cancelled
        self._clock = clock
        self._start = clock()

    def check(self) -> None:
        """Raise Cancelled when somebody asked to stop."""
        if self._cancelled():
            raise Cancelled

    def add(self, count: int) -> None:
        """`count` more are done. Raises Cancelled like `check`."""
        self.check()
        self._done += count
        words = pace_in_words(self._done - self._before, self._total - self._done, self._clock() - self._start)
        self._progress(self._done, self._total, " · ".join([self._what, *words]))


def pace_in_words(done: int, left: int, seconds: float) -> list[str]:
    """Rate and remaining time; nothing at the very beginning, when neither can be told, and at the end."""
    if seconds < _SETTLED_SECONDS or not done or not left:
        return []
    rate = done / seconds
    told = (
        tr("{rate} per second", rate=number(round(rate)))
        if rate >= 2
        else tr("{rate} per minute", rate=number(round(rate * _MINUTE)))
    )
    return [told, _time_left(left / rate)]


def _time_left(seconds: float) -> str:
    if seconds < _MINUTE * 0.75:
        return tr("less than a minute left")
    if seconds < _HOUR * 0.75:
        return trn("about {n} minute left", "about {n} minutes left", max(1, round(seconds / _MINUTE)))
    return trn("about {n} hour left", "about {n} hours left", max(1, round(seconds / _HOUR)))
