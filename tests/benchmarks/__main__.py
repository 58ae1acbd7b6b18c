"""`python -m tests.benchmarks [NAME …] [--quick]`: run all benchmarks, or those named, and print their tables.

Each runs in a process and a temporary folder of its own. Nothing is asserted.
"""

import argparse
import importlib
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.figures import print_table
from tests.benchmarks.peers import PEERS

NAMES = (
    "launch",
    "keys",
    "viewing",
    "explaining",
    "long_texts",
    "ingest_images",
    "ingest_texts",
    "embedding",
    "retrain_gap",
    "quick_answers",
    "million",
    "routing",
    "browsing",
    "large_steps",
    "figures_page",
    "map_page",
    "record",
)

_PEERS_HELP = "interpreters of environments with labelme or X-AnyLabeling, for `keys` to measure beside ours"


def main() -> int:
    """Run what was asked for; returns how many benchmarks failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure speed; assert nothing.")
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="which to run; all when none is named")
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that the benchmarks work")
    parser.add_argument("--peers", nargs="+", default=[], metavar="PYTHON", help=_PEERS_HELP)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peers:
        os.environ[PEERS] = os.pathsep.join(options.peers)
    names = options.names or list(NAMES)
    if options.inside:
        return _run_here(names[0], options.quick)
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors", flush=True)
    return sum(_run_apart(name, options.quick) != 0 for name in names)


def _run_apart(name: str, quick: bool) -> int:
    print(f"\n### {name}{' (quick)' if quick else ''}\n", flush=True)
    command = [sys.executable, "-m", "tests.benchmarks", name, "--inside", *(["--quick"] if quick else [])]
    return subprocess.run(command, check=False).returncode


def _run_here(name: str, quick: bool) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="hitl-benchmark-") as folder:
        os.environ["HITL_DESKTOP_HOME"] = str(Path(folder) / "home")
        print_table(importlib.import_module(f"tests.benchmarks.{name}").measure(Path(folder), quick))
    return 0


if __name__ == "__main__":
    sys.exit(main())
