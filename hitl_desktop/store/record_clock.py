"""The clocks of this computer, for the record: the one that can be set, and the one that cannot."""

import getpass
import hashlib
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def _running_ns() -> int:
    """Since the computer was started; where the system tells, with the time that it slept."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime_ns(boot_time) if boot_time is not None else time.monotonic_ns()


@dataclass(frozen=True, slots=True)
class RecordClock:
    """`now` is the wall clock in UTC, `running_ns` rises whatever is done to it; tests give others."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    running_ns: Callable[[], int] = _running_ns

    def up_ms(self) -> int:
        """Milliseconds that the computer has been running."""
        return self.running_ns() // 1_000_000

    def zone_minutes(self, now: datetime) -> int:
        """How far local time is ahead of UTC."""
        return time.localtime(now.timestamp()).tm_gmtoff // 60


def boot_id() -> str:
    """What this start of the computer is called; empty where the system does not say."""
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def account() -> str:
    """The account of the system that the program runs under; empty where there is none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def computer() -> str:
    """A short digest of the computer's name: the same each time, and tells no name."""
    return hashlib.sha256(platform.node().encode("utf-8", "replace")).hexdigest()[:16]
