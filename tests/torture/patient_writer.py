"""A writer that meets a disk in trouble, waits until it is well, and does the same step again. Prints one JSON value.

`python -m tests.torture.patient_writer FOLDER STEPS [limit BYTES | filler FILE]`: with `limit` no file may grow above
so many bytes until the first trouble; with `filler` the file is deleted after the first trouble.
"""

import contextlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.store.store import Store
from tests.torture.writer import ITEMS, event


def _limit(size: int) -> None:
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size < 0 else size, hard))


def main() -> None:
    """Decide so many times, whatever the disk says in between."""
    folder, steps = Path(sys.argv[1]), int(sys.argv[2])
    how = sys.argv[3] if len(sys.argv) > 3 else ""
    heal: Callable[[], object] = lambda: None  # noqa: E731
    if how == "limit":
        _limit(int(sys.argv[4]))
        heal = lambda: _limit(-1)  # noqa: E731
    elif how == "filler":
        heal = lambda: Path(sys.argv[4]).unlink(missing_ok=True)  # noqa: E731
    store = Store.open(folder)
    troubles: list[tuple[float, str]] = []
    acknowledged: list[str] = []
    readable = True
    for turn in range(steps):
        decision = event(turn % ITEMS, 1 + turn % 2)
        for _attempt in range(5):
            began = time.monotonic()
            try:
                store.record(decision, current=turn % ITEMS)
            except KnownError as error:
                troubles.append((time.monotonic() - began, str(error)))
                readable = readable and store.decisions.count() == len(acknowledged)
                heal()
            else:
                acknowledged.append(decision.event_id)
                break
    log = [e.event_id for e in store.decisions.all()]
    with contextlib.suppress(KnownError):
        store.close()
    print(json.dumps({"acknowledged": len(acknowledged), "steps": steps, "kept": log == acknowledged,
                      "readable": readable, "troubles": troubles}))  # fmt: skip


if __name__ == "__main__":
    main()
