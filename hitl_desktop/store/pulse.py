"""What SQLite is asked to call while it works on one statement: it may take minutes, and has to be heard meanwhile."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hitl_desktop.domain.protocols import Step

STEPS: Final = 1_000
"""So many instructions of SQLite's machine lie between two calls: a millisecond at most."""


class Pulse:
    """Calls `step`, and stops SQLite when that raises, or when it is later than `limit` (by the monotonic clock)."""

    def __init__(self, step: Step, limit: float | None = None) -> None:
        self._step = step
        self.limit = limit
        self.raised: BaseException | None = None

    def stops(self) -> bool:
        """For `set_progress_handler`. An exception would be lost in there: it is kept, and SQLite only hears of it."""
        try:
            self._step()
        except BaseException as error:
            self.raised = error
        return self.raised is not None or (self.limit is not None and time.monotonic() > self.limit)


@contextmanager
def pulsing(connection: sqlite3.Connection, step: Step) -> Iterator[None]:
    """While statements run on this connection, `step` is called again and again; what it raises comes out of here."""
    pulse = Pulse(step)
    connection.set_progress_handler(pulse.stops, STEPS)
    try:
        yield
    except Exception as error:
        if pulse.raised is not None:
            raise pulse.raised from error
        raise
    finally:
        connection.set_progress_handler(None, STEPS)
