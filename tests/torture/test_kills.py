"""kill -9 at any moment: nothing that was acknowledged is lost, and nothing is there by half."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from hitl_desktop.store.store import Store
from tests.store.conftest import fill
from tests.torture.sizes import size
from tests.torture.wholeness import assert_kept, assert_whole
from tests.torture.writer import ITEMS

ROOT = Path(__file__).resolve().parents[2]
KILLS = size("KILLS", 300)
A_PROJECT = 1000
"""So many kills a project: what is opened after a kill is looked through, which takes longer the longer its log is."""


def test_kills_lose_nothing(tmp_path: Path) -> None:
    rng, began = np.random.default_rng(5), time.monotonic()
    heard = kept = 0
    for first in range(0, KILLS, A_PROJECT):
        steps, events = _kill(tmp_path / f"Killed {first}.hitl", min(A_PROJECT, KILLS - first), rng)
        heard, kept = heard + steps, kept + events
    assert heard > KILLS
    print(f"\n{KILLS:,} kills, {heard:,} steps acknowledged, {kept:,} events kept, 0 lost, 0 half,", end=" ")
    print(f"{time.monotonic() - began:.0f} s")


def _kill(folder: Path, kills: int, rng: np.random.Generator) -> tuple[int, int]:
    """Kill the writer of a new project so often. Returns how many steps were acknowledged, and how many events kept."""
    store = Store.create(folder)
    fill(store, ITEMS)
    store.close()
    kept = acknowledged = heard = 0
    # Left with what it wrote to closed, and waited for, whatever fails: it is not to be found running by another test.
    with subprocess.Popen(
        [sys.executable, "-m", "tests.torture.writer", str(folder)],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as writer:  # fmt: skip
        assert writer.stdin is not None
        assert writer.stdout is not None
        for _ in range(kills):
            writer.stdin.write("go\n")
            writer.stdin.flush()
            # Some die while they open the project, most in the middle of a decision.
            child, wanted, delay, seen = 0, int(rng.integers(0, 8)), float(rng.uniform(0, 0.006)), 0
            for line in writer.stdout:
                word, _, rest = line.strip().partition(" ")
                assert word != "failed", rest
                if word == "gone":
                    break
                if word == "child":
                    child = int(rest)
                else:
                    acknowledged = int(word)
                    seen += 1
                if child and seen >= wanted:
                    time.sleep(delay)
                    os.kill(child, signal.SIGKILL)
                    wanted = 1_000_000
            heard += seen
            kept = assert_kept(folder, acknowledged)
            acknowledged = kept
    assert writer.returncode == 0
    assert assert_whole(folder) == kept
    return heard, kept
