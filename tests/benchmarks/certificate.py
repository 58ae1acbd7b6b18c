"""`python -m tests.benchmarks.certificate [NAME …] [--seeds N]`: how often the promise of a certificate is kept.

Each seed is one deployment of its own: a random part of the data trains a model, the rest is the pool, an audit is
drawn from it, answered by its true labels, and certified with the program's own code. The promise is broken where more
than α are wrong at or above the limit certified. Nothing is asserted; bars are printed as they came out.
"""

import argparse
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from hitl_desktop.assurance.audit_draw import draw
from hitl_desktop.assurance.certificate import grid, spent, walk
from tests.benchmarks.learning_data import SHARED, Data, digits, images, texts

DELTA = 0.1
SEEDS = 200
_MOST_CHANCE = 1.64
"""One-sided 5 % of the normal distribution: how far a simulation may lie above δ by chance."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Task:
    """One data set: how many labels train, what is promised, how many audits, and the coverage to reach, if any.

    `scaled`: its columns are of different units.
    """

    load: Callable[[], Data]
    labels: int
    alpha: float
    audits: int
    bar: float | None = None
    scaled: bool = False


TASKS = {
    "digits": Task(digits, 100, 0.02, 300, 0.35),
    "sms": Task(texts("sms_spam"), 200, 0.01, 500, 0.33),
    "chest": Task(images("chest_xray_pneumoniamnist", grouped=False), 200, 0.01, 400, scaled=True),
}


@dataclass(frozen=True)
class Deployed:
    """What came of one deployment: shares of the pool (certified, automatic) and of what is wrong among those."""

    accuracy: float
    certified: float
    automatic: float
    is_broken: bool
    is_broken_unchecked: bool


def scaled(data: Data) -> Data:
    """Dense columns made comparable, as the program’s representations do; else the large ones drown the others."""
    spread = (data.X - data.X.mean(axis=0)) / (data.X.std(axis=0) + 1e-6)
    return replace(data, X=(np.clip(spread, -8.0, 8.0) / np.sqrt(data.X.shape[1])).astype(np.float32))


def pool(data: Data, labels: int, seed: int) -> tuple[npt.NDArray[np.float32], Flags]:
    """The confidence of a fresh model on the items that it was not trained on, (n,), and where it is right."""
    order = np.random.default_rng([seed, 1]).permutation(len(data.y))
    known, rest = order[:labels], order[labels:]
    model = LogisticRegression(C=10.0, max_iter=300, tol=1e-4).fit(data.X[known], data.y[known])
    chances = model.predict_proba(data.X[rest])
    return chances.max(axis=1).astype(np.float32), model.classes_[chances.argmax(axis=1)] == data.y[rest]


def deploy(scores: npt.NDArray[np.float32], right: Flags, task: Task, delta: float, seed: int) -> Deployed:
    """Audit the pool and certify it."""
    limits = grid(scores)
    zone = np.flatnonzero(scores >= limits[-1])
    audited = draw(zone, min(task.audits, len(zone)), seed)
    last = walk(scores, audited, ~right[audited], limits, task.alpha, delta).last
    if last is None:
        return Deployed(float(right.mean()), 0.0, 0.0, False, False)
    certified = scores >= last.limit
    automatic = certified.copy()
    automatic[audited] = False
    return Deployed(
        float(right.mean()),
        float(certified.mean()),
        float(automatic.mean()),
        bool((~right[certified]).mean() > task.alpha),
        bool(automatic.any() and (~right[automatic]).mean() > task.alpha),
    )


def report(name: str, task: Task, seeds: int) -> None:
    """Run one task and print its lines."""
    start = time.perf_counter()
    data = scaled(task.load()) if task.scaled else task.load()
    pools = [pool(data, task.labels, seed) for seed in range(seeds)]
    most = DELTA + _MOST_CHANCE * float(np.sqrt(DELTA * (1 - DELTA) / seeds))
    for words, delta in ((f"first release, δ₁ = {spent(DELTA, 1):.4f}", spent(DELTA, 1)), ("all of δ", DELTA)):
        found = [deploy(scores, right, task, delta, seed) for seed, (scores, right) in enumerate(pools)]
        mean = partial(_mean, found)
        broken = mean("is_broken")
        reached = "" if task.bar is None else f"≥ {task.bar} {'reached' if mean('certified') >= task.bar else 'MISSED'}"
        print(
            f"| {name} | {len(pools[0][0]):,} | {mean('accuracy'):.3f} | {task.alpha:.0%} | {task.audits} | {words} "
            f"| {np.mean([one.certified > 0 for one in found]):.2f} | {mean('certified'):.3f} | {reached} "
            f"| {mean('automatic'):.3f} | {broken:.3f} | {most:.3f} {'kept' if broken <= most else 'BROKEN'} "
            f"| {mean('is_broken_unchecked'):.3f} |",
            flush=True,
        )
    print(f"{name}: {time.perf_counter() - start:.0f} s, {data.made_by}", file=sys.stderr, flush=True)


def _mean(found: list[Deployed], field: str) -> float:
    return float(np.mean([getattr(one, field) for one in found]))


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.certificate", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*TASKS, []], help="which to run; all when none is named")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {options.seeds} deployments each, δ = {DELTA:.0%}\n")
    print(
        "| data | pool | model right | α | audits | tested at | given | coverage | bar | automatic | broken | allowed "
        "| broken, unchecked only |"
    )
    print("|---|---:|---:|---:|---:|---|---:|---:|---|---:|---:|---|---:|")
    for name in options.names or list(TASKS):
        if name != "digits" and not SHARED.is_dir():
            print(f"{name}: left out, the shared data are not there.", flush=True)
            continue
        report(name, TASKS[name], options.seeds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
