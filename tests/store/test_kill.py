"""kill -9 at any moment: nothing that was acknowledged is lost, and nothing is there by half."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from hitl_desktop.domain.decisions import fold
from hitl_desktop.store.store import Store
from tests.store.conftest import fill

ROOT = Path(__file__).resolve().parents[2]
KILLS = 40
ITEMS = 50

# The writer forks one child per order and is itself never killed: importing takes longer than dying.
WRITER = """
import os, sys, uuid
from pathlib import Path
from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.store.store import Store

def write(folder):
    store = Store.open(folder)
    for turn in range(10_000):
        index = turn % {items}
        event = Decision(0, str(uuid.uuid4()), index, Verdict.CONFIRMED, 1 + turn % 2, "ann", "now", Slot.UNCERTAIN)
        print(store.record(event, current=(index + 1) % {items}).number, flush=True)

for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            write(Path(sys.argv[1]))
        finally:
            os._exit(1)
    print("child", child, flush=True)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""


def assert_whole(folder: Path, acknowledged: int) -> int:
    """Open what the killed writer left; returns how many decisions there are."""
    store = Store.open(folder)
    log = store.decisions.all()
    standings = fold(log)
    stored = {i.index: (i.state, i.label_id) for i in store.items.many(sorted(standings))}
    journal = (folder / "decisions.jsonl").read_text("ascii").splitlines()
    current = store.fact("current")
    store.close()
    assert [event.number for event in log] == list(range(1, len(log) + 1))
    assert len(log) >= acknowledged, "an acknowledged decision is lost"
    assert stored == {index: (s.state, s.label_id) for index, s in standings.items()}, "half a decision"
    assert not log or current == (log[-1].item_index + 1) % ITEMS, "half a decision"
    assert len(journal) == len(log)
    return len(log)


def test_forty_kills_lose_nothing(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "Killed.hitl")
    fill(store, ITEMS)
    store.close()
    rng = np.random.default_rng(5)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER.format(items=ITEMS), str(store.folder)],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert writer.stdin is not None
    assert writer.stdout is not None
    kept = acknowledged = 0
    with writer.stdin, writer.stdout:
        for _ in range(KILLS):
            writer.stdin.write("go\n")
            writer.stdin.flush()
            child, wanted, seen = 0, int(rng.integers(0, 6)), 0
            for line in writer.stdout:
                word, _, rest = line.strip().partition(" ")
                if word == "gone":
                    break
                if word == "child":
                    child = int(rest)
                else:
                    acknowledged = int(word)
                    seen += 1
                if child and seen >= wanted:
                    os.kill(child, signal.SIGKILL)
                    wanted = 1_000_000
            kept = assert_whole(store.folder, acknowledged)
            acknowledged = max(acknowledged, kept)
    assert writer.wait(10) == 0
    assert kept > KILLS
