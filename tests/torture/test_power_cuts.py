"""A power cut at any moment: nothing acknowledged is lost, and the same cuts do lose with synchronous=NORMAL."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture.sizes import size

ROOT = Path(__file__).resolve().parents[2]
CUTS = size("CUTS", 4)
WHY = "NO POWER CUTS: this test needs Linux, root, unshare, mkfs.ext4 and loop devices, so it proves nothing here"


def cut(scratch: Path, cuts: int, mode: str) -> dict[str, int]:
    """What the cuts did. Skips, loudly, where there can be none."""
    if sys.platform != "linux" or os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "mkfs.ext4", "mount"))):
        pytest.skip(WHY)
    scratch.mkdir()
    probe = subprocess.run(
        ["unshare", "-m", "sh", "-c", 'truncate -s 8M "$0/p" && mkfs.ext4 -q -F "$0/p" && mkdir "$0/m" &&'
         ' mount -o loop "$0/p" "$0/m" && umount "$0/m" && rmdir "$0/m" && rm "$0/p"', str(scratch)],
        capture_output=True,
    )  # fmt: skip
    if probe.returncode:
        pytest.skip(WHY)
    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-m", "tests.torture.power_cut", str(scratch), str(cuts), mode],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if "Operation not supported" in done.stderr or "Inappropriate ioctl" in done.stderr:
        pytest.skip(WHY)
    assert done.returncode == 0, done.stderr[-3000:]
    assert list(scratch.iterdir()) == []
    result: dict[str, int] = json.loads(done.stdout)
    return result


def test_power_cuts_lose_nothing(tmp_path: Path) -> None:
    result = cut(tmp_path / "full", CUTS, "full")
    print(f"\nFULL: {result}")
    assert result["lost"] == 0
    assert result["acknowledged"] >= 3 * CUTS


def test_the_same_cuts_lose_with_less_care(tmp_path: Path) -> None:
    result = cut(tmp_path / "normal", max(CUTS, 4), "normal")
    print(f"\nNORMAL (the control): {result}")
    assert result["lost"] > 0, "a cut that takes nothing away proves nothing"
