"""Several windows that write the same files: one at a time, and nobody waits for ever."""

import threading
import time
from pathlib import Path

from hitl_desktop.workflow.taking_turns import turn_at


def test_one_waits_until_the_other_has_ended(tmp_path: Path) -> None:
    done: list[str] = []

    def second() -> None:
        with turn_at(tmp_path / "lock"):
            done.append("second")

    with turn_at(tmp_path / "lock"):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.1)
        done.append("first")
    waiting.join()
    assert done == ["first", "second"]


def test_one_that_never_ends_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    with turn_at(tmp_path / "lock"):
        begun = time.monotonic()
        with turn_at(tmp_path / "lock", longest=0.1):
            assert 0.1 <= time.monotonic() - begun < 2


def test_where_nothing_can_be_written_nobody_waits(tmp_path: Path) -> None:
    with turn_at(tmp_path / "gone" / "lock"), turn_at(tmp_path / "gone" / "lock"):
        assert not list(tmp_path.iterdir())
