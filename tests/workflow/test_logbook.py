"""The log is bounded, rotates, and holds nothing personal; a crash of the run before is found and scrubbed."""

import faulthandler
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from hitl_desktop.workflow import logbook
from hitl_desktop.workflow.logbook import FAULTS, LOG, Scrubbing, keep_log, take_dump, watch_for_crashes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def log(tmp_path: Path, own_log: None) -> Path:
    assert keep_log(tmp_path / "logs") is not None
    return tmp_path / "logs" / LOG


def test_what_is_logged_holds_words_of_the_program_and_no_value_of_a_person(log: Path) -> None:
    own = logging.getLogger("hitl_desktop.store.store")
    own.info("The journal could not be written after decision %d: %s", 4711, OSError(28, "No space", "/home/ann/Smith"))
    own.info("The job %s failed", "train")
    own.info("The job %s failed", "Smith_John")
    logging.getLogger("PIL.Image").info("cannot open Smith_John.png: truncated")
    logging.getLogger("PIL.Image").info("cannot open %s", "Smith_John.png")
    try:
        raise KeyError("Smith_John")
    except KeyError:
        own.info("It failed", exc_info=True)
    text = log.read_text("utf-8")
    assert "after decision 4711: OSError: ENOSPC" in text
    assert "The job train failed" in text
    assert "The job … failed" in text
    assert "KeyError: '…'" in text
    assert "test_logbook.py" in text
    for personal in ("Smith", "John", "/ann", str(ROOT), "/home"):
        assert personal not in text


def test_the_log_is_bounded(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = next(h for h in logging.getLogger().handlers if isinstance(h.formatter, Scrubbing))
    monkeypatch.setattr(handler, "maxBytes", 2_000)
    for number in range(500):
        logging.getLogger("hitl_desktop.test").info("A line of the log, number %d", number)
    files = sorted(log.parent.iterdir())
    assert [file.name for file in files] == [LOG, f"{LOG}.1", f"{LOG}.2"]
    assert all(file.stat().st_size <= 2_000 for file in files)
    assert "number 499" in log.read_text("utf-8")


def test_a_folder_that_cannot_be_written_costs_the_log_and_not_the_start(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file is in the way")
    assert keep_log(tmp_path / "logs") is None
    assert watch_for_crashes(tmp_path / "logs") == ""


CRASH = """
import ctypes, sys
from pathlib import Path
from hitl_desktop.workflow.logbook import watch_for_crashes
watch_for_crashes(Path(sys.argv[1]))
ctypes.string_at(0)
"""


def test_a_hard_crash_is_found_at_the_next_start_and_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_log: object
) -> None:
    expected_log("ERROR .*ended in a crash")  # type: ignore[operator]
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path)], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert done.returncode < 0
    monkeypatch.setattr(logbook, "_files", {})
    left = watch_for_crashes(tmp_path)
    faulthandler.disable()
    for file in logbook._files.values():
        file.close()
    assert "Segmentation fault" in left
    assert "python/ctypes/__init__.py" in left
    assert str(ROOT) not in left
    assert "/lib/python" not in left
    assert take_dump(tmp_path / FAULTS) == ""
