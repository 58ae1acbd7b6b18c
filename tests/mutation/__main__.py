"""Change the program in places drawn at random and count how many changes the tests notice.

    python -m tests.mutation domain store --number 100 --seed 1

Of each change the tests run that mirror its module, and those of its room that import it (of other rooms, where its own
has none). A change that makes no difference counts as survived, and so does one that only a test elsewhere notices: the
share is a lower bound.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from hitl_desktop.assurance.intervals import wilson
from tests.mutation.mutants import Mutant, Place, mutants, mutate

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hitl_desktop"
_MOST_SECONDS = 240.0
_OTHER_ROOMS = ("domain", "store", "exchange", "workflow", "bad_inputs")


def main() -> int:
    """Returns 1 where less is noticed than was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("rooms", nargs="*", default=["domain", "store"])
    parser.add_argument("--number", type=int, default=60, help="so many changes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=float, default=0.0, help="the share that has to be noticed")
    options = parser.parse_args()
    modules = [path for room in options.rooms for path in _modules(room)]
    everything = [(path, place) for path in modules for place in mutants(path.read_text("utf-8"))]
    order = np.random.default_rng(options.seed).permutation(len(everything))
    drawn = [everything[place] for place in order[: options.number]]
    print(f"{len(everything):,} places in {', '.join(options.rooms)}; {len(drawn)} drawn with seed {options.seed}")
    killed, done, began = 0, 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        home = Path(folder)
        shutil.copytree(PACKAGE, home / "hitl_desktop", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("tests", "resources", "packaging", "pyproject.toml"):
            (home / name).symlink_to(ROOT / name)
        for path, place in drawn:
            noticed = _notices(home, path, place)
            killed, done = killed + noticed, done + 1
            if not noticed:
                where = f"{path.relative_to(PACKAGE)}:{place.line} {place.function}"
                print(f"  {killed} of {done} noticed; survived: {where}: {place.change}", flush=True)
    low, high = wilson(killed, len(drawn))
    print(f"noticed {killed} of {len(drawn)}: {killed / len(drawn):.0%} (95 % interval {low:.0%}–{high:.0%}),", end=" ")
    print(f"{time.monotonic() - began:.0f} s")
    return int(killed / len(drawn) < options.least)


def _modules(room: str) -> list[Path]:
    return sorted(path for path in (PACKAGE / room).rglob("*.py") if path.name != "__init__.py" and _tests_of(path))


def _tests_of(module: Path) -> list[str]:
    """The tests that mirror a module, and those of its room that import it; else those of other rooms."""
    room = module.relative_to(PACKAGE).parts[0]
    dotted = ".".join(module.relative_to(ROOT).with_suffix("").parts)
    mirror = ROOT / "tests" / module.relative_to(PACKAGE).parent / f"test_{module.name}"
    near = [mirror] if mirror.exists() else []
    near += [path for path in _importing(dotted, room) if path != mirror]
    far = [] if near else [path for other in _OTHER_ROOMS for path in _importing(dotted, other)]
    return [str(path.relative_to(ROOT)) for path in near + far]


def _importing(dotted: str, room: str) -> list[Path]:
    asks = re.compile(rf"(from|import) {re.escape(dotted)}\b")
    tests = sorted((ROOT / "tests" / room).rglob("test_*.py"))
    return [path for path in tests if asks.search(path.read_text("utf-8"))]


def _notices(home: Path, path: Path, place: Place) -> bool:
    """Make the change in the copy, run the tests, and undo it."""
    source = path.read_text("utf-8")
    mutant: Mutant = mutate(source, place)
    target = home / path.relative_to(ROOT)
    target.write_text(mutant.source, "utf-8")
    options = ["-q", "-x", "--no-header", "-p", "no:cacheprovider", "-n", "0"]
    command = [sys.executable, "-m", "pytest", *options, *_tests_of(path)]
    try:
        done = subprocess.run(
            command, cwd=home, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False,
            env={**os.environ, "PYTHONPATH": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        return done.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        target.write_text(source, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
