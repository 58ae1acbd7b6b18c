"""Change the program in places drawn at random and count how many changes the tests notice.

    python -m tests.mutation domain store --number 100 --seed 1

First the tests of the rooms run once without a change (`tests/mutation/reached.py`), which shows that they pass and
which of them reach which line. Of each change those run that reach the changed statement, and those that mirror its
module. A change that makes no difference counts as survived, and so does one that only a test elsewhere notices, or
only tests beyond the first half minute of processor time: the share is a lower bound. Forks: for Linux and macOS.
"""

import argparse
import ast
import importlib
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from hitl_desktop.assurance.intervals import wilson
from tests.mutation.mutants import Mutant, Place, mutants, mutate
from tests.mutation.reached import Reached, load
from tests.mutation.reached import main as reach

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hitl_desktop"
_SECONDS_OF_TESTS: Final = 30.0
_LOOPS_AFTER: Final = 5.0
"""A change that makes tests take so many times what they take is noticed: it loops."""
_SLACK_SECONDS: Final = 20.0
_MOST_SECONDS: Final = 900.0
"""On the clock: of a change that makes a test wait for ever."""
_SOON_NEEDED: Final = (
    "hypothesis.stateful", "peewee", "PIL.Image", "PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets",
    "pytestqt.plugin", "xdist.plugin", "cryptography.hazmat.primitives.asymmetric.ed25519",
)  # fmt: skip
_OPTIONS: Final = ("-q", "-x", "--no-header", "-p", "no:cacheprovider", "-n", "0", "--assert=plain")


def main() -> int:
    """Returns 1 where less is noticed than was asked for, 2 where the tests fail without a change."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("rooms", nargs="*", default=["domain", "store"])
    parser.add_argument("--number", type=int, default=60, help="so many changes, the same number in each room")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, default=0.0, help="the share that has to be noticed")
    options = parser.parse_args()
    for name in _SOON_NEEDED:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        home = _copy(Path(folder))
        ids = [f"tests/{room}" for room in options.rooms]
        if (
            _run(home, lambda: reach(home, [home / "hitl_desktop" / room for room in options.rooms], [*_OPTIONS, *ids]))
            != 0
        ):
            print("The tests fail without any change:", (home / "log.txt").read_text("utf-8")[-3000:], sep="\n")
            return 2
        reached = load(home)
        if _run(home, lambda: _pytest(home, ["--collect-only", *reached.seconds])) != 0:
            print("The tests have other names every time.")
            return 2
        shares = [
            _room(home, reached, room, options.number // len(options.rooms), options.seed) for room in options.rooms
        ]
    killed, done = (sum(counts) for counts in zip(*shares, strict=True))
    _say("together", killed, done)
    return int(killed / done < options.least)


def _copy(home: Path) -> Path:
    """The program and its tests as they are now: whoever goes on writing them does no harm."""
    for name in ("hitl_desktop", "tests"):
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if not (home / path.name).exists() and not path.name.startswith("."):
            (home / path.name).symlink_to(path)
    return home


def _room(home: Path, reached: Reached, room: str, number: int, seed: int) -> tuple[int, int]:
    modules = sorted(path for path in (PACKAGE / room).rglob("*.py") if path.name != "__init__.py")
    everything = [(path, place) for path in modules for place in mutants(path.read_text("utf-8"))]
    order = np.random.default_rng(seed).permutation(len(everything))
    drawn = [everything[place] for place in order[:number]]
    print(
        f"{room}: {len(everything):,} places in {len(modules)} modules; {len(drawn)} drawn with seed {seed}", flush=True
    )
    killed, began = 0, time.monotonic()
    for done, (path, place) in enumerate(drawn, start=1):
        tests = _tests_of(home, reached, path, place)
        noticed = bool(tests) and _notices(home, reached, path, place, tests)
        killed += noticed
        if done % 10 == 0:
            print(f"  {killed} of {done} noticed", flush=True)
        if not noticed:
            where = f"{path.relative_to(PACKAGE)}:{place.line} {place.function}"
            why = f"of {len(tests)} tests" if tests else "no test is there"
            print(f"  {killed} of {done} noticed; survived {why}: {where}: {place.change}", flush=True)
    _say(room, killed, len(drawn), f", {time.monotonic() - began:.0f} s")
    return killed, len(drawn)


def _say(what: str, killed: int, done: int, more: str = "") -> None:
    low, high = wilson(killed, done)
    print(
        f"{what}: noticed {killed} of {done}: {killed / done:.1%} (95 % interval {low:.0%}–{high:.0%}){more}",
        flush=True,
    )


def _tests_of(home: Path, reached: Reached, module: Path, place: Place) -> list[str]:
    """The tests that reach the changed statement and those that mirror the module, the quickest first."""
    first, last = _statement(module.read_text("utf-8"), place)
    near = reached.tests(str(home / module.relative_to(ROOT)), first, last)
    inside = module.relative_to(PACKAGE)
    near += [test for test in reached.tests_in(f"tests/{inside.parent}/test_{inside.name}") if test not in near]
    took = np.cumsum([reached.seconds[test] for test in near])
    return near[: max(1, int(np.searchsorted(took, _SECONDS_OF_TESTS)))]


def _statement(source: str, place: Place) -> tuple[int, int]:
    """The first and last line of the innermost statement around a place; of a block, of its head."""
    first, last = place.line, place.line
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and node.lineno <= place.line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            if place.line <= max(end, node.lineno):
                first, last = node.lineno, max(end, node.lineno)
    return first, last


def _notices(home: Path, reached: Reached, path: Path, place: Place, tests: list[str]) -> bool:
    """Make the change in the copy, run the tests, and undo it."""
    mutant: Mutant = mutate(path.read_text("utf-8"), place)
    target = home / path.relative_to(ROOT)
    kept, times = target.read_bytes(), target.stat()
    target.write_text(mutant.source, "utf-8")
    try:
        expected = sum(reached.seconds[test] for test in tests)
        return _run(home, lambda: _pytest(home, tests), expected * _LOOPS_AFTER + _SLACK_SECONDS) != 0
    finally:
        target.write_bytes(kept)
        os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))


def _pytest(home: Path, arguments: list[str]) -> int:
    sys.dont_write_bytecode = True
    return int(pytest.main([*_OPTIONS, f"--basetemp={home / 'scratch'}", *arguments]))


def _run(home: Path, act: Callable[[], int], seconds: float = resource.RLIM_INFINITY) -> int:
    """The answer of `act` in a process of its own in `home`, at most so many seconds of the processor; −1: killed."""
    child = os.fork()
    if child == 0:
        try:
            if seconds != resource.RLIM_INFINITY:
                resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
            os._exit(_inside(home, act))
        finally:
            os._exit(70)
    until = time.monotonic() + (_MOST_SECONDS if seconds != resource.RLIM_INFINITY else 10 * _MOST_SECONDS)
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return -1


def _inside(home: Path, act: Callable[[], int]) -> int:
    os.chdir(home)
    log = os.open(home / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update({"PYTHONPATH": str(home), "QT_QPA_PLATFORM": "offscreen"})
    for name in [name for name in sys.modules if name.partition(".")[0] in ("hitl_desktop", "tests")]:
        del sys.modules[name]
    sys.path[:] = [str(home), *(path for path in sys.path if path not in (str(ROOT), ""))]
    return act()


if __name__ == "__main__":
    sys.exit(main())
