"""The real writer, as a program: it decides without pause and says each number once it is durable.

`python -m tests.torture.writer FOLDER`, one line to its input per order:

    go              fork a child that opens the project and decides until it is killed
    go normal       the same with synchronous=NORMAL and without the second record: a control that has to lose

It is itself never killed: importing takes longer than dying. Every seventh step is a batch of five events.
"""

import os
import sys
import uuid
from pathlib import Path

from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.store.connection import WRITER_PRAGMAS
from hitl_desktop.store.second_record import SecondRecord
from hitl_desktop.store.store import Store

ITEMS = 50
BATCH = 5


def event(index: int, label: int, batch: str = "") -> Decision:
    """One decision as the window would make it."""
    return Decision(
        0, str(uuid.uuid4()), index, Verdict.CONFIRMED, label, "ann", "now", Slot.UNCERTAIN, note="n" * 40, batch=batch
    )


def say(line: str) -> None:
    """One line in one write, which a pipe takes whole or not at all.

    `print` makes two of it where Python does not buffer (PYTHONUNBUFFERED): with a kill between them, or the other
    process's line, two lines run into each other.
    """
    os.write(1, f"{line}\n".encode())


def write(folder: Path) -> None:
    """Decide until the end of the world."""
    store = Store.open(folder)
    for turn in range(1_000_000):
        index = turn % ITEMS
        if turn % 7 == 6:
            batch = str(uuid.uuid4())
            events = [event((index + k) % ITEMS, 1 + turn % 2, batch) for k in range(BATCH)]
            store.record_many(events, current=index, slot=Slot.UNCERTAIN)
            number = store.decisions.count()
        else:
            number = store.record(event(index, 1 + turn % 2), current=index).number
        say(str(number))


def main() -> None:
    """Take orders."""
    folder = Path(sys.argv[1])
    for order in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                if "normal" in order:
                    WRITER_PRAGMAS["synchronous"] = "normal"
                    SecondRecord.follow = lambda _self, _most=None: True  # type: ignore[method-assign]
                write(folder)
            except BaseException as error:
                say(f"failed {type(error).__name__}: {error}")
            finally:
                os._exit(1)
        say(f"child {child}")
        os.waitpid(child, 0)
        say("gone")


if __name__ == "__main__":
    main()
