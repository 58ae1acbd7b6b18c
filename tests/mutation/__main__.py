"""Change the program in places drawn at random and count how many changes the tests notice.

    python -m tests.mutation domain store --number 100 --seed 1

First the tests of the rooms run once without a change (`tests/mutation/reached.py`), which shows that they pass and
which of them reach which line. Of each change those run that reach the changed statement, and those that mirror its
module. A change that makes no difference counts as survived, and so does one that only a test elsewhere notices, or
only tests beyond the first twelve seconds of processor time: the share is a lower bound. Nearly all are tried in
a process that has imported everything (`tests/mutation/warm.py`). Forks: for Linux and macOS.
"""

import argparse
import ast
import importlib
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TextIO

import numpy as np
import pytest

from hitl_desktop.assurance.intervals import wilson
from tests.mutation.mutants import Place, mutants, mutate
from tests.mutation.reached import Reached, load
from tests.mutation.reached import main as reach
from tests.mutation.warm import Change, Warm, changed, first_line, outermost

ROOT = Path(__file__).resolve().parents[2]
_SECONDS_OF_TESTS: Final = 12.0
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
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, os.fdopen(os.dup(1), "w") as out:
        home = _copy(Path(folder))
        ids = [f"tests/{room}" for room in options.rooms]
        rooms = [home / "hitl_desktop" / room for room in options.rooms]
        if _run(home, lambda: reach(home, rooms, [*_OPTIONS, *ids])) != 0:
            print("The tests fail without any change:", (home / "log.txt").read_text("utf-8")[-3000:], sep="\n")
            return 2
        trial = Trial(home, load(home), out)
        drawn = [trial.drawn(room, options.number // len(options.rooms), options.seed) for room in options.rooms]
        warm = Warm(home, trial.reached.seconds, lambda warm: trial.try_warm(warm, drawn))
        if _run(home, lambda: _pytest(home, ids, warm)) != 0:
            print((home / "log.txt").read_text("utf-8")[-3000:])
            return 2
        shares = trial.try_others(drawn)
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


@dataclass(frozen=True, slots=True)
class Drawn:
    """A place that was drawn: the module in the copy, and as the reports call it; and what to try there."""

    name: str
    place: Place
    change: Change
    is_early: bool
    """Whether the function runs while modules are imported."""


class Trial:
    """Tries changes: first all that can be tried where everything is imported already, then the others."""

    def __init__(self, home: Path, reached: Reached, out: TextIO) -> None:
        self._home, self.reached, self._out = home, reached, out
        self._noticing: dict[Path, list[str]] = {}
        """By module, the tests that noticed a change of it, the last one first: they are tried first."""

    def drawn(self, room: str, number: int, seed: int) -> list[Drawn]:
        """So many of all places of a room."""
        package = self._home / "hitl_desktop"
        modules = sorted(path for path in (package / room).rglob("*.py") if path.name != "__init__.py")
        everything = [(path, place) for path in modules for place in mutants(path.read_text("utf-8"))]
        order = np.random.default_rng(seed).permutation(len(everything))[:number]
        self._print(
            f"{room}: {len(everything):,} places in {len(modules)} modules; {len(order)} drawn with seed {seed}"
        )
        return [self._drawn(*everything[at]) for at in order]

    def _drawn(self, path: Path, place: Place) -> Drawn:
        source = path.read_text("utf-8")
        tree = ast.parse(source)
        function = outermost(tree, list(ast.walk(tree))[place.number])
        body = range(function.body[0].lineno, (function.end_lineno or function.lineno) + 1)
        change = Change(
            path,
            mutate(source, place).source,
            function.name,
            first_line(function),
            tuple(_tests_of(self._home, self.reached, path, place)),
        )
        name = str(path.relative_to(self._home / "hitl_desktop"))
        return Drawn(name, place, change, not self.reached.early.get(str(path), set()).isdisjoint(body))

    def try_warm(self, warm: Warm, rooms: Sequence[Sequence[Drawn]]) -> None:
        """Leaves in the folder what was noticed: by room and place in it, None for what has to be tried otherwise."""
        if set(self.reached.seconds) != warm.names():
            raise AssertionError("the tests have other names every time")
        answers: list[list[bool | None]] = []
        for drawn in rooms:
            answers.append([])
            for one in drawn:
                answers[-1].append(self._warmly(warm, one))
                self._tell(one, answers[-1])
        if warm.unsound:
            self._print("failed without any change, and do not count: " + ", ".join(sorted(warm.unsound)))
        (self._home / "answers.json").write_text(json.dumps(answers), "utf-8")

    def _warmly(self, warm: Warm, one: Drawn) -> bool | None:
        if not one.change.tests or one.is_early:
            return False if not one.change.tests else None
        noticing = self._noticing.setdefault(one.change.module, [])
        first = [test for test in noticing if test in one.change.tests]
        tests = tuple(dict.fromkeys([*first, *one.change.tests]))
        try:
            test = warm.noticed_by(replace(one.change, tests=tests))
        except LookupError:
            return None
        if test:
            noticing[:] = [test, *(other for other in noticing if other != test)]
        return bool(test)

    def try_others(self, rooms: Sequence[Sequence[Drawn]]) -> list[tuple[int, int]]:
        """Of each room, how many changes were noticed and how many there were."""
        shares = []
        answers: list[list[bool | None]] = json.loads((self._home / "answers.json").read_text("utf-8"))
        for drawn, found in zip(rooms, answers, strict=True):
            for place, one in enumerate(drawn):
                if found[place] is None:
                    found[place] = _notices(self._home, self.reached, one.change)
                    self._tell(one, [answer for answer in found[:place] if answer is not None] + [found[place]])
            shares.append((sum(map(bool, found)), len(found)))
            _say(drawn[0].name.partition("/")[0], *shares[-1])
        return shares

    def _tell(self, one: Drawn, answers: Sequence[bool | None]) -> None:
        so_far = f"  {answers.count(True)} of {len(answers) - answers.count(None)} noticed"
        if answers[-1] is False:
            why = f"of {len(one.change.tests)} tests" if one.change.tests else "no test is there"
            self._print(
                f"{so_far}; survived {why}: {one.name}:{one.place.line} {one.place.function}: {one.place.change}"
            )
        elif len(answers) % 10 == 0:
            self._print(so_far)

    def _print(self, text: str) -> None:
        print(text, file=self._out, flush=True)


def _say(what: str, killed: int, done: int, more: str = "") -> None:
    low, high = wilson(killed, done)
    print(
        f"{what}: noticed {killed} of {done}: {killed / done:.1%} (95 % interval {low:.0%}–{high:.0%}){more}",
        flush=True,
    )


def _tests_of(home: Path, reached: Reached, module: Path, place: Place) -> list[str]:
    """Those that mirror the module and reach the changed statement, others that reach it, and others that mirror it;
    of each the quickest first, and of the others the quickest of every file before the next of any.
    """
    first, last = _statement(module.read_text("utf-8"), place)
    near = reached.tests(str(module), first, last)
    inside = module.relative_to(home / "hitl_desktop")
    mirror = reached.tests_in(f"tests/{inside.parent}/test_{inside.name}")
    tests = list(dict.fromkeys([*(test for test in near if test in mirror), *_in_turn(near), *mirror]))
    took = np.cumsum([reached.seconds[test] for test in tests])
    return tests[: max(1, int(np.searchsorted(took, _SECONDS_OF_TESTS)))]


def _in_turn(tests: Sequence[str]) -> list[str]:
    """The first test of each file, then the second of each, and so on."""
    so_far = Counter[str]()
    place = {}
    for test in tests:
        file = test.partition("::")[0]
        place[test] = so_far[file]
        so_far[file] += 1
    return sorted(tests, key=place.__getitem__)


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


def _notices(home: Path, reached: Reached, change: Change) -> bool:
    """Make the change in the copy, run the tests from the beginning, and undo it."""
    expected = sum(reached.seconds[test] for test in change.tests)
    with changed(change.module, change.source):
        return _run(home, lambda: _pytest(home, change.tests), expected * _LOOPS_AFTER + _SLACK_SECONDS) != 0


def _pytest(home: Path, arguments: Sequence[str], *plugins: object) -> int:
    sys.dont_write_bytecode = True
    return int(pytest.main([*_OPTIONS, f"--basetemp={home / 'scratch'}", *arguments], plugins=list(plugins)))


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
