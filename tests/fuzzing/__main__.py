"""Fuzz for a time each: `python -m tests.fuzzing SECONDS [TARGET …]`. What is found is told and kept, each sort once.

Exit status 1 where anything was found. The inputs lie in `out/fuzzing`, as Python prints them.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

OUT = Path("out/fuzzing")
_EXAMPLES = 200


def main() -> int:
    """Returns how many sorts of failures were found, at most 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("seconds", type=float, help="for each target")
    parser.add_argument("targets", nargs="*", help="all without any")
    parser.add_argument("--seed", type=int, default=0, help="where the inputs begin")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="fuzz-seeds-") as folder:
        os.environ["HITL_DESKTOP_HOME"] = str(Path(folder) / "home")
        from tests.fuzzing.seeds import make_seeds
        from tests.fuzzing.targets import TARGETS

        seeds, worst = make_seeds(Path(folder)), 0
        for name in options.targets or TARGETS:
            worst = max(worst, _fuzz(name, TARGETS[name], seeds, options.seconds, options.seed))
    return worst


def _fuzz(name: str, target: Any, seeds: Any, seconds: float, first: int) -> int:
    from tests.fuzzing.attempt import attempt

    began, counts, found, slowest = time.monotonic(), Counter[str](), {}, 0.0

    def one(value: Any) -> None:
        nonlocal slowest
        if time.monotonic() - began > seconds:
            return
        start = time.process_time()
        try:
            counts["taken" if attempt(target, value, seeds) else "refused"] += 1
        except Exception as error:
            counts["failed"] += 1
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = next(
                (f for f in reversed(traceback.extract_tb(error.__traceback__)) if "hitl_desktop" in f.filename), last
            )
            sort = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
            if sort not in found:
                found[sort] = error
                OUT.mkdir(parents=True, exist_ok=True)
                kept = OUT / f"{name} {len(found)}.txt".replace(" ", "_")
                kept.write_text(
                    f"{value!r}\n\n{''.join(traceback.format_exception(error))}", "utf-8", "backslashreplace"
                )
                print(f"  {name}: {sort}: {error!s:.150} -> {kept}", flush=True)
        slowest = max(slowest, time.process_time() - start)

    inputs = target.inputs(seeds)
    number = first
    while time.monotonic() - began < seconds:
        test = settings(
            max_examples=_EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )(seed(number)(given(inputs)(one)))  # fmt: skip
        test()
        number += 1
    took = time.monotonic() - began
    counted = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
    print(f"{name}: {sum(counts.values()):,} inputs in {took:.0f} s from seed {first} ({counted}),", end=" ")
    print(f"slowest {slowest:.1f} s of processor time, {len(found)} sorts of failures", flush=True)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
