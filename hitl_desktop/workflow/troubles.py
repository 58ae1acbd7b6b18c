"""What went wrong in the program itself: logged once, told once, counted from then on; and the report about it."""

import logging
import platform
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from hitl_desktop import __version__, paths
from hitl_desktop.domain.scrubbing import place_of, trace_of
from hitl_desktop.workflow.clock import now_utc

_log = logging.getLogger(__name__)
MOST_TOLD: Final = 20
"""So many different troubles are told in one run; more say nothing new."""
BACKGROUND: Final = "a job in the background"
_COUNTS_LOGGED: Final = (10, 100, 1_000, 10_000)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that went wrong. `where` is the sort of place it surfaced in, `trace` holds nothing personal."""

    where: str
    sort: str
    trace: str
    at_utc: str
    seconds: float
    """Since the start of the program."""


@dataclass
class Troubles:
    """Takes errors that nobody expected, from any thread; `told` hears of each sort of them once.

    `facts`: what else the report should say, such as the version of Qt.
    """

    told: Callable[[Trouble], None] = lambda _: None
    facts: Callable[[], Mapping[str, str]] = dict
    _seen: dict[str, int] = field(default_factory=dict)
    _kept: list[Trouble] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _start: float = field(default_factory=time.monotonic)

    def take(self, error: BaseException, where: str, *, is_logged: bool = False) -> None:
        """Log an error with its trace, unless somebody has, and tell it; one that came before is only counted."""
        sort = type(error).__name__
        key = f"{sort} {place_of(error) or where}"
        with self._lock:
            count = self._seen[key] = self._seen.get(key, 0) + 1
            is_new = count == 1 and len(self._seen) <= MOST_TOLD
        if count == 1 and not is_logged:
            _log.error("Not caught, in %s", where, exc_info=error)
        elif count in _COUNTS_LOGGED:
            _log.error("Not caught, again: so far %d times", count)
        if is_new:
            trouble = Trouble(where, sort, trace_of(error), now_utc(), time.monotonic() - self._start)
            with self._lock:
                self._kept = [*self._kept, trouble][-MOST_TOLD:]
            self.told(trouble)

    def remember(self, what: str, dump: str) -> None:
        """Put what the run before left behind into the report; it is logged and told elsewhere."""
        with self._lock:
            self._kept.append(Trouble(what, "Dump", dump, now_utc(), 0.0))

    def report(self) -> str:
        """Everything that may be sent to whoever mends the program: versions, system, traces. In English."""
        with self._lock:
            kept, counts = list(self._kept), sum(self._seen.values())
        facts = {
            paths.APP_NAME: __version__,
            "Python": platform.python_version(),
            "System": f"{platform.system()} {platform.release()} {platform.machine()}",
            **self.facts(),
        }
        lines = [f"{name}: {value}" for name, value in facts.items()]
        lines.append(f"Troubles in this run: {counts}")
        lines.append("Names, paths and texts are left out of what follows.")
        for trouble in reversed(kept):
            lines += [
                "",
                f"{trouble.sort} in {trouble.where}, {trouble.at_utc}, {trouble.seconds:.0f} s after the start",
                trouble.trace,
            ]
        return "\n".join(lines) + "\n"
