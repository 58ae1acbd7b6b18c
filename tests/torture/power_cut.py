"""A simulated power cut: a file system of our own is shut down in the middle of writing. To be run in `unshare -m`.

`python -m tests.torture.power_cut SCRATCH CUTS full|normal` makes an image in the folder SCRATCH, an ext4 in it, mounts
it, and cuts it off `CUTS` times (EXT4_IOC_SHUTDOWN without flushing the journal) while the real writer decides. Prints
one JSON value. Only the file system that was made and mounted here is ever shut down: its device is looked at before
each cut. It is unmounted before anything is removed.

It says nothing of drives that do not keep their word about flushing, nor of other systems.
"""

import fcntl
import json
import os
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import fill
from tests.torture.wholeness import assert_kept, assert_whole
from tests.torture.writer import ITEMS

SHUT_DOWN = 0x8004587D
WITHOUT_FLUSHING = 2
IMAGE_BYTES = 96 * 2**20


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class OwnDisk:
    """An ext4 in a file, mounted on a folder; both are made here."""

    def __init__(self, scratch: Path) -> None:
        self.image, self.mount = scratch / "disk.img", scratch / "disk"
        if any(str(self.mount) in line for line in mounts()):
            raise SystemExit("a disk of an earlier run is still mounted: nothing was touched")
        self.mount.mkdir()
        with self.image.open("wb") as file:
            file.truncate(IMAGE_BYTES)
        run("mkfs.ext4", "-q", "-F", str(self.image))
        self.parent_device = scratch.stat().st_dev
        self.device = -1

    def attach(self) -> None:
        run("mount", "-o", "loop", str(self.image), str(self.mount))
        self.device = self.mount.stat().st_dev
        self._check_it_is_ours()

    def detach(self) -> None:
        for _ in range(100):
            if subprocess.run(["umount", str(self.mount)], stderr=subprocess.DEVNULL).returncode == 0:
                self.device = -1
                return
            time.sleep(0.05)
        raise SystemExit("the disk could not be unmounted")

    def cut(self) -> None:
        """The power fails. Only ever here."""
        entry = os.open(self.mount, os.O_RDONLY)
        try:
            self._check_it_is_ours()
            if os.fstat(entry).st_dev != self.device:
                raise SystemExit("this is another device: nothing was shut down")
            fcntl.ioctl(entry, SHUT_DOWN, struct.pack("I", WITHOUT_FLUSHING))
        finally:
            os.close(entry)

    def _check_it_is_ours(self) -> None:
        """By device number, by what is mounted, and by the file behind the loop device. Ends the program otherwise."""
        if self.mount.stat().st_dev != self.device or self.device == self.parent_device:
            raise SystemExit("this is another device: nothing was shut down")
        lines = [line.split() for line in mounts() if line.split()[4] == str(self.mount)]
        if len(lines) != 1:
            raise SystemExit("something else is mounted there: nothing was shut down")
        major_minor, rest = lines[0][2], lines[0][lines[0].index("-") + 1 :]
        behind = Path(f"/sys/dev/block/{major_minor}/loop/backing_file")
        is_device = major_minor == f"{os.major(self.device)}:{os.minor(self.device)}"
        if rest[0] != "ext4" or not is_device or behind.read_text("utf-8").strip() != str(self.image):
            raise SystemExit("this is not the disk that was made here: nothing was shut down")


def mounts() -> list[str]:
    return Path("/proc/self/mountinfo").read_text("utf-8").splitlines()


def in_database(folder: Path) -> int:
    """How many decisions the database has by itself, before the second record gives it anything."""
    with closing(sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True)) as raw:
        if raw.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise SystemExit("the database is damaged")
        return int(raw.execute("SELECT coalesce(max(number), 0) FROM decision").fetchone()[0])


def one_cut(disk: OwnDisk, writer: "subprocess.Popen[str]", order: str, steps: int, delay: float) -> int:
    """Write until so many steps were acknowledged, and a moment more; cut. Returns the last number acknowledged."""
    assert writer.stdin is not None
    assert writer.stdout is not None
    child = acknowledged = seen = 0
    is_cut = False
    writer.stdin.write(f"{order}\n")
    writer.stdin.flush()
    for line in writer.stdout:
        word, _, rest = line.strip().partition(" ")
        if word == "gone":
            break
        if word == "child":
            child = int(rest)
        elif word.isdigit() and not is_cut:
            acknowledged, seen = int(word), seen + 1
        if child and seen >= steps and not is_cut:  # 0 would be the whole group
            time.sleep(delay)
            disk.cut()
            is_cut = True
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
    if not is_cut:
        raise SystemExit("the writer ended before the power did")
    return acknowledged


def main() -> None:
    scratch, cuts, mode = Path(sys.argv[1]).resolve(), int(sys.argv[2]), sys.argv[3]
    rng = np.random.default_rng(7)
    disk = OwnDisk(scratch)
    folder = disk.mount / "Cut.hitl"
    disk.attach()
    # Made once: it forks a child per cut, and has no file on the disk itself.
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.writer", str(folder)],
        text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        store = Store.create(folder)
        fill(store, ITEMS)
        store.close()
        os.sync()
        acknowledged_in_all = lost = cuts_with_loss = before = 0
        for _ in range(cuts):
            steps, delay = int(rng.integers(3, 40)), float(rng.uniform(0, 0.01))
            acknowledged = one_cut(disk, writer, "go" if mode == "full" else "go normal", steps, delay)
            disk.detach()
            disk.attach()
            have = in_database(folder)
            acknowledged_in_all += acknowledged - before
            lost += max(0, acknowledged - have)
            cuts_with_loss += have < acknowledged
            before = assert_kept(folder, acknowledged) if mode == "full" else have
            if mode != "full":
                for name in ("decisions.jsonl", "classes.jsonl"):
                    (folder / name).unlink(missing_ok=True)
        kept = assert_whole(folder) if mode == "full" else before
    finally:
        writer.communicate()
        disk.detach()
        shutil.rmtree(disk.mount, ignore_errors=True)
        disk.image.unlink()
    print(json.dumps({"cuts": cuts, "acknowledged": acknowledged_in_all, "lost": lost,
                      "cuts_with_loss": cuts_with_loss, "kept": kept}))  # fmt: skip


if __name__ == "__main__":
    main()
