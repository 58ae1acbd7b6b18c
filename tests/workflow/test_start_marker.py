"""G24: after two starts that failed the third is in safe mode; a good one wipes them out."""

import subprocess
import sys
from pathlib import Path

import pytest

from hitl_desktop.workflow.start_marker import StartMarker


def test_two_failed_starts_make_the_third_a_safe_one_and_a_good_one_ends_it(tmp_path: Path) -> None:
    for expected in (False, False, True, True):
        marker = StartMarker(tmp_path)
        assert marker.needs_safe_mode is expected
        marker.begun()
    marker.went_well()
    assert not StartMarker(tmp_path).needs_safe_mode


def test_a_good_start_in_between_begins_the_count_anew(tmp_path: Path) -> None:
    for is_good in (False, True, False):
        marker = StartMarker(tmp_path)
        marker.begun()
        if is_good:
            marker.went_well()
    assert not StartMarker(tmp_path).needs_safe_mode


def test_hangs_are_counted_until_the_next_start_tells_them(tmp_path: Path) -> None:
    marker = StartMarker(tmp_path)
    marker.begun()
    marker.went_well()
    marker.hung()
    marker.hung()
    after = StartMarker(tmp_path)
    assert after.found.hangs == 2
    assert not after.needs_safe_mode
    after.begun()
    assert StartMarker(tmp_path).found.hangs == 0


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="needs to see which processes there are")
def test_windows_that_are_still_starting_are_no_failed_starts(tmp_path: Path) -> None:
    """Somebody opens several projects at once."""
    begin = "import sys, pathlib; from hitl_desktop.workflow.start_marker import StartMarker as S"
    script = f"{begin}; S(pathlib.Path(sys.argv[1])).begun(); print(flush=True); sys.stdin.read()"
    windows = []
    for _ in range(3):
        assert not StartMarker(tmp_path).needs_safe_mode
        words = [sys.executable, "-c", script, str(tmp_path)]
        window = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert window.stdout is not None
        window.stdout.readline()
        windows.append(window)
    assert StartMarker(tmp_path).found.failed == 0
    for dead, window in enumerate(windows, 1):
        window.kill()
        window.communicate()
        assert StartMarker(tmp_path).found.failed == dead
    StartMarker(tmp_path).went_well()
    assert StartMarker(tmp_path).found.failed == 0


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"failed": "x", "hangs": 0}', '{"failed": -1, "hangs": 0}', "\0", "[" * 100_000]
)
def test_a_broken_marker_is_no_marker(tmp_path: Path, content: str) -> None:
    (tmp_path / "starts.json").write_text(content)
    marker = StartMarker(tmp_path)
    assert not marker.needs_safe_mode
    marker.begun()
    assert StartMarker(tmp_path).found.failed == 1


def test_a_folder_that_cannot_be_written_does_not_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file is in the way")
    marker = StartMarker(tmp_path / "config")
    marker.begun()
    marker.went_well()
    assert not marker.needs_safe_mode
